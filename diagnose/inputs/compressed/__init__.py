"""Compressed streams to the bytes inside, one file a format."""

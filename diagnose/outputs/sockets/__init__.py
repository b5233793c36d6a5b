"""Outputs that list sockets."""

"""Outputs of container tools."""

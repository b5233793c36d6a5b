"""Outputs about services and their states."""

"""The HTTP API: JSON in, JSON out, version 1."""

"""Secrets in quotes replaced by names for them."""

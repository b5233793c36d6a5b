"""Outputs of name look-ups."""

"""Recognised outputs, typed commands and other answers to outcomes of a problem's checks."""

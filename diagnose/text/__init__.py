"""Bytes to comparable lines: encodings, whole lines, one spelling for many, wrapped text made whole, words."""

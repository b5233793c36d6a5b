"""Markdown to clean HTML and to blocks of text, within a budget."""

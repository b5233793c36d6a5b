"""Commands for authors of articles."""

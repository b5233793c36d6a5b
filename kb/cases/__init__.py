"""A fault over time: what was given, seen and done, in one file."""

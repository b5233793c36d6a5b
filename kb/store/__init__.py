"""A base compiled to one SQLite file, opened, brought up to date and read."""

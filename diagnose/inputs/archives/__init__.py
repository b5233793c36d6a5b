"""Archives to their members, one file a format."""

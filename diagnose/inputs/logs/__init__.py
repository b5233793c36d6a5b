"""Logs that are no text (or text in JSON) to lines of text, one file a format."""

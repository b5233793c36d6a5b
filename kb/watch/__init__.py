"""Logs that are being written: followed, kept in mind for a while, told about when a cause becomes visible."""

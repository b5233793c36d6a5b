"""What recognisers share: pasted text cut into outputs, tables, rows, and words of socket errors."""

"""Error codes: found in a text, read with the words around them, decoded from any notation, with their meanings."""

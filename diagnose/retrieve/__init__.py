"""The words of a text to the known problems that use them: messages, full text, names and codes, products."""

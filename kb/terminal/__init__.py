"""A person at a terminal: what is typed and pasted there, outside of the terminal's line mode."""

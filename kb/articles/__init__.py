"""Article files to articles, each fault with its file, line and way out."""

"""Full-text search over the articles, offline."""

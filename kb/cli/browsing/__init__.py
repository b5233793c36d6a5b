"""browsing."""

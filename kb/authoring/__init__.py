"""For authors: drafts, lint, samples as tests."""

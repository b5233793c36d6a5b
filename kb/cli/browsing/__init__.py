"""Commands that read the base."""

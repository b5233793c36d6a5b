"""Questions to this machine."""

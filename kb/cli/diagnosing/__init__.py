"""Commands that diagnose."""

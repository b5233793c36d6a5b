"""diagnosing."""

"""timestamps."""

"""The referee: what a root-cause report claims, held against the logs that it speaks of."""

"""Hits on patterns to evidence: combinations, conditions over time, counts."""

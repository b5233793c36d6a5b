"""Claims and what the lines showed to verdicts."""

"""A report to the claims that lines can settle."""

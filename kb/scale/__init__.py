"""More than one case and more than one machine: parts of inputs, and many cases in one run."""

"""More than one case and more than one machine: parts of inputs, many cases in one run, a log that is being written."""

"""Commands with their parameters filled in, quoted for the shell that will run them."""

"""Commands that answer others: the page, the API, assistants."""

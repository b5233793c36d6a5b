"""`kb serve`: the page and the HTTP API, two thin faces of kb.service (extra `web`)."""

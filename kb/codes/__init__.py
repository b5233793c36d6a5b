"""Error codes for people: the articles that name one, and the codes of kb itself."""

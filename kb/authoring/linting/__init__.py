"""Rules for articles: each of a kind of fault, with its place and the way out; the state of a base."""

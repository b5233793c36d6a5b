"""The knowledge base around the diagnosing core: articles, store, search and the command line."""

__version__ = "0.1.0"

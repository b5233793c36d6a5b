"""What the search index uses of Whoosh 2.7.4, and nothing of its query parser.

Imported only by what searches. Its files give SyntaxWarnings when they are compiled for the first time on Python 3.12;
they are silenced here. Opening an index unpickles parts of it: `kb.search.folder` knows which folders may be opened.
"""

from __future__ import annotations

import warnings

with warnings.catch_warnings():
    warnings.simplefilter("ignore", SyntaxWarning)
    warnings.simplefilter("ignore", DeprecationWarning)  # invalid escapes, on Python 3.11
    from whoosh import fields, formats, index, query
    from whoosh.analysis import IDAnalyzer
    from whoosh.filedb.filestore import RamStorage


class Memory(RamStorage):  # type: ignore[misc]
    """Nothing on the disk: Whoosh's own writes what it is sorting into a folder that is called the same for every process."""

    def temp_storage(self, name: str | None = None) -> RamStorage:
        return RamStorage()


__all__ = ["IDAnalyzer", "Memory", "fields", "formats", "index", "query"]

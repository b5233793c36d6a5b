"""Whoosh 2.7.4, imported without the SyntaxWarnings that its files give when they are compiled for the first time."""

from __future__ import annotations

import re
import warnings
from typing import Any

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from whoosh import fields, filedb, highlight, index, query, scoring
    from whoosh.analysis import Filter, LowercaseFilter, RegexTokenizer, StemFilter, StopFilter
    from whoosh.filedb.filestore import FileStorage, RamStorage
    from whoosh.spelling import Corrector

__all__ = [
    "Corrector",
    "FileStorage",
    "LowercaseFilter",
    "Parts",
    "RamStorage",
    "RegexTokenizer",
    "StemFilter",
    "StopFilter",
    "fields",
    "filedb",
    "highlight",
    "index",
    "query",
    "scoring",
]

_PIECES = re.compile(r"[-._]|(?<=[a-z])(?=[A-Z])")


class Parts(Filter):  # type: ignore[misc]
    """Names such as Test-NetConnection are indexed whole and in parts."""

    def __call__(self, tokens: Any) -> Any:
        for token in tokens:
            whole = token.text
            yield token
            pieces = [piece for piece in _PIECES.split(whole) if len(piece) > 1]
            if len(pieces) > 1 and token.mode == "index":
                for piece in pieces:
                    token.text = piece
                    yield token

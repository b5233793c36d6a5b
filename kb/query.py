"""The query language of `kb search`: words, "phrases", field:word, -word. Any text is a query; none is an error.

Ours, and small on purpose: Whoosh's own parser raises on some texts and takes seconds on others.
"""

from __future__ import annotations

import re

from msgspec import Struct

FIELDS = {
    "id": "id",
    "title": "title",
    "symptom": "symptoms",
    "symptoms": "symptoms",
    "cause": "causes",
    "causes": "causes",
    "product": "products",
    "products": "products",
    "tag": "tags",
    "tags": "tags",
    "body": "body",
}
MOST_TERMS = 200
LONGEST = 4000
_PART = re.compile(r'(?P<minus>-)?(?:(?P<field>[A-Za-z]+):)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')


class Part(Struct, frozen=True):
    """One word or phrase; `field` is empty for all fields; `without` excludes what holds it."""

    text: str
    field: str = ""
    phrase: bool = False
    without: bool = False


def parts(query: str) -> tuple[Part, ...]:
    """The parts of a query in order, at most MOST_TERMS."""
    result = []
    for match in _PART.finditer(query[:LONGEST]):
        field = FIELDS.get((match["field"] or "").lower(), "")
        text = match["phrase"] if match["phrase"] is not None else match["word"]
        if match["field"] and not field:
            text = f"{match['field']}:{text}"  # no field of ours: net.tcp://fe01 is a word
        if text.strip():
            result.append(Part(text.strip(), field, match["phrase"] is not None, bool(match["minus"])))
        if len(result) == MOST_TERMS:
            break
    return tuple(result)

"""Outputs that the library jc reads well, read by it: a table or a listing becomes its rows.

Takes the name of a parser and a text without wraps; gives rows, or none where jc refuses: it raises errors of many kinds
for damaged text. Imported only when the words of such an output stand in the paste, and jc only when its frame fits.
"""

from __future__ import annotations

from typing import Any


def rows(parser: str, text: str) -> list[dict[str, Any]]:
    """What jc makes of `text`; empty where it makes nothing of it."""
    import jc

    try:
        made = jc.parse(parser, text, quiet=True)
    except Exception:  # whatever it meets: the text came from anywhere
        return []
    found = made if isinstance(made, list) else [made]
    return [row for row in found if isinstance(row, dict)]

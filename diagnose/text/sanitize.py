"""Neutral text: what an input says, with nothing in it that a terminal, a clipboard or an eye obeys.

Takes any text; gives the same text with every character that controls, formats or hides shown as a visible escape.
The choice is made by Unicode category, never by a list: lists miss U+00AD, U+0600 and whatever comes next.

Knows nothing of colours, files or where the text goes. JSON does not pass here: there, the text stays exact.
"""

from __future__ import annotations

import unicodedata

_TAB = "    "
_ELLIPSIS = "…"


def _shown(ch: str) -> str:
    code = ord(ch)
    if code <= 0xFF:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"


def _neutral_line(text: str) -> str:
    # str.isprintable is false for exactly the categories Cc, Cf, Cs, Co, Cn, Zl, Zp and, the blank apart, Zs
    # (CPython, Tools/unicode/makeunicodedata.py). Zs only separates words, and stays.
    return "".join(
        ch if ch.isprintable() or unicodedata.category(ch) == "Zs" else _TAB if ch == "\t" else _shown(ch)
        for ch in text
    )


def neutral(text: str, *, newlines: bool = False) -> str:
    """`text` with control, format, surrogate, private-use, unassigned and line-separating characters made visible.

    They become \\xNN, \\uXXXX or \\UXXXXXXXX, so that the result can be encoded in UTF-8; a tab becomes four blanks.
    With `newlines`, line feeds stay; a carriage return never does, it moves back over what was printed.
    """
    if text.isprintable():
        return text
    if newlines:
        return "\n".join(line if line.isprintable() else _neutral_line(line) for line in text.split("\n"))
    return _neutral_line(text)


def clip(text: str, limit: int = 400) -> str:
    """`text` of at most `limit` characters; where it was cut, the last of them is an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + _ELLIPSIS if limit > 0 else ""

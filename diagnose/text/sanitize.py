"""Neutral text: what an input says, with nothing in it that a terminal, a clipboard or an eye obeys.

Takes any text; gives the same text with every character that controls, formats or hides shown as a visible escape.
The choice is made by Unicode category, never by a list: lists miss U+00AD, U+0600 and whatever comes next.

Knows nothing of files or where the text goes. In JSON the text stays exact: there, the same characters become escapes
of JSON, so that whoever parses it gets them back.
"""

from __future__ import annotations

import re
import unicodedata

# The colours that kb prints: bold, faint and the eight of every terminal.
_COLOUR = re.compile(r"(\x1b\[(?:0|[12]|(?:[12];)?3[0-7])m)")
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


def screened(text: str, *, colour: bool = False) -> str:
    """`text` of any number of lines, neutral but for line feeds and, with `colour`, kb's own colours."""
    if not colour or "\x1b" not in text:
        return neutral(text, newlines=True)
    parts = _COLOUR.split(text)
    parts[::2] = [neutral(part, newlines=True) for part in parts[::2]]
    return "".join(parts)


def json_text(value: object, indent: int = 2) -> str:
    """`value` as JSON of several lines in which no character is one that a terminal obeys."""
    import msgspec

    made = msgspec.json.format(msgspec.json.encode(value), indent=indent).decode()
    return "\n".join(line if line.isprintable() else _json_line(line) for line in made.split("\n"))


def _json_line(line: str) -> str:
    return "".join(ch if ch.isprintable() or unicodedata.category(ch) == "Zs" else _json_escape(ch) for ch in line)


def _json_escape(ch: str) -> str:
    units = ch.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at] << 8 | units[at + 1]:04x}" for at in range(0, len(units), 2))


def clip(text: str, limit: int = 400) -> str:
    """`text` of at most `limit` characters; where it was cut, the last of them is an ellipsis."""
    if len(text) <= limit:
        return text
    return text[: max(limit - 1, 0)].rstrip() + _ELLIPSIS if limit > 0 else ""

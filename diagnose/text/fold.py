"""One spelling for what people paste in many: quotes, dashes, blanks, full-width forms, escape sequences.

Takes UTF-8 bytes or text and gives the same number of lines. Knows nothing of patterns; what is looked for is folded by
the same functions as what is searched, so both sides always agree.
"""

from __future__ import annotations

import re

from diagnose.text.late import late

# PowerShell's own list of quotes and dashes (parser/CharTraits.cs), plus what word processors and web pages put in.
_SINGLE = "‘’‚‛′´"
_DOUBLE = "“”„‟″«»"
_DASHES = "‐‑‒–—―−"
_BLANKS = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufeff"

FOLDED: dict[int, str | None] = {
    **{ord(c): "'" for c in _SINGLE},
    **{ord(c): '"' for c in _DOUBLE},
    **{ord(c): "-" for c in _DASHES},
    **{ord(c): " " for c in _BLANKS},
    **{ord(c): None for c in _INVISIBLE},
    **{code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)},
    ord("…"): "...",
    0x85: " ",
    0x2028: " ",
    0x2029: " ",
}
_ODD = late("[" + "".join(re.escape(chr(code)) for code in FOLDED) + "]")

# The first two bytes in UTF-8 of what is folded: looking for them is much quicker than looking at every character.
_LEADS = tuple(sorted({chr(code).encode("utf-8")[:2] for code in FOLDED}))

# ECMA-48 control sequences, operating system commands and two-byte escapes.
_ESCAPES = late(
    rb"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b\n]*(?:\x07|\x1b\\)?|[PX^_][^\x1b\n]*(?:\x1b\\)?|[ -/]*[0-~])"
)


def fold_text(text: str) -> str:
    """`text` with typographic characters replaced by the ASCII ones that they stand for."""
    if text.isascii():
        return text
    return text.translate(FOLDED) if _ODD.search(text) else text


def fold(data: bytes) -> bytes:
    """UTF-8 lines as they are matched: escape sequences removed, typographic characters folded, lines kept."""
    if b"\x1b" in data:
        data = _ESCAPES.sub(b"", data)
    if data.isascii() or not any(lead in data for lead in _LEADS):
        return data
    text = data.decode("utf-8", "surrogateescape")
    return text.translate(FOLDED).encode("utf-8", "surrogateescape") if _ODD.search(text) else data


_SPACES = late(r"\s+")


def fold_literal(text: str) -> str:
    """A literal as it is looked for: folded, white space runs as one blank, trimmed."""
    return _SPACES.sub(" ", fold_text(text)).strip()

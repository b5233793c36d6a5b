"""What of a quote was matched: the place of a pattern's match on the line as it stood.

Takes a hit, its pattern and the quote that is shown; gives characters of the quote. The match was found on the folded
line, or on several lines joined, so its text is looked up in the quote again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.match.found import compiled_regex
from diagnose.scan.passages import LONGEST_CAPTURE_LINE
from diagnose.text.fold import FOLDED

if TYPE_CHECKING:
    from diagnose.knowledge import KnownPattern
    from diagnose.match.found import FoundPattern

LEAST_SHOWN = 8  # characters of a match of several lines that must be on the line shown


def span_of(seen: FoundPattern, pattern: KnownPattern, quote: str) -> tuple[int, int] | None:
    """The first character of `quote` that was matched, and the one after the last; None where that is not known."""
    regex = compiled_regex(pattern.regex, pattern.caseless)
    inside = regex.search(seen.text[:LONGEST_CAPTURE_LINE]) if regex is not None else None
    matched = inside[0].decode("utf-8", "replace").strip() if inside else ""
    return _span_in(quote, matched) if matched else None


def _span_in(quote: str, matched: str) -> tuple[int, int] | None:
    at = quote.find(matched)
    if at >= 0:
        return at, at + len(matched)
    folded, places = _folded(quote)
    at = folded.find(matched)
    if at >= 0:
        return places[at], places[at + len(matched)]
    common = _ends_with(folded, matched)
    return (places[len(folded) - common], len(quote)) if common >= LEAST_SHOWN else None


def _folded(quote: str) -> tuple[str, list[int]]:
    """`quote` folded, and for each of its characters, and its end, the place in `quote` that it comes from."""
    pieces = [FOLDED.get(ord(sign), sign) or "" for sign in quote]
    places = [index for index, piece in enumerate(pieces) for _ in piece]
    return "".join(pieces), [*places, len(quote)]


def _ends_with(text: str, matched: str) -> int:
    """How many of the first characters of `matched` end `text`: the rest is on the lines after it."""
    return next((n for n in range(min(len(text), len(matched)), 0, -1) if text.endswith(matched[:n])), 0)

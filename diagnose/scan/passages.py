"""Stretches of lines that are looked at closely: around hits, or a whole small input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diagnose.scan.excerpts import Excerpt
    from diagnose.scan.hits import SourceScan


LONGEST_CAPTURE_LINE = 8192


class Passage(Struct, frozen=True, cache_hash=True):
    """An excerpt as text: `lines` folded for matching, `quotes` as they stood; `first` is the number of line 0."""

    source: str
    first: int
    lines: tuple[str, ...]
    quotes: tuple[str, ...]


def passages_of(scans: Iterable[SourceScan]) -> tuple[Passage, ...]:
    """The excerpts of all scans as folded text."""
    return tuple(_passage(scan.name, excerpt) for scan in scans for excerpt in scan.excerpts)


def _passage(source: str, excerpt: Excerpt) -> Passage:
    raw = b"\n".join(line[:LONGEST_CAPTURE_LINE] for line in excerpt.lines)
    folded = fold(raw)
    lines = folded.decode("utf-8", "replace").split("\n")
    quotes = lines if folded is raw else raw.decode("utf-8", "replace").split("\n")
    return Passage(source, excerpt.line, tuple(lines), tuple(quotes))


def places(passages: Sequence[Passage], translated: Sequence[TextLine] = ()) -> list[TextLine]:
    """Every line of text that is not empty, as retrieval reads it; after each, what it says in English by `translated`."""
    english: dict[tuple[str, int], list[TextLine]] = {}
    for line in translated:
        english.setdefault((line.source, line.line), []).append(line)
    return [
        place
        for passage in passages
        for index, line in enumerate(passage.lines)
        if line.strip()
        for place in (
            TextLine(passage.source, passage.first + index, line),
            *english.get((passage.source, passage.first + index), ()),
        )
    ]


class TextLine(Struct, frozen=True):
    """A line of the text with where it came from."""

    source: str
    line: int
    text: str

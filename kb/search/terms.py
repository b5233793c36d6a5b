"""Text to the terms of the search index: the same for articles, queries and snippets, so that they always agree.

Plain words are folded, stemmed and, if they say nothing, left out. A name such as Get-CsService, ERROR_ACCESS_DENIED or
MSExchangeTransport is found whole and in its parts; a code such as 0x800706BA stays whole. Knows nothing of Whoosh's
index, of queries or of files.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.fold import fold_text

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator

LONGEST = 80
_WORD = re.compile(r"[^\W_]+(?:[-._'][^\W_]+)*")
_PIECES = re.compile(r"[-._]")
# ABCDef -> ABC, Def; GetItem2 -> Get, Item, 2
_HUMPS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[^\W\d_A-Z]+|\d+")
_HEX = re.compile(r"0x[0-9a-f]+", re.IGNORECASE)
STOPWORDS = frozenset(
    "a an and are as at be been but by can do does for from had has have how i if in into is it its may of on or s so such"
    " t that the their then there these they this to was were what when which while who will with you your".split()
)


class Term(Struct, frozen=True):
    """A term of a text, with all there is to know: the `position`-th word, characters `start` to `end`. `whole` is false for a part of a name."""

    text: str
    position: int
    start: int
    end: int
    whole: bool


class Place(Struct, frozen=True):
    """A term where it stands in a text: characters `start` to `end`."""

    text: str
    start: int
    end: int


def terms(text: str) -> Iterator[Term]:
    """The terms of `text` in order. Positions count the words that are kept, the parts of names one by one."""
    position = 0
    for match in _WORD.finditer(fold_text(text)):
        kept, width = _terms_of(match[0][: 2 * LONGEST])
        for term, offset, whole in kept:
            yield Term(term, position + offset, match.start(), match.end(), whole)
        position += width


def places(text: str, wanted: Collection[str]) -> list[Place]:
    """Where in `text` terms of `wanted` stand, in order."""
    found: list[Place] = []
    known: dict[str, list[str]] = {}
    for match in _WORD.finditer(fold_text(text)):
        word = match[0]
        told = known.get(word)
        if told is None:
            told = known[word] = [term for term, _, _ in _terms_of(word[: 2 * LONGEST])[0] if term in wanted]
        if told:
            found += [Place(term, match.start(), match.end()) for term in told]
    return found


def positions(text: str) -> Iterator[tuple[str, int]]:
    """Term and position alone, for the index."""
    position = 0
    for word in _WORD.findall(fold_text(text)):
        kept, width = _terms_of(word[: 2 * LONGEST])
        for term, offset, _ in kept:
            yield term, position + offset
        position += width


def words_of(text: str) -> list[str]:
    """The words of `text` as they stand, not longer than they are looked at."""
    return [word[: 2 * LONGEST] for word in _WORD.findall(fold_text(text))]


@lru_cache(maxsize=1 << 16)
def apart(word: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The terms of one word: the smallest that stands at each of its positions, in order; and those beside them, of a name its
    whole and its larger parts."""
    kept, width = _terms_of(word)
    last = {offset: at for at, (_, offset, _) in enumerate(kept)}
    small = tuple(kept[last[offset]][0] for offset in range(width))
    return small, tuple(term for at, (term, offset, _) in enumerate(kept) if last[offset] != at)


def sequence(text: str) -> list[str]:
    """The terms of `text` that stand side by side in the index where it stands: names in their smallest parts."""
    places: dict[int, str] = {}
    for term, position in positions(text):
        places[position] = term  # the smallest part comes last
    return [places[position] for position in sorted(places)]


def surface(words: Iterable[str]) -> set[str]:
    """Words as they are spelled, in lower case, from which "did you mean" chooses."""
    found = {word.lower() for word in words if 3 < len(word) <= LONGEST}
    return {word for word in found if len(word) > 3 and not word.isdigit() and not _HEX.fullmatch(word)}


@lru_cache(maxsize=1 << 16)
def _terms_of(word: str) -> tuple[tuple[tuple[str, int, bool], ...], int]:
    """The terms of one word as (term, offset, whole), and how many positions they take."""
    word = word.rstrip("-._'")  # where a long one was cut
    lowered = word.lower().replace("'", "")
    if _HEX.fullmatch(lowered):
        return ((lowered[:LONGEST], 0, True),), 1
    pieces = [(piece, _HUMPS.findall(piece) or [piece]) for piece in _PIECES.split(word.replace("'", ""))]
    if len(pieces) == 1 and len(pieces[0][1]) == 1:
        return (((stemmed(lowered), 0, True),), 1) if lowered not in STOPWORDS else ((), 0)
    kept = [(lowered[:LONGEST], 0, True)]
    offset = 0
    for piece, humps in pieces:
        if len(pieces) > 1 and len(humps) > 1:
            kept.append((piece.lower()[:LONGEST], offset, False))
        for hump in humps:
            kept.append((stemmed(hump.lower()), offset, False))
            offset += 1
    return tuple(dict.fromkeys(kept)), offset


@cache
def _stemmer() -> Callable[[str], str]:
    from whoosh.lang.porter import stem

    made: Callable[[str], str] = stem
    return made


def stemmed(word: str) -> str:
    """Porter's stem of a lower-case word; words with digits or beyond ASCII stay."""
    return (_stemmer()(word) if word.isascii() and word.isalpha() else word)[:LONGEST]

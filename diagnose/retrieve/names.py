"""Problems that share a rare name, a code or the number of an error with the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.codes.numbers import numbers_of, said_in
from diagnose.retrieve.rarity import LEAST_BASE, MOST_PAIRS, rarity
from diagnose.scan.passages import TextLine
from diagnose.text.terms import COMMON_CODES, identifiers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.knowledge import Knowledge


NAMED_BEST = 40


class Named(Struct, frozen=True):
    """An identifier, code or number of an error that the text shares with a problem, and its share of the problems."""

    problem: str
    term: str
    share: float
    place: TextLine


def named_problems(places: Sequence[TextLine], codes: Sequence[tuple[str, TextLine]], base: Knowledge) -> list[Named]:
    where: dict[str, TextLine] = {}
    for place in places:
        for name in identifiers(place.text):
            where.setdefault(f"name:{name}", place)
        for number in said_in(place.text):
            where.setdefault(f"number:{number}", place)
    for code, place in codes:
        for number in numbers_of((code,)):
            where.setdefault(f"number:{number}", place)
        if not _says_little(code):
            where.setdefault(f"code:{code}", place)
    for number in COMMON_CODES:  # what any program ends with leads to nothing
        where.pop(f"number:{number}", None)
    least = max(base.size, LEAST_BASE)
    found = {term: p for term, p in base.postings(list(where)[:MOST_PAIRS]).items() if len(p) < 0.05 * least}
    sums: dict[int, float] = {}
    for posting in found.values():
        worth = rarity(len(posting), base.size)
        for entry in posting:
            sums[entry >> 8] = sums.get(entry >> 8, 0.0) + worth
    best = set(sorted(sums, key=lambda d: (-sums[d], d))[:NAMED_BEST])
    names = base.names(best)
    return [
        Named(names[entry >> 8], term, len(found[term]) / least, where[term])
        for term in sorted(found)
        for entry in found[term]
        if entry >> 8 in best
    ]


def _says_little(code: str) -> bool:
    """Whether a code is a number that any program ends with, such as an installer's 1603: it leads to nothing."""
    return code.startswith("win32:") and code.rpartition(":")[2] in COMMON_CODES

"""Pasted text and the postings of a base to what was measured of its problems: coverage, full text, identifiers.

Coverage is the idf-weighted share of a known message's word pairs that stand in the text: measured on real pastes it
keeps its meaning in noise, where BM25 alone does not. Knows nothing of declared signals or of ranking.
"""

from __future__ import annotations

from array import array
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.terms import identifiers, line_pairs, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.knowledge import Knowledge, Message

MOST_PAIRS = 20_000
MOST_LINES = 2_000
WINDOW = 120
BEST_MESSAGES = 60
LEAST_COVERAGE = 0.3
FULLTEXT_BEST = 50
QUERY_TERMS = 60
POSTINGS_READ = 60_000
K1, B = 1.2, 0.75
# A base of six articles says little about how rare a feature is in the world: shares are taken of at least so many.
LEAST_BASE = 1000


class Place(Struct, frozen=True):
    """A line of the text with where it came from."""

    source: str
    line: int
    text: str


class Covered(Struct, frozen=True):
    """A known message, how much of it is present, what it is worth (idf sum, nats) and where it begins."""

    message: int
    problem: str
    text: str
    share: float
    worth: float
    place: Place


class Named(Struct, frozen=True):
    """An identifier or code that the text shares with a problem, and its share of the problems."""

    problem: str
    term: str
    share: float
    place: Place


class Retrieved(Struct, frozen=True):
    """`fulltext` is BM25 relative to the best, 0..1, of the best FULLTEXT_BEST problems."""

    covered: tuple[Covered, ...]
    named: tuple[Named, ...]
    fulltext: dict[str, float]


def rarity(df: int, size: int) -> float:
    """-ln of the share of problems that hold a feature."""
    return log(max(size, LEAST_BASE) / df)


def retrieve(places: Sequence[Place], codes: Sequence[tuple[str, Place]], base: Knowledge) -> Retrieved:
    """Look `places` (lines in order) and the codes seen in them up in `base`."""
    places = places[:MOST_LINES]
    return Retrieved(
        covered=tuple(_coverage(places, base)),
        named=tuple(_named(places, codes, base)),
        fulltext=_fulltext(places, base),
    )


def _coverage(places: Sequence[Place], base: Knowledge) -> list[Covered]:
    best: dict[int, Covered] = {}
    for first in range(0, len(places), WINDOW // 2):
        window = places[first : first + WINDOW]
        for covered in _window_coverage(window, base):
            known = best.get(covered.message)
            if known is None or covered.share > known.share:
                best[covered.message] = covered
        if first + WINDOW >= len(places):
            break
    return sorted(best.values(), key=lambda c: (-c.share * c.worth, c.message))


def _window_coverage(window: Sequence[Place], base: Knowledge) -> list[Covered]:
    where = line_pairs(place.text for place in window)
    found = base.pairs(list(where)[:MOST_PAIRS])
    sums: dict[int, float] = {}
    for pair in found.values():
        worth = rarity(pair.df, base.size)
        for message in pair.messages:
            sums[message] = sums.get(message, 0.0) + worth
    leading = sorted(sums, key=lambda m: (-sums[m], m))[:BEST_MESSAGES]
    messages = base.messages(leading)
    counts = base.pair_counts({number for m in messages.values() for number in m.pairs})
    places = {pair.number: window[where[key]] for key, pair in found.items()}
    result = []
    for number in leading:
        covered = _covered(messages[number], counts, places, base.size)
        if covered.share >= LEAST_COVERAGE:
            result.append(covered)
    return result


def _covered(message: Message, counts: dict[int, int], places: dict[int, Place], size: int) -> Covered:
    total = seen = 0.0
    lines: Counter[tuple[str, int]] = Counter()
    where: dict[tuple[str, int], Place] = {}
    for number in message.pairs:
        worth = rarity(counts[number], size)
        total += worth
        place = places.get(number)
        if place is not None:
            seen += worth
            key = (place.source, place.line)
            lines[key] += 1
            where.setdefault(key, place)
    top = max(lines, key=lambda key: (lines[key], -key[1]))
    return Covered(message.number, message.problem, message.text, seen / total, seen, where[top])


def _named(places: Sequence[Place], codes: Sequence[tuple[str, Place]], base: Knowledge) -> list[Named]:
    where: dict[str, Place] = {}
    for place in places:
        for name in identifiers(place.text):
            where.setdefault(f"name:{name}", place)
    for code, place in codes:
        where.setdefault(f"code:{code}", place)
    result = []
    documents: set[int] = set()
    found = base.postings(list(where)[:MOST_PAIRS])
    for posting in found.values():
        documents.update(entry >> 8 for entry in posting)
    names = base.names(documents)
    for term in sorted(found):
        share = len(found[term]) / max(base.size, LEAST_BASE)
        result += [Named(names[entry >> 8], term, share, where[term]) for entry in found[term] if share < 0.05]
    return result


def _fulltext(places: Sequence[Place], base: Knowledge) -> dict[str, float]:
    frequency = Counter(word for place in places for word in prose(place.text))
    postings = base.postings(list(frequency)[:MOST_PAIRS])
    if not postings:
        return {}
    size = base.size
    idf = {term: log(1 + (size - len(p) + 0.5) / (len(p) + 0.5)) for term, p in postings.items()}
    terms = sorted(postings, key=lambda t: (-idf[t] * (1 + log(frequency[t])), t))[:QUERY_TERMS]
    lengths = base.lengths()
    average = sum(lengths.values()) / max(1, len(lengths))
    scores: dict[int, float] = {}
    read = 0
    for term in terms:
        read += len(postings[term])
        if read > POSTINGS_READ and scores:
            break
        _add(scores, postings[term], idf[term], lengths, average)
    best = sorted(scores, key=lambda d: (-scores[d], d))[:FULLTEXT_BEST]
    names = base.names(best)
    top = scores[best[0]] if best else 1.0
    return {names[document]: scores[document] / top for document in best}


def _add(scores: dict[int, float], posting: array[int], idf: float, lengths: dict[int, int], average: float) -> None:
    for entry in posting:
        document, frequency = entry >> 8, entry & 255
        norm = frequency + K1 * (1 - B + B * lengths[document] / average)
        scores[document] = scores.get(document, 0.0) + idf * frequency * (K1 + 1) / norm

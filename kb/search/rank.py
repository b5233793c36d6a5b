"""Which articles a query finds, and in what order: BM25 over words, filters for phrases and fields.

The score of an article is the sum over the words of the query of idf * saturated frequency, where a word in the title,
symptoms, causes or tags counts for several in the body; times a factor for the share of the query that it covers, so
that a pasted sentence finds the article that holds most of it. Reads any engine's postings, and ranks alike on all of them.
"""

from __future__ import annotations

import time
from collections import Counter
from heapq import nlargest
from itertools import groupby
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from kb.search.terms import sequence, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kb.search.engine import Reader
    from kb.search.query import Query, QueryPart

K1, B = 1.2, 0.75
# A part of a name (Get of Get-CsService) against the whole.
PART = 0.15
# The share of the score that does not depend on coverage. Both were chosen on titles and real pastes of 340 articles: the
# right one is first for 98 % and 80 %; no coverage or heavier parts cost 5 % of the pastes.
UNCOVERED = 0.4
SECONDS = 1.0
# A long paste is ranked by its rarest words: common ones add little, and their postings are long.
POSTINGS, LEAST_WORDS = 40_000, 8


class Ranked(Struct, frozen=True):
    """Documents with their scores, best first; `late` when the time was up before every word was looked up."""

    documents: tuple[tuple[int, float], ...]
    late: bool = False


def rank(reader: Reader, query: Query, limit: int) -> Ranked:
    """The best `limit` documents of `reader` for `query`, in `SECONDS` at most but for the last word begun."""
    deadline = time.monotonic() + SECONDS
    allowed = _allowed(reader, query)
    scores, late = _scores(reader, query, allowed, deadline)
    return Ranked(tuple(_best(reader, scores, limit)), late)


def _best(reader: Reader, scores: dict[int, float], limit: int) -> list[tuple[int, float]]:
    """The first `limit`; those that score alike by their ids, so that it does not count when they were written."""
    least = min(nlargest(limit, scores.values()), default=0.0)
    leading = sorted((item for item in scores.items() if item[1] >= least), key=lambda item: -item[1])
    found: list[tuple[int, float]] = []
    for _, alike in groupby(leading, key=lambda item: item[1]):
        group = list(alike)
        found += sorted(group, key=lambda item: reader.key(item[0])) if len(group) > 1 else group
    return found[:limit]


def _allowed(reader: Reader, query: Query) -> set[int] | None:
    """The documents that fulfil the requirements; None where there is none."""
    allowed: set[int] | None = None
    for group in query.required:
        either = set().union(*(holding(reader, part) for part in group))
        allowed = either if allowed is None else allowed & either
    for part in query.excluded:
        if allowed is None:
            allowed = reader.documents()
        allowed -= holding(reader, part)
    return allowed


def holding(reader: Reader, part: QueryPart) -> set[int]:
    """The documents that hold all words of `part` side by side, in its field or in any."""
    wanted = sequence(part.text)
    return reader.side_by_side(part.field, wanted) if wanted else set()


def _scores(reader: Reader, query: Query, allowed: set[int] | None, deadline: float) -> tuple[dict[int, float], bool]:
    told = (*query.words, *(part for group in query.required for part in group))
    said = list(_units(told))
    times = Counter(term for unit in said for term in unit)
    units = [dict(unit) for unit in dict.fromkeys(tuple(unit.items()) for unit in said)]
    rarity = {term: reader.frequency(term) for term in times}
    # BM25's length normalisation of a body is `even` and `long` for each of its terms.
    even, long = K1 * (1 - B), K1 * B / max(1.0, reader.mean_length)
    sums: dict[int, float] = {}
    covered: dict[int, float] = {}
    total, late, read = 0.0, False, 0
    for done, unit in enumerate(sorted(units, key=lambda unit: _rarest(unit, rarity))):
        read += sum(rarity[term] for term in unit)
        late = time.monotonic() > deadline
        if late or (read > POSTINGS and done >= LEAST_WORDS):
            break
        worth = sorted(
            ((_idf(reader, rarity[term]) * share, term) for term, share in unit.items() if rarity[term]), reverse=True
        )
        held: set[int] = set()  # by a term of the word that is worth as much or more
        for value, term in worth:
            gain = value * (1 + log(times[term])) * (K1 + 1)
            for document, weight in _weights(reader, term, allowed):
                sums[document] = sums.get(document, 0.0) + gain * weight / (
                    weight + even + long * reader.length(document)
                )
                if document not in held:
                    covered[document] = covered.get(document, 0.0) + value
                    if len(worth) > 1:
                        held.add(document)
        total += worth[0][0] if worth else 0.0
    if not total:
        return {}, late
    return {d: s * (UNCOVERED + (1 - UNCOVERED) * covered[d] / total) for d, s in sums.items()}, late


def _idf(reader: Reader, frequency: int) -> float:
    return log(1 + (reader.size - frequency + 0.5) / (frequency + 0.5))


def _weights(reader: Reader, term: str, allowed: set[int] | None) -> Iterable[tuple[int, float]]:
    found = reader.weights(term)
    return found if allowed is None else (entry for entry in found if entry[0] in allowed)


def _units(words: Iterable[QueryPart]) -> Iterator[dict[str, float]]:
    """One dictionary for each word: its terms and what they count, a name whole and in parts."""
    for part in words:
        unit: dict[str, float] = {}
        start = -1
        for term in terms(part.text):
            if term.start != start and unit:
                yield unit
                unit = {}
            start = term.start
            unit.setdefault(term.text, 1.0 if term.whole else PART)
        if unit:
            yield unit


def _rarest(unit: dict[str, float], rarity: dict[str, int]) -> int:
    return min(rarity[term] or 1 << 30 for term in unit)

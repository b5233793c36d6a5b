"""Which articles a query finds, and in what order: BM25 over words, filters for phrases and fields.

The score of an article is the sum over the words of the query of idf * saturated frequency, where a word in the title,
symptoms, causes or tags counts for several in the body; times a factor for the share of the query that it covers, so
that a pasted sentence finds the article that holds most of it. Reads Whoosh's postings; its matchers and scorers are not
used: in pure Python they take three times as long for the same sums.
"""

from __future__ import annotations

import time
from collections import Counter
from math import log
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kb.search.terms import sequence, terms

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from kb.search.query import Query, QueryPart

SCORED = ("head", "body")
EVERYWHERE = ("title", "symptoms", "causes", "products", "tags", "id", "body")
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


def rank(reader: Any, query: Query, limit: int) -> Ranked:
    """The best `limit` documents of `reader` for `query`, in `SECONDS` at most but for the last word begun."""
    deadline = time.monotonic() + SECONDS
    allowed = _allowed(reader, query)
    scores, late = _scores(reader, query, allowed, deadline)
    best = sorted(scores.items(), key=lambda item: (-item[1], item[0]))[:limit]
    return Ranked(tuple(best), late)


def _allowed(reader: Any, query: Query) -> set[int] | None:
    """The documents that fulfil the requirements; None where there is none."""
    allowed: set[int] | None = None
    for group in query.required:
        either = set().union(*(holding(reader, part) for part in group))
        allowed = either if allowed is None else allowed & either
    for part in query.excluded:
        if allowed is None:
            allowed = set(range(reader.doc_count_all()))
        allowed -= holding(reader, part)
    return allowed


def holding(reader: Any, part: QueryPart) -> set[int]:
    """The documents that hold all words of `part` side by side, in its field or in any."""
    wanted = sequence(part.text)
    names = (part.field,) if part.field else EVERYWHERE
    return set().union(*(_side_by_side(reader, name, wanted) for name in names)) if wanted else set()


def _side_by_side(reader: Any, name: str, wanted: Sequence[str]) -> set[int]:
    if any((name, term) not in reader for term in wanted):
        return set()
    found: dict[int, set[int]] | None = None  # document: where the first word would stand
    for offset, term in sorted(enumerate(wanted), key=lambda item: int(reader.doc_frequency(name, item[1]))):
        matcher = reader.postings(name, term)
        here: dict[int, set[int]] = {}
        while matcher.is_active():
            document = int(matcher.id())
            if found is None or document in found:
                starts = {position - offset for position in matcher.value_as("positions")}
                if found is not None:
                    starts &= found[document]
                if starts:
                    here[document] = starts
            matcher.next()
        found = here
        if not found:
            return set()
    return set(found or ())


def _scores(reader: Any, query: Query, allowed: set[int] | None, deadline: float) -> tuple[dict[int, float], bool]:
    told = (*query.words, *(part for group in query.required for part in group))
    said = list(_units(told))
    times = Counter(term for unit in said for term in unit)
    units = [dict(unit) for unit in dict.fromkeys(tuple(unit.items()) for unit in said)]
    rarity = {term: _frequency(reader, term) for term in times}
    size = max(1, reader.doc_count_all())
    lengths = _Lengths(reader)
    sums: dict[int, float] = {}
    covered: dict[int, float] = {}
    total, late, read = 0.0, False, 0
    for done, unit in enumerate(sorted(units, key=lambda unit: _rarest(unit, rarity))):
        read += sum(rarity[term] for term in unit)
        late = time.monotonic() > deadline
        if late or (read > POSTINGS and done >= LEAST_WORDS):
            break
        worth = 0.0
        best: dict[int, float] = {}
        for term, share in unit.items():
            if not rarity[term]:
                continue
            found = _weights(reader, term, allowed)
            idf = log(1 + (size - rarity[term] + 0.5) / (rarity[term] + 0.5))
            worth = max(worth, idf * share)
            gain = idf * share * (1 + log(times[term]))
            for document, weight in found.items():
                part = gain * weight * (K1 + 1) / (weight + K1 * lengths.norm(document))
                sums[document] = sums.get(document, 0.0) + part
                best[document] = max(best.get(document, 0.0), idf * share)
        total += worth
        for document, value in best.items():
            covered[document] = covered.get(document, 0.0) + value
    if not total:
        return {}, late
    return {d: s * (UNCOVERED + (1 - UNCOVERED) * covered[d] / total) for d, s in sums.items()}, late


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


def _frequency(reader: Any, term: str) -> int:
    return max(int(reader.doc_frequency(name, term)) for name in SCORED)


def _rarest(unit: dict[str, float], rarity: dict[str, int]) -> int:
    return min(rarity[term] or 1 << 30 for term in unit)


def _weights(reader: Any, term: str, allowed: set[int] | None) -> dict[int, float]:
    found: dict[int, float] = {}
    for name in SCORED:
        if (name, term) not in reader:
            continue
        matcher = reader.postings(name, term)
        while matcher.is_active():
            document = matcher.id()
            if allowed is None or document in allowed:
                found[document] = found.get(document, 0.0) + matcher.weight()
            matcher.next()
    return found


class _Lengths:
    """BM25's length normalisation of a document's body, read when first needed."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._average = max(1.0, reader.field_length("body") / max(1, reader.doc_count_all()))
        self._norms: dict[int, float] = {}

    def norm(self, document: int) -> float:
        norm = self._norms.get(document)
        if norm is None:
            length = self._reader.doc_field_length(document, "body", 0)
            norm = self._norms[document] = 1 - B + B * length / self._average
        return norm

"""BM25 of the text, whole and in its best stretch of lines, against the full text of the problems."""

from __future__ import annotations

from bisect import bisect_left
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Mapping, Sequence, Set

    from diagnose.knowledge import Knowledge


FULLTEXT_BEST = 50
QUERY_TERMS = 80
POSTINGS_READ = 60_000
STRETCH = 4
STRETCH_TERMS = 200
HELD_TERMS = 400
MOST_STRETCHES = 64
K1, B = 1.2, 0.75


class FullText(Struct, frozen=True):
    """How well a problem's prose fits: BM25 of the whole text and of its best stretch, each as far as it stands above
    what other problems reach (0..1), and `worth`, what its best stretch scores in nats."""

    whole: float
    stretch: float
    worth: float


class Holdings(Struct, frozen=True):
    """Which documents hold the words of a text, and how often: the rarest HELD_TERMS of them, as postings, with the
    lengths of all documents."""

    postings: dict[str, array[int]] = {}
    lengths: Mapping[int, int] = {}

    def of(self, document: int) -> dict[str, float]:
        """The words that a document holds, with what it says of each by BM25: about 1 for once, at most K1 + 1."""
        average = sum(self.lengths.values()) / max(1, len(self.lengths))
        norm = _norm(self.lengths.get(document, average), average)
        found = {}
        for term, posting in self.postings.items():
            if frequency := _frequency(posting, document):
                found[term] = frequency * (K1 + 1) / (frequency + norm)
        return found


def holdings(postings: Mapping[str, array[int]], base: Knowledge) -> Holdings:
    """Of the words of a text what tells candidates apart."""
    rarest = sorted(postings, key=lambda term: (len(postings[term]), term))[:HELD_TERMS]
    return Holdings({term: postings[term] for term in rarest}, base.lengths() if rarest else {})


def fulltext_scores(
    stretches: Sequence[frozenset[str]],
    frequency: Mapping[str, int],
    postings: Mapping[str, array[int]],
    base: Knowledge,
) -> dict[str, FullText]:
    if not postings:
        return {}
    size = base.size
    idf = {term: log(1 + (size - len(p) + 0.5) / (len(p) + 0.5)) for term, p in postings.items()}
    terms = _within(sorted(postings, key=lambda t: (-idf[t] * (1 + log(frequency[t])), t))[:QUERY_TERMS], postings)
    norms = _norms(base)
    scores: dict[int, float] = {}
    for term in terms:
        _add(scores, postings[term], idf[term], norms)
    near = sorted(scores, key=lambda d: (-scores[d], d))[: FULLTEXT_BEST * 2]
    if len(stretches) > 1:
        best = _best_stretch(near, stretches, idf, postings, norms)
    else:
        best = {document: scores[document] for document in near}
    chosen = {*near[:FULLTEXT_BEST], *sorted(best, key=lambda d: (-best[d], d))[:FULLTEXT_BEST]}
    names = base.names(chosen)
    whole, stretch = _outstanding(scores, chosen), _outstanding(best, chosen)
    return {names[d]: FullText(whole[d], stretch[d], best.get(d, 0.0)) for d in sorted(chosen)}


def _outstanding(scores: Mapping[int, float], chosen: Set[int]) -> dict[int, float]:
    """How far each score stands above the middle one of the chosen, relative to the best: what other problems reach by
    chance counts for nothing, in a base of six as in one of thousands."""
    values = sorted(scores.get(document, 0.0) for document in chosen)
    top, middle = values[-1] or 1.0, values[(len(values) - 1) // 2]
    return {document: max(0.0, scores.get(document, 0.0) - middle) / top for document in chosen}


def _within(terms: Sequence[str], postings: Mapping[str, array[int]]) -> list[str]:
    """The first terms whose postings are no more than POSTINGS_READ in all."""
    kept: list[str] = []
    read = 0
    for term in terms:
        read += len(postings[term])
        if read > POSTINGS_READ and kept:
            break
        kept.append(term)
    return kept


def _frequency(posting: array[int], document: int) -> int:
    """How often a document holds the term of `posting`; 0 where it does not."""
    at = bisect_left(posting, document << 8)
    return posting[at] & 255 if at < len(posting) and posting[at] >> 8 == document else 0


def _norms(base: Knowledge) -> Mapping[int, float]:
    lengths = base.lengths()
    average = sum(lengths.values()) / max(1, len(lengths))
    return {document: _norm(length, average) for document, length in lengths.items()}


def _norm(length: float, average: float) -> float:
    return K1 * (1 - B + B * length / (average or 1.0))


def _add(scores: dict[int, float], posting: array[int], idf: float, norms: Mapping[int, float]) -> None:
    for entry in posting:
        document, frequency = entry >> 8, entry & 255
        scores[document] = scores.get(document, 0.0) + idf * frequency * (K1 + 1) / (frequency + norms[document])


def stretches_of(lines: Sequence[Sequence[str]], known: Iterable[str]) -> list[frozenset[str]]:
    """The distinct known words of each stretch of STRETCH lines, half of each overlapping the next."""
    words = set(known)
    step = max(1, STRETCH // 2, len(lines) // MOST_STRETCHES)
    starts = range(0, max(1, len(lines) - step), step)
    found = (frozenset(word for line in lines[s : s + 2 * step] for word in line if word in words) for s in starts)
    return list(dict.fromkeys(words for words in found if words))


def _best_stretch(
    documents: Sequence[int],
    stretches: Sequence[frozenset[str]],
    idf: Mapping[str, float],
    postings: Mapping[str, array[int]],
    norms: Mapping[int, float],
) -> dict[int, float]:
    """The largest BM25 of any stretch, for each document."""
    inside: dict[str, list[int]] = {}
    for number, stretch in enumerate(stretches):
        for term in stretch:
            inside.setdefault(term, []).append(number)
    telling = sorted(inside, key=lambda t: (-idf[t], t))[:STRETCH_TERMS]
    sums = {document: [0.0] * len(stretches) for document in documents}
    for term in telling:
        posting, worth, numbers = postings[term], idf[term] * (K1 + 1), inside[term]
        for document in documents:
            if frequency := _frequency(posting, document):
                score = worth * frequency / (frequency + norms[document])
                row = sums[document]
                for number in numbers:
                    row[number] += score
    return {document: max(row) for document, row in sums.items()}

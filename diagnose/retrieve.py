"""Pasted text and the postings of a base to what was measured of its problems: coverage, full text, names.

Coverage is the idf-weighted share of a known message's word pairs that stand near each other in the text: measured on
real pastes it keeps its meaning in noise, where BM25 alone does not. Full text is read twice, of the whole text and of
the best stretch of STRETCH lines, so that lines of other logs around an error cost little. Knows nothing of declared
signals or of ranking.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.terms import COMMON_CODES, identifiers, line_pairs, prose

if TYPE_CHECKING:
    from array import array
    from collections.abc import Iterable, Mapping, Sequence, Set

    from diagnose.knowledge import Knowledge, Message

MOST_PAIRS = 20_000
MOST_LINES = 2_000
WINDOW = 120
BEST_MESSAGES = 60
LEAST_COVERAGE = 0.3
FULLTEXT_BEST = 50
NAMED_BEST = 40
QUERY_TERMS = 80
POSTINGS_READ = 60_000
STRETCH = 4
STRETCH_TERMS = 200
MOST_STRETCHES = 64
K1, B = 1.2, 0.75
# What a code that any program returns is worth at most (nats), however few articles of the base name it.
COMMON_CODE = 2.0
# Places of one word pair that are looked at: more of them say nothing new.
MOST_PLACES = 8
# A base of six articles says little about how rare a feature is in the world: shares are taken of at least so many.
LEAST_BASE = 1000


class Place(Struct, frozen=True):
    """A line of the text with where it came from."""

    source: str
    line: int
    text: str


class Covered(Struct, frozen=True):
    """A known message, how much of it is present, what that is worth (idf sum, nats) and where most of it stands."""

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


class FullText(Struct, frozen=True):
    """How well a problem's prose fits: BM25 of the whole text and of its best stretch, each as far as it stands above
    what other problems reach (0..1), and `worth`, what its best stretch scores in nats."""

    whole: float
    stretch: float
    worth: float


class Retrieved(Struct, frozen=True):
    """`fulltext` has the best problems by full text; `rarity` what a word of the text is worth by the base
    (nats), `stretches` the distinct words of each stretch."""

    covered: tuple[Covered, ...]
    named: tuple[Named, ...]
    fulltext: dict[str, FullText]
    rarity: dict[str, float] = {}
    stretches: tuple[frozenset[str], ...] = ()


def rarity(df: int, size: int) -> float:
    """-ln of the share of problems that hold a feature, at most that of one in LEAST_BASE: a feature is worth the same in
    a base of six as in one of thousands, so that weights fitted on one base hold on another."""
    return log(max(LEAST_BASE / df, 1.0) if size <= LEAST_BASE else min(size / df, LEAST_BASE))


def _word_worth(word: str, df: int, size: int) -> float:
    return min(COMMON_CODE, rarity(df, size)) if word in COMMON_CODES else rarity(df, size)


def retrieve(places: Sequence[Place], codes: Sequence[tuple[str, Place]], base: Knowledge) -> Retrieved:
    """Look `places` (lines in order) and the codes seen in them up in `base`."""
    places = places[:MOST_LINES]
    lines = [prose(place.text) for place in places]
    frequency = Counter(word for line in lines for word in line)
    postings = base.postings(list(frequency)[:MOST_PAIRS])
    stretches = _stretches(lines, postings)
    return Retrieved(
        covered=tuple(_coverage(places, base)),
        named=tuple(_named(places, codes, base)),
        fulltext=_fulltext(stretches, frequency, postings, base),
        rarity={word: _word_worth(word, len(posting), base.size) for word, posting in postings.items()},
        stretches=tuple(stretches),
    )


# --- coverage of known messages ---


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
    worths = {number: rarity(df, base.size) for number, df in counts.items()}
    at = {pair.number: where[key][:MOST_PLACES] for key, pair in found.items()}
    result = []
    for number in leading:
        covered = _covered(messages[number], worths, at, window)
        if covered.share >= LEAST_COVERAGE:
            result.append(covered)
    return result


def reach(pairs: int) -> int:
    """Lines over which a message of so many word pairs may spread: consoles wrap, records put a field on each line."""
    return 3 + pairs // 4


def _covered(
    message: Message, worths: Mapping[int, float], at: Mapping[int, Sequence[int]], window: Sequence[Place]
) -> Covered:
    seen = sorted((index, number) for number in message.pairs for index in at.get(number, ()))
    worth, first, last = _densest(seen, worths, reach(len(message.pairs)))
    lines: Counter[int] = Counter(index for index, _ in seen[first:last])
    top = max(lines, key=lambda index: (lines[index], -index))
    share = worth / sum(worths[number] for number in message.pairs)
    return Covered(message.number, message.problem, message.text, share, worth, window[top])


def _densest(seen: Sequence[tuple[int, int]], worths: Mapping[int, float], lines: int) -> tuple[float, int, int]:
    """The largest worth of distinct pairs within `lines` lines, and the slice of `seen` that has it."""
    inside: Counter[int] = Counter()
    total, first, best = 0.0, 0, (0.0, 0, 1)
    for last, (index, number) in enumerate(seen, 1):
        inside[number] += 1
        total += worths[number] if inside[number] == 1 else 0.0
        while seen[first][0] <= index - lines:
            gone = seen[first][1]
            inside[gone] -= 1
            total -= worths[gone] if not inside[gone] else 0.0
            first += 1
        if total > best[0] + 1e-9:
            best = (total, first, last)
    return best


# --- names and codes ---


def _named(places: Sequence[Place], codes: Sequence[tuple[str, Place]], base: Knowledge) -> list[Named]:
    where: dict[str, Place] = {}
    for place in places:
        for name in identifiers(place.text):
            where.setdefault(f"name:{name}", place)
    for code, place in codes:
        where.setdefault(f"code:{code}", place)
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


# --- full text ---


def _fulltext(
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


def _norms(base: Knowledge) -> Mapping[int, float]:
    lengths = base.lengths()
    average = sum(lengths.values()) / max(1, len(lengths))
    return {document: K1 * (1 - B + B * length / average) for document, length in lengths.items()}


def _add(scores: dict[int, float], posting: array[int], idf: float, norms: Mapping[int, float]) -> None:
    for entry in posting:
        document, frequency = entry >> 8, entry & 255
        scores[document] = scores.get(document, 0.0) + idf * frequency * (K1 + 1) / (frequency + norms[document])


def _stretches(lines: Sequence[Sequence[str]], known: Iterable[str]) -> list[frozenset[str]]:
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
            at = bisect_left(posting, document << 8)
            if at < len(posting) and posting[at] >> 8 == document:
                frequency = posting[at] & 255
                score = worth * frequency / (frequency + norms[document])
                row = sums[document]
                for number in numbers:
                    row[number] += score
    return {document: max(row) for document, row in sums.items()}

"""How much of a known message stands in the text, in windows of a few lines."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.codes.numbers import error_numbers, of_another
from diagnose.retrieve.rarity import MOST_PAIRS, rarity
from diagnose.scan.passages import TextLine
from diagnose.text.terms import line_pairs, words

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.knowledge import Knowledge, Message


WINDOW = 120
BEST_MESSAGES = 60
LEAST_COVERAGE = 0.3
# Places of one word pair that are looked at: more of them say nothing new.
MOST_PLACES = 8


class Covered(Struct, frozen=True):
    """A known message, how much of it is present, what that is worth (idf sum, nats) and where most of it stands."""

    message: int
    problem: str
    text: str
    share: float
    worth: float
    place: TextLine


def covered_messages(places: Sequence[TextLine], base: Knowledge) -> list[Covered]:
    best: dict[int, Covered] = {}
    lines = [words(place.text) for place in places]
    for first in range(0, len(places), WINDOW // 2):
        span = slice(first, first + WINDOW)
        for covered in _window_coverage(places[span], lines[span], base):
            known = best.get(covered.message)
            if known is None or covered.share > known.share:
                best[covered.message] = covered
        if first + WINDOW >= len(places):
            break
    return sorted(best.values(), key=lambda c: (-c.share * c.worth, c.message))


def _window_coverage(window: Sequence[TextLine], lines: Sequence[Sequence[str]], base: Knowledge) -> list[Covered]:
    where = line_pairs(lines)
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
        if covered.share >= LEAST_COVERAGE and not _of_another_error(covered):
            result.append(covered)
    return result


def _of_another_error(covered: Covered) -> bool:
    """Whether the message names an error by its number and the line another one: "System error 67 has occurred" is not
    "System error 53 has occurred", though all its words are there."""
    return of_another(error_numbers(covered.text), error_numbers(covered.place.text))


def reach(pairs: int) -> int:
    """Lines over which a message of so many word pairs may spread: consoles wrap, records put a field on each line."""
    return 3 + pairs // 4


def _covered(
    message: Message, worths: Mapping[int, float], at: Mapping[int, Sequence[int]], window: Sequence[TextLine]
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

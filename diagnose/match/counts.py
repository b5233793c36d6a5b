"""How often and when each signal was seen: counts over whole inputs, first and last time, and where in the input.

Takes scans and who owns their patterns; gives a Tally for each (problem, signal). Knows nothing of odds: repeats count once
there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.scan.hits import KEPT_PER_PATTERN, SALIENT
from diagnose.scan.patterns import FREQUENT_RATE
from diagnose.text.blocks import BLOCK

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diagnose.knowledge import KnownPattern
    from diagnose.scan.hits import SourceScan

CELLS = 16
_LEVELS = ".:-=+*#"


class Tally(Struct, frozen=True):
    """`count` lines of all inputs, `at_least` where a frequent pattern was counted once a block.

    `first` and `last` in seconds since 1970, None without times; `spread` is the input with the most of them from its
    beginning to its end in CELLS characters, each the denser the more lines, blank for none.
    """

    count: int
    at_least: bool
    first: float | None
    last: float | None
    last_line: int
    spread: str


def tallies(
    scans: Sequence[SourceScan], known: Mapping[int, KnownPattern], times: Mapping[tuple[str, int], float]
) -> dict[tuple[str, str], Tally]:
    """A Tally for every (problem, signal) of which a pattern was seen."""
    seen: dict[tuple[str, str], list[tuple[SourceScan, int]]] = {}
    for scan in scans:
        for number in scan.counts:
            pattern = known.get(number)
            if number != SALIENT and pattern is not None:
                for owner in pattern.owners:
                    seen.setdefault(owner, []).append((scan, number))
    return {owner: _tally(found, known, times) for owner, found in seen.items()}


def _tally(
    found: Sequence[tuple[SourceScan, int]],
    known: Mapping[int, KnownPattern],
    times: Mapping[tuple[str, int], float],
) -> Tally:
    at = [
        time
        for scan, number in found
        for line in (*(hit.line for hit in scan.hits if hit.number == number), scan.last[number].line)
        if (time := times.get((scan.name, line))) is not None
    ]
    most, number = max(found, key=lambda item: item[0].counts[item[1]])
    return Tally(
        count=_count(found),
        at_least=any(known[number].rate > FREQUENT_RATE and scan.size > BLOCK for scan, number in found),
        first=min(at, default=None),
        last=max(at, default=None),
        last_line=most.last[number].line,
        spread=spread(most.places(number), most.lines),
    )


def _count(found: Sequence[tuple[SourceScan, int]]) -> int:
    """Lines, each once where all were kept; several patterns of one signal often stand on one line."""
    if all(scan.counts[number] <= KEPT_PER_PATTERN for scan, number in found):
        return len({(scan.name, hit.line) for scan, number in found for hit in scan.hits if hit.number == number})
    return sum(scan.counts[number] for scan, number in found)


def spread(places: Iterable[tuple[int, int, int]], lines: int) -> str:
    """`places` are (first line, last line, count); a run of lines spreads its count over all cells that it touches."""
    cells = [0.0] * CELLS
    for first, last, count in places:
        a, b = _cell(first, lines), _cell(last, lines)
        for cell in range(a, b + 1):
            cells[cell] += count / (b - a + 1)
    top = max(cells)
    return "".join(_LEVELS[min(len(_LEVELS) - 1, int(c / top * (len(_LEVELS) - 1)))] if c else " " for c in cells)


def _cell(line: int, lines: int) -> int:
    return min(CELLS - 1, (line - 1) * CELLS // max(1, lines))

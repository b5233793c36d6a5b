"""How common a pattern is in the text itself: a hit that every tenth line shows says little."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from diagnose.text.terms import words

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.knowledge import KnownPattern
    from diagnose.scan.hits import SourceScan


MANY_LINES = 1000


def noise_of(scans: Sequence[SourceScan], known: dict[int, KnownPattern]) -> dict[tuple[int, str], str]:
    """(pattern, source) where more than half of many lines hold it and say different things, with what to tell: there it is
    a part of how the log is written, and must not drown the rest. One message over and over, as of a retry that never
    ends, is what the log is about, and stays."""
    return {
        (number, scan.name): f"{problem}: '{signal}' is on {count} of {scan.lines} lines of {scan.name}; left out"
        for scan in scans
        if scan.lines >= MANY_LINES
        for number, count in scan.counts.items()
        if 2 * count > scan.lines and number in known and not _one_message(scan, number)
        for problem, signal in known[number].owners[:1]
    }


def _one_message(scan: SourceScan, number: int) -> bool:
    """Whether the lines that hold a pattern say the same: half of their words stand in nearly all of them."""
    lines = [frozenset(words(hit.quote.decode("utf-8", "replace"))) for hit in scan.hits if hit.number == number]
    shared = sum(1 for count in Counter(word for line in lines for word in line).values() if count >= 0.8 * len(lines))
    return 2 * shared * len(lines) >= sum(map(len, lines))

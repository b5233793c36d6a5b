"""When the lines that hit were written, for problems whose conditions ask for it.

Takes passages and hits; gives times by source and line. A line without a timestamp has that of the record it stands in:
of the nearest line before it that has one. Knows nothing of conditions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from diagnose.text.late import late
from diagnose.timestamps.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import tzinfo


# Where the present is not told, any year will do for texts without one, for times of one source are compared: a leap year,
# for 29 February.
YEARLESS = 4105123199.0  # the last second of January 2100
# A timestamp begins within the first 64 bytes; a record in JSON names its time further in.
READ = 4096
# Lines looked at before one that has no time of its own.
BACK = 40
MANY = 1 << 40


# What a time of day looks like, or a count of seconds or milliseconds since 1970.
_TIME = late(r"\d:[0-5]\d|\b1\d{9}|\b\d{6} \d{6}\b")


class When(Struct, frozen=True):
    """What is known of times that the text does not tell: the present (0: not told), and the zone."""

    now: float = 0.0
    zone: tzinfo | None = None


class Lines(Protocol):
    """Lines that stood together; `first` is the number of line 0."""

    @property
    def source(self) -> str: ...
    @property
    def first(self) -> int: ...
    @property
    def quotes(self) -> tuple[str, ...]: ...


class DatedHit(Protocol):
    @property
    def source(self) -> str: ...
    @property
    def line(self) -> int: ...
    @property
    def quote(self) -> str: ...


def tell_times(passages: Iterable[Lines]) -> bool:
    """Whether some line looks as if it told when it was written."""
    return any(_TIME.search(quote[:READ]) for passage in passages for quote in passage.quotes)


def times_of(passages: Sequence[Lines], hits: Sequence[DatedHit], when: When) -> dict[tuple[str, int], float]:
    """Seconds since 1970 by (source, line): of `hits`, of lines shortly before them, and of the last lines of each source."""
    clocks: dict[str, Clock] = {}
    times: dict[tuple[str, int], float] = {}
    wanted = {(hit.source, line) for hit in hits for line in range(hit.line - BACK, hit.line + 1)}
    final = {passage.source: passage.first for passage in passages}
    for passage in passages:
        clock = clocks.setdefault(passage.source, Clock(when.now or YEARLESS, when.zone))
        last: float | None = None
        end = passage.first + (len(passage.quotes) - BACK if final[passage.source] == passage.first else MANY)
        for number, quote in enumerate(passage.quotes, passage.first):
            if number < end and (passage.source, number) not in wanted:
                last = None
                continue
            time = clock.time(quote[:READ].encode("utf-8", "replace"))
            last = last if time is None else time
            if last is not None:
                times[passage.source, number] = last
    for hit in hits:
        if (hit.source, hit.line) not in times:
            clock = clocks.setdefault(hit.source, Clock(when.now or YEARLESS, when.zone))
            time = clock.time(hit.quote[:READ].encode("utf-8", "replace"))
            if time is not None:
                times[hit.source, hit.line] = time
    return times

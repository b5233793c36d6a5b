"""The lines of a source that were written within a span of time.

Takes blocks, gives blocks without the lines outside; a line without a time has that of the line before it. Blocks whose
first and last time lie on the same side are taken or left whole: logs are written forward.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.blocks import Block
from diagnose.timestamps.clock import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import tzinfo

# Lines looked at, from either end of a block, for one that has a time.
TRIED = 60
READ = 4096


class Period(Struct, frozen=True):
    """From `since` to `until`, both included, in seconds since 1970; None leaves an end open.

    `now` and `zone` are for texts without a year or a zone (see diagnose.timestamps.clock).
    """

    since: float | None
    until: float | None
    now: float
    zone: tzinfo | None = None

    def holds(self, time: float) -> bool:
        return (self.since is None or time >= self.since) and (self.until is None or time <= self.until)

    def side(self, time: float) -> int:
        """-1 before the span, 0 in it, 1 behind it."""
        if self.since is not None and time < self.since:
            return -1
        return 1 if self.until is not None and time > self.until else 0

    def within(self, blocks: Iterable[Block]) -> Iterator[Block]:
        """The blocks with the lines inside, each telling how many lines and bytes before it were left out."""
        clock = Clock(self.now, self.zone)
        side, lines, size, line = 0, 0, 0, 1
        for block in blocks:
            for wanted, kept in self._cut(block, clock, side):
                side = wanted
                line = kept.line + kept.ends
                if wanted:
                    lines += kept.ends
                    size += len(kept.data)
                else:
                    yield Block(kept.data, kept.line, kept.ends, kept.cut, lines, size)
                    lines = size = 0
        if lines or size:
            yield Block(b"", line, 0, False, lines, size)

    def _cut(self, block: Block, clock: Clock, side: int) -> Iterator[tuple[int, Block]]:
        """Runs of lines of `block` with the side they lie on; `side` is that of the line before."""
        data = block.data
        first = self._first_side(clock, data.split(b"\n", TRIED)[:TRIED])
        last = self._first_side(clock, reversed(data.rsplit(b"\n", TRIED)[-TRIED:]))
        if (first is None and last is None) or first == last == side:
            yield side, block
        else:
            yield from self._by_line(block, clock, side)

    def _first_side(self, clock: Clock, lines: Iterable[bytes]) -> int | None:
        for line in lines:
            time = clock.time(line[:READ])
            if time is not None:
                return self.side(time)
        return None

    def _by_line(self, block: Block, clock: Clock, side: int) -> Iterator[tuple[int, Block]]:
        start = at = 0
        first = line = block.line
        for text in block.data.splitlines(keepends=True):
            time = clock.time(text[:READ])
            new = side if time is None else self.side(time)
            if new != side and at > start:
                yield side, Block(block.data[start:at], first, line - first)
                start, first = at, line
            side = new
            at += len(text)
            line += text.endswith(b"\n")
        yield side, Block(block.data[start:], first, line - first, block.cut)


def has_times(head: bytes, now: float) -> bool:
    """Whether one of the first lines tells when it was written."""
    clock = Clock(now)
    return any(clock.time(line[:READ]) is not None for line in head.split(b"\n", 4 * TRIED)[: 4 * TRIED])

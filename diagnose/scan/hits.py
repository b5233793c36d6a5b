"""Blocks and a matcher to the lines that hit, with counts, and the excerpts that deserve a closer look.

    parts of a source --scan_part, in any thread--> PartScan --merging.Merged.add, in order--> SourceScan

A part is scanned on its own, with its lines numbered from 1. Knows nothing of articles or of what a hit means.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.scan.excerpts import WHOLE, Edges, Excerpt, Windows
from diagnose.text.blocks import line_ends
from diagnose.text.decode import valid_utf8
from diagnose.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.errors import InputError
    from diagnose.scan.patterns import Hit, Matcher
    from diagnose.text.blocks import Block

SALIENT = 0
# Words that failures are reported with; the one pattern that every matcher carries under the number 0.
SALIENT_REGEX = (
    r"error|fail|exception|fatal|denied|refused|timed out|unable to|could not|cannot|can't|not found|invalid|panic"
    r"|abort|unreachable|\b0x[8c][0-9a-f]{7}\b"
)
KEPT_PER_PATTERN = 40
# Salient lines looked at in one part; the engine reports one a block, the fallback every one.
MOST_SALIENT_LINES = 2000
# What is kept of a longer line, and how much of it stands before the end of the match: a quote is shown from its beginning.
LONGEST_HIT, BEFORE = 8192, 3072
# (first line, last line, lines of each pattern) of every part.
Pieces = tuple[tuple[int, int, dict[int, int]], ...]


class LineHit(Struct, frozen=True):
    """A pattern seen on a line: `text` is the folded line, `quote` the line as it stood; of one that is longer than LONGEST_HIT,
    what is around the end of the match."""

    number: int
    line: int
    text: bytes
    quote: bytes


class PartScan(Struct, frozen=True):
    """What a run of blocks showed, its lines counted from 1.

    `counts` has the lines of every pattern (of a frequent one at least: it reports once a block), `hits` the first
    KEPT_PER_PATTERN of each, `last` the last. `whole` is all text of a part of at most WHOLE bytes, else None. `trouble`
    is where reading ended early, `left_out` the lines outside of the times asked for. Of several parts that were put
    together, `parts` has the first and last line and the counts of each.
    """

    size: int
    lines: int
    open_end: bool
    hits: tuple[LineHit, ...]
    last: dict[int, LineHit]
    counts: dict[int, int]
    whole: bytes | None
    excerpts: tuple[Excerpt, ...]
    edges: Edges
    cut_lines: int = 0
    left_out: int = 0
    trouble: InputError | None = None
    parts: Pieces = ()

    @property
    def pieces(self) -> Pieces:
        return self.parts or (((1, self.lines, self.counts),) if self.size or self.lines else ())


class SourceScan(Struct, frozen=True):
    """What one source showed; fields as in PartScan. `excerpts` is all of it where `whole`.

    `parts` has the first and last line and the counts of every part.
    """

    name: str
    size: int
    lines: int
    hits: tuple[LineHit, ...]
    last: dict[int, LineHit]
    counts: dict[int, int]
    excerpts: tuple[Excerpt, ...]
    cut_lines: int = 0
    left_out: int = 0
    whole: bool = False
    parts: Pieces = ()

    def places(self, number: int) -> list[tuple[int, int, int]]:
        """(first line, last line, count) of a pattern: its lines where all were kept, else the parts that held some."""
        if self.counts.get(number, 0) <= KEPT_PER_PATTERN:
            return [(hit.line, hit.line, 1) for hit in self.hits if hit.number == number]
        return [(first, last, counts[number]) for first, last, counts in self.parts if number in counts]


# --- one part ------------------------------------------------------------------------------------------------------


def scan_part(blocks: Iterable[Block], matcher: Matcher) -> PartScan:
    """Scan consecutive blocks, whose first line is number 1."""
    part = _Part(matcher)
    for block in blocks:
        part.add(block)
    return part.result()


class _Part:
    """The state of one scan. Lives inside `scan_part` only."""

    def __init__(self, matcher: Matcher) -> None:
        self.matcher = matcher
        self.size = self.lines = self.cut = self.left_out = 0
        self.open_end = False
        self.hits: list[LineHit] = []
        self.last: dict[int, LineHit] = {}
        self.counts: dict[int, int] = {}
        self.ended: dict[int, int] = {}
        self.whole: list[bytes] | None = []
        self.windows = Windows()

    def add(self, block: Block) -> None:
        quoted = valid_utf8(block.data)
        data = fold(quoted)
        self.size += len(block.data) + block.passed
        self.cut += block.cut
        self.left_out += block.left_out
        self.open_end = bool(block.data) and not block.data.endswith(b"\n")
        self.lines = block.line - 1 + block.ends + self.open_end
        if self.whole is not None:
            self.whole.append(quoted)
            if self.size > WHOLE:
                self.whole = None
        self.windows.advance(block.line, quoted)
        found = self.matcher.scan(data)
        if found:
            self._keep(block.line, data, quoted, found)

    def _keep(self, first: int, data: bytes, quoted: bytes, found: list[Hit]) -> None:
        wanted, over = self._counted(first, data, found)
        page = _Page(first, data, quoted)
        for number, line, start, end in located(first, data, wanted):
            at, text, quote = page.line(line, start, end)
            if number != SALIENT:
                hit = LineHit(number, line, text, quote)
                self.hits.append(hit)
                self.last[number] = hit
            self.windows.want(line, at, quote, hit=number != SALIENT)
        for number, line, start, end in located(first, data, over):
            _, text, quote = page.line(line, start, end)
            self.last[number] = LineHit(number, line, text, quote)

    def _counted(self, first: int, data: bytes, found: list[Hit]) -> tuple[list[Hit], list[Hit]]:
        """The hits to keep, and of every pattern that has more than it keeps the last one. A line counts once."""
        counts = self.counts
        ended: dict[int, int] = {}
        wanted: list[Hit] = []
        over: dict[int, int] = {}
        for hit in sorted(found, key=itemgetter(1)):
            number, end = hit
            before = ended.get(number)
            ended[number] = end
            if before is not None and data.find(b"\n", before - 1, end - 1) < 0:
                continue
            if before is None and self.ended.get(number) == first and data.find(b"\n", 0, end - 1) < 0:
                continue  # the line that a block before this one cut
            count = counts[number] = counts.get(number, 0) + 1
            if count <= (MOST_SALIENT_LINES if number == SALIENT else KEPT_PER_PATTERN):
                wanted.append(hit)
            else:
                over[number] = end
        if not data.endswith(b"\n"):
            tail = data.rfind(b"\n")
            self.ended = {number: self.lines for number, end in ended.items() if end - 1 > tail}
        return wanted, list(over.items())

    def result(self) -> PartScan:
        return PartScan(
            size=self.size,
            lines=self.lines,
            open_end=self.open_end,
            hits=tuple(self.hits),
            last=self.last,
            counts=self.counts,
            whole=b"".join(self.whole) if self.whole is not None else None,
            excerpts=self.windows.excerpts(),
            edges=self.windows.edges(),
            cut_lines=self.cut,
            left_out=self.left_out,
        )


class _Page:
    """A block's folded and quoted text, line by line; they have the same lines at other offsets."""

    def __init__(self, first: int, data: bytes, quoted: bytes) -> None:
        self._first, self._data, self._quoted = first, data, quoted
        self._starts: list[int] = []

    def line(self, number: int, start: int, end: int) -> tuple[int, bytes, bytes]:
        """(offset in the quoted text, folded line, quoted line) of the line that begins at `start` of the folded one, and in
        which a match ends at `end`."""
        stop = _line_end(self._data, start)
        text = _around(self._data, start, end, stop)
        if self._quoted is self._data:
            return start, text, text
        at = self._quoted_start(number)
        length = _line_end(self._quoted, at) - at
        # Folding makes a line a little longer or shorter; where in it is exact enough for what is kept around.
        place = at + (end - start) * length // max(1, stop - start)
        return at, text, _around(self._quoted, at, place, at + length)

    def _quoted_start(self, number: int) -> int:
        if not self._starts:
            self._starts.append(0)
        while len(self._starts) <= number - self._first:
            self._starts.append(self._quoted.find(b"\n", self._starts[-1]) + 1)
        return self._starts[number - self._first]


def _line_end(data: bytes, start: int) -> int:
    end = data.find(b"\n", start)
    return end if end >= 0 else len(data)


def _around(data: bytes, start: int, at: int, stop: int) -> bytes:
    """The line from `start` to `stop`; of a long one what is around `at`, whole characters of it."""
    if stop - start > LONGEST_HIT:
        start = max(start, min(at - BEFORE, stop - LONGEST_HIT))
        stop = start + LONGEST_HIT
        while start < at and data[start] & 0xC0 == 0x80:
            start += 1
        while stop < len(data) and stop > at and data[stop] & 0xC0 == 0x80:
            stop -= 1
    return data[start:stop]


def located(first: int, data: bytes, found: Iterable[Hit]) -> Iterator[tuple[int, int, int, int]]:
    """(pattern, line number, offset of the line's start, offset of the match's end) for every hit, in order of the text."""
    line, position = first, 0
    for number, end in sorted(found, key=itemgetter(1, 0)):
        start = data.rfind(b"\n", 0, max(0, end - 1)) + 1
        if start > position:
            line += line_ends(data[position:start])
            position = start
        yield number, line, start, end

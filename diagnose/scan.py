"""Blocks and a matcher to the lines that hit, with counts, and the excerpts that deserve a closer look.

Takes blocks of UTF-8 and a matcher; gives, per source, the kept hits of every pattern and excerpts: the whole text of a
small input, the lines around hits and salient lines of a large one. Knows nothing of articles or of what a hit means.
"""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.decode import valid_utf8
from diagnose.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.blocks import Block
    from diagnose.patterns import Hit, Matcher

SALIENT = 0
# Words that failures are reported with; the one pattern that every matcher carries under the number 0.
SALIENT_REGEX = (
    r"error|fail|exception|fatal|denied|refused|timed out|unable to|could not|cannot|can't|not found|invalid|panic"
    r"|abort|unreachable|\b0x[8c][0-9a-f]{7}\b"
)
WHOLE = 1 << 20
KEPT_PER_PATTERN = 40
AROUND = 32
EXCERPTS = 200
LONGEST_QUOTE = 1 << 16
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)


class LineHit(Struct, frozen=True):
    """A pattern seen on a line: `text` is the folded line, `quote` the line as it stood."""

    number: int
    line: int
    text: bytes
    quote: bytes


class Excerpt(Struct, frozen=True):
    """Lines that stood together; `line` is the number of the first."""

    line: int
    lines: tuple[bytes, ...]


class SourceScan(Struct, frozen=True):
    """What one source showed. `counts` has every line that hit, `hits` at most KEPT_PER_PATTERN of a pattern."""

    name: str
    size: int
    lines: int
    hits: tuple[LineHit, ...]
    counts: dict[int, int]
    excerpts: tuple[Excerpt, ...]
    cut_lines: int = 0


class _Kept:
    """The state of one scan: what was kept so far. Lives inside `scan_source` only."""

    def __init__(self) -> None:
        self.size = 0
        self.lines = 0
        self.cut = 0
        self.hits: list[LineHit] = []
        self.counts: dict[int, int] = {}
        self.last: dict[int, int] = {}
        self.head: list[bytes] | None = []
        self.windows = _Windows()


def scan_source(name: str, blocks: Iterable[Block], matcher: Matcher) -> SourceScan:
    """Scan all `blocks` of one source."""
    kept = _Kept()
    for block in blocks:
        _scan_block(block, matcher, kept)
    return SourceScan(
        name=name,
        size=kept.size,
        lines=kept.lines,
        hits=tuple(kept.hits),
        counts=kept.counts,
        excerpts=_whole(kept.head) if kept.head is not None else kept.windows.excerpts(),
        cut_lines=kept.cut,
    )


def _whole(head: list[bytes]) -> tuple[Excerpt, ...]:
    text = b"".join(head)
    return (Excerpt(1, tuple(text.removesuffix(b"\n").split(b"\n"))),) if text.strip() else ()


def _scan_block(block: Block, matcher: Matcher, kept: _Kept) -> None:
    quoted = valid_utf8(block.data)
    data = fold(quoted)
    kept.size += len(block.data)
    kept.cut += block.cut
    newlines = block.data.count(b"\n")
    kept.lines = block.line - 1 + newlines + (not block.data.endswith(b"\n"))
    if kept.head is not None:
        kept.head.append(quoted)
        if kept.size > WHOLE:
            kept.head = None
    kept.windows.advance(block.line, quoted)
    found = matcher.scan(data)
    if found:
        _keep(block.line, data, quoted, found, kept)


def _keep(first: int, data: bytes, quoted: bytes, found: list[Hit], kept: _Kept) -> None:
    same = quoted is data
    originals: list[bytes] = []
    for number, line, start in located(first, data, found):
        if kept.last.get(number) == line:
            continue
        kept.last[number] = line
        count = kept.counts[number] = kept.counts.get(number, 0) + 1
        wanted = number == SALIENT or count <= KEPT_PER_PATTERN
        if not wanted:
            continue
        end = data.find(b"\n", start)
        text = data[start : min(end if end >= 0 else len(data), start + LONGEST_QUOTE)]
        if number != SALIENT:
            if not same and not originals:
                originals = quoted.split(b"\n")
            kept.hits.append(LineHit(number, line, text, text if same else originals[line - first][:LONGEST_QUOTE]))
        kept.windows.want(line, text)


def located(first: int, data: bytes, found: list[Hit]) -> Iterator[tuple[int, int, int]]:
    """(pattern, line number, offset of the line's start) for every hit, in order of the text."""
    line, position = first, 0
    for number, end in sorted(found, key=itemgetter(1, 0)):
        start = data.rfind(b"\n", 0, max(0, end - 1)) + 1
        if start > position:
            line += data.count(b"\n", position, start)
            position = start
        yield number, line, start


class _Windows:
    """Excerpts of a large source: the lines around what was wanted, one for each template of line, bounded."""

    def __init__(self) -> None:
        self._seen: set[bytes] = set()
        self._done: list[tuple[int, list[bytes]]] = []
        self._first = 1
        self._data = b""
        self._tail: list[bytes] = []
        self._lines: list[bytes] | None = None

    def advance(self, first: int, data: bytes) -> None:
        self._tail = self._split()[-AROUND:]
        self._first, self._data, self._lines = first, data, None
        if self._done and self._open():
            _, lines = self._done[-1]
            missing = 2 * AROUND - len(lines)
            lines += self._split()[:missing]

    def _open(self) -> bool:
        line, lines = self._done[-1]
        return len(lines) < 2 * AROUND and line + len(lines) == self._first

    def _split(self) -> list[bytes]:
        if self._lines is None:
            self._lines = self._data.removesuffix(b"\n").split(b"\n") if self._data else []
        return self._lines

    def want(self, line: int, text: bytes) -> None:
        if self._done and line < self._done[-1][0] + len(self._done[-1][1]):
            return
        key = text.translate(_DIGITS)[:80]
        if key in self._seen or len(self._done) >= EXCERPTS:
            return
        self._seen.add(key)
        at = line - self._first
        lines = self._split()
        before = self._tail[len(self._tail) - (AROUND - at) :] if at < AROUND else []
        start = max(0, at - AROUND)
        window = [part[:LONGEST_QUOTE] for part in (*before, *lines[start : at + AROUND])]
        self._done.append((self._first + start - len(before), window))

    def excerpts(self) -> tuple[Excerpt, ...]:
        return tuple(Excerpt(line, tuple(lines)) for line, lines in self._done)

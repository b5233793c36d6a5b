"""The parts of an input that deserve a closer look: all of a small one, the lines around hits of a large one.

Takes blocks in order and the places in them that are wanted; gives Excerpts, bounded in number, one for each shape of
line. Knows nothing of patterns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

# What is repaired whole; of larger inputs AROUND lines on either side of a hit (ARTICLES, Matching pasted text).
WHOLE = 1 << 18
AROUND = 32
LONGEST = 4 * AROUND
# Windows around hits and around salient lines, in one input. After WIDE hits they are NEAR lines to either side: a text
# with so many is no paste, and the close look costs a hundred times what the scan does.
MOST_HIT, MOST_SALIENT, WIDE, NEAR = 200, 100, 40, 4
LONGEST_LINE = 1 << 16
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)


class Excerpt(Struct, frozen=True):
    """Lines that stood together; `line` is the number of the first. `hit` where a pattern stands in it; `at` is the index of
    the line that it was kept for, `missing` how many lines below the end of the part cut off."""

    line: int
    lines: tuple[bytes, ...]
    hit: bool = True
    at: int = 0
    missing: int = 0

    def narrowed(self, reach: int) -> Excerpt:
        """Only `reach` lines to either side of the line that it was kept for."""
        first, below = max(0, self.at - reach), len(self.lines) - 1 - self.at
        missing = min(self.missing, max(0, reach - below))
        return Excerpt(self.line + first, self.lines[first : self.at + reach + 1], self.hit, self.at - first, missing)


class Edges(Struct, frozen=True):
    """The first and the last AROUND lines of a part, for the windows of its neighbours that reach over the edge."""

    opening: tuple[bytes, ...]
    closing: tuple[bytes, ...]


def shape(text: bytes) -> bytes:
    """What lines that differ in numbers only have in common."""
    return text[:80].translate(_DIGITS)


def head_lines(data: bytes, count: int) -> list[bytes]:
    """The first `count` lines of `data`."""
    lines = data.split(b"\n", count)
    return lines[:count] if len(lines) > count else lines[:-1] if lines[-1] == b"" else lines


def tail_lines(data: bytes, count: int) -> list[bytes]:
    """The last `count` lines of `data`."""
    return data.removesuffix(b"\n").rsplit(b"\n", count)[-count:] if data else []


class Windows:
    """Collects the windows of one part. `advance` with every block, then `want` places in it, in order."""

    def __init__(self) -> None:
        self._shapes: set[bytes] = set()
        self._windows: list[tuple[int, list[bytes], bool, int]] = []
        self._left = {True: MOST_HIT, False: MOST_SALIENT}
        self._before = b""
        self._data = b""
        self._first = 1
        self._opening: list[bytes] = []
        self._wanted_to = 0

    def advance(self, first: int, data: bytes) -> None:
        """The next block of whole lines; `first` is the number of its first line."""
        self._before, self._data, self._first = self._data, data, first
        if len(self._opening) < AROUND:
            self._opening += _bounded(head_lines(data, AROUND - len(self._opening)))
        if self._windows:
            line, lines, _, _ = self._windows[-1]
            missing = self._wanted_to - (line + len(lines))
            if missing > 0 and line + len(lines) == first:
                lines += _bounded(head_lines(data, missing))

    def want(self, line: int, start: int, text: bytes, *, hit: bool) -> None:
        """Keep the lines around `line`, which begins at the offset `start` of the block and holds `text`."""
        key = shape(text)
        inside = bool(self._windows) and line < self._end()
        if inside:
            self._grow(line, start, new=key not in self._shapes, hit=hit)
        if inside or key in self._shapes or not self._left[hit]:
            return
        self._shapes.add(key)
        reach = AROUND if hit and self._left[True] > MOST_HIT - WIDE else NEAR
        self._left[hit] -= 1
        above = self._above(line, start, reach)
        below = head_lines(self._data[start : start + reach * LONGEST_LINE], reach)
        self._windows.append((line - len(above), [*above, *below], hit, len(above)))
        self._wanted_to = line + reach

    def _end(self) -> int:
        line, lines, _, _ = self._windows[-1]
        return line + len(lines)

    def _grow(self, line: int, start: int, *, new: bool, hit: bool) -> None:
        """A hit of another shape near the end of the last window makes it longer, up to LONGEST lines."""
        first, lines, was_hit, _ = self._windows[-1]
        if hit and not was_hit:
            self._windows[-1] = (first, lines, True, line - first)
        if hit and new and len(lines) < LONGEST:
            reach = AROUND if self._left[True] > MOST_HIT - WIDE else NEAR
            lines += head_lines(self._data[start:], reach)[self._end() - line :]
            self._wanted_to = line + reach

    def _above(self, line: int, start: int, reach: int) -> list[bytes]:
        lines = tail_lines(self._data[max(0, start - reach * LONGEST_LINE) : start], reach)
        if len(lines) < reach and self._first > 1:
            lines = [*tail_lines(self._before, reach - len(lines)), *lines]
        if self._windows:  # what the window before holds already is not held twice
            before, held, _, _ = self._windows[-1]
            lines = lines[max(0, before + len(held) - (line - len(lines))) :]
        return lines

    def excerpts(self) -> tuple[Excerpt, ...]:
        missing = max(0, self._wanted_to - self._end()) if self._windows else 0  # the last alone can reach over the end
        last = len(self._windows) - 1
        return tuple(
            Excerpt(line, tuple(part[:LONGEST_LINE] for part in lines), hit, at, missing if index == last else 0)
            for index, (line, lines, hit, at) in enumerate(self._windows)
        )

    def edges(self) -> Edges:
        closing = tail_lines(self._data, AROUND)
        if len(closing) < AROUND:
            closing = [*tail_lines(self._before, AROUND - len(closing)), *closing]
        return Edges(_bounded(self._opening), _bounded(closing))


def _bounded(lines: Sequence[bytes]) -> tuple[bytes, ...]:
    return tuple(line[:LONGEST_LINE] for line in lines)

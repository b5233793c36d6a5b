"""Parts of one source put together in order: the only merging there is, of threads, of pieces of a file, of part files.

Adding is associative: parts one by one, or groups of them put together before, give the same. What is kept of many lines
is therefore always the first so many of a kind, and an edge is mended with the lines that either side hands on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.scan.excerpts import AROUND, MOST_HIT, MOST_SALIENT, NEAR, WHOLE, WIDE, Edges, Excerpt, shape
from diagnose.scan.hits import KEPT_PER_PATTERN, LineHit, PartScan, SourceScan, scan_part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnose.scan.patterns import Matcher
    from diagnose.text.blocks import Block

_MOST = {True: MOST_HIT, False: MOST_SALIENT}


def scan_source(name: str, blocks: Iterable[Block], matcher: Matcher) -> SourceScan:
    """Scan all `blocks` of one source at once."""
    merged = Merged()
    merged.add(scan_part(blocks, matcher))
    return source_scan(name, merged.part())


class Merged:
    """The parts of one source, added in order. One that begins inside a line goes on with the line that was open."""

    def __init__(self) -> None:
        self.size = self.lines = self.left_out = 0
        self._open = False
        self._cut = 0
        self._hits: list[LineHit] = []
        self._last: dict[int, LineHit] = {}
        self._counts: dict[int, int] = {}
        self._whole: bytes | None = b""
        self._excerpts: list[Excerpt] = []
        # A hit and a salient line of one shape are counted apart: only then is the first so many of each the same
        # whatever was put together first.
        self._shapes: dict[bool, set[bytes]] = {True: set(), False: set()}
        self._edges = Edges((), ())
        self._parts: list[tuple[int, int, dict[int, int]]] = []

    def add(self, part: PartScan) -> None:
        if not (part.size or part.lines or part.left_out):
            return
        shift = self.lines - self._open
        kept = {number: KEPT_PER_PATTERN - count for number, count in self._counts.items()}
        for hit in part.hits:
            left = kept.get(hit.number, KEPT_PER_PATTERN)
            kept[hit.number] = left - 1
            if left > 0:
                self._hits.append(replace(hit, line=hit.line + shift))
        for number, hit in part.last.items():
            self._last[number] = replace(hit, line=hit.line + shift)
        for number, count in part.counts.items():
            self._counts[number] = self._counts.get(number, 0) + count
        self._parts += ((first + shift, last + shift, counts) for first, last, counts in part.pieces)
        self._add_text(part, shift)
        self.size += part.size
        self.lines = shift + part.lines
        self._open = part.open_end
        self._cut += part.cut_lines
        self.left_out += part.left_out

    def _add_text(self, part: PartScan, shift: int) -> None:
        small = self._whole is not None and part.whole is not None and len(self._whole) + len(part.whole) <= WHOLE
        self._whole = self._whole + part.whole if small else None  # type: ignore[operator]
        self._go_on(part, shift)
        for excerpt in part.excerpts:
            self._take(excerpt, shift)
        opening, closing = self._edges.opening, part.edges.closing
        if len(opening) < AROUND:
            opening = (*opening, *part.edges.opening)[:AROUND]
        if len(closing) < AROUND:
            closing = (*self._edges.closing, *closing)[-AROUND:]
        self._edges = Edges(opening, closing)

    def _go_on(self, part: PartScan, shift: int) -> None:
        """The windows that the end of the part before cut off go on with the first lines of this one."""
        for index, excerpt in enumerate(self._excerpts):
            if excerpt.missing and excerpt.line + len(excerpt.lines) == shift + 1:
                more = part.edges.opening[: excerpt.missing]
                lines, missing = (*excerpt.lines, *more), excerpt.missing - len(more)
                self._excerpts[index] = replace(excerpt, lines=lines, missing=missing)

    def _take(self, excerpt: Excerpt, shift: int) -> None:
        shapes, key = self._shapes[excerpt.hit], shape(excerpt.lines[excerpt.at])
        if len(shapes) >= _MOST[excerpt.hit] or key in shapes:
            return
        reach = AROUND if excerpt.hit and len(shapes) < WIDE else NEAR
        shapes.add(key)
        if reach == NEAR:
            excerpt = excerpt.narrowed(NEAR)
        missing = reach - excerpt.at if shift and excerpt.line == 1 else 0
        before = self._edges.closing[-missing:] if missing > 0 else ()
        self._excerpts.append(
            replace(
                excerpt,
                line=excerpt.line + shift - len(before),
                lines=(*before, *excerpt.lines),
                at=excerpt.at + len(before),
            )
        )

    def part(self) -> PartScan:
        """All that was added, as one part."""
        return PartScan(
            size=self.size,
            lines=self.lines,
            open_end=self._open,
            hits=tuple(self._hits),
            last=dict(self._last),
            counts=dict(self._counts),
            whole=self._whole,
            excerpts=tuple(self._excerpts),
            edges=self._edges,
            cut_lines=self._cut,
            left_out=self.left_out,
            parts=tuple(self._parts),
        )


def source_scan(name: str, part: PartScan, whole: int = WHOLE, lines: int = 1 << 30) -> SourceScan:
    """What all parts of a source showed: its text as one excerpt where that has at most `whole` bytes, else its windows of up
    to `lines` lines in all."""
    text = part.whole if part.whole is not None and len(part.whole) <= whole else None
    return SourceScan(
        name=name,
        size=part.size,
        lines=part.lines,
        hits=part.hits,
        last=part.last,
        counts=part.counts,
        excerpts=_whole(text) if text is not None else tuple(_within(part.excerpts, lines)),
        cut_lines=part.cut_lines,
        left_out=part.left_out,
        whole=text is not None,
        parts=part.pieces,
    )


def _whole(text: bytes) -> tuple[Excerpt, ...]:
    return (Excerpt(1, tuple(text.removesuffix(b"\n").split(b"\n"))),) if text.strip() else ()


def by_worth(excerpts: Iterable[Excerpt]) -> list[Excerpt]:
    """Those with hits before the others, in order of the text."""
    return sorted(excerpts, key=lambda e: (not e.hit, e.line))


def _within(excerpts: Iterable[Excerpt], lines: int) -> list[Excerpt]:
    """As many as fit, in order of the text."""
    kept = []
    for excerpt in by_worth(excerpts):
        if len(excerpt.lines) <= lines:
            kept.append(excerpt)
            lines -= len(excerpt.lines)
    return sorted(kept, key=lambda e: e.line)

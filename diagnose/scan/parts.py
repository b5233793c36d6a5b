"""Sources cut into parts that threads scan at the same time. An edge module: it reads ranges of plain files.

A plain file in UTF-8 is cut into ranges, which every thread reads by itself; all else comes as a stream, is made into
blocks here and handed out in runs. Either way a part is whole lines and its result a PartScan.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.errors import InputError
from diagnose.inputs.sources import CHUNK
from diagnose.scan.hits import scan_part
from diagnose.text.blocks import LONGEST_LINE, Block, blocks
from diagnose.text.decode import to_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diagnose.inputs.sources import Again
    from diagnose.scan.hits import PartScan
    from diagnose.scan.patterns import Matcher
    from diagnose.timestamps.period import Period

    Progress = Callable[[int], object]

# A file of at least two ranges is cut; a stream is handed out in runs of about RUN bytes.
RANGE = 32 << 20
RUN = 2 << 20


class Part(Struct, frozen=True):
    """A part of `size` bytes, and how it is scanned with a matcher that no other thread uses meanwhile."""

    size: int
    scan: Callable[[Matcher], PartScan]


class ChangedEncodingError(Exception):
    """A range of a file holds NUL bytes: where its encoding changes can only be told from its beginning."""


def piece_of(size: int, number: int, count: int) -> tuple[int, int]:
    """Where the `number`-th (from 1) of `count` pieces of a file of `size` bytes begins and ends: pieces are whole ranges."""
    whole = -(-size // RANGE)
    return whole * (number - 1) // count * RANGE, min(size, whole * number // count * RANGE)


def ranges(
    again: Again, begin: int, end: int, size: int, span: Period | None, progress: Progress | None
) -> Iterator[Part]:
    """The parts of a plain file in UTF-8 of `size` bytes, from `begin` to `end`; `again` opens it."""
    for start in range(begin, end, RANGE):
        yield _range(again, start, min(size, start + RANGE), size, span, progress)


def _range(again: Again, start: int, stop: int, size: int, span: Period | None, progress: Progress | None) -> Part:
    def part(matcher: Matcher) -> PartScan:
        trouble: list[InputError] = []
        made = blocks(to_utf8(_until_trouble(_lines_of(again, start, stop, size, progress), trouble), "utf-8"))
        found = scan_part(span.within(made) if span else made, matcher)
        return replace(found, trouble=trouble[0]) if trouble else found

    return Part(stop - start, part)


def _until_trouble(chunks: Iterator[bytes], trouble: list[InputError]) -> Iterator[bytes]:
    try:
        yield from chunks
    except InputError as error:
        trouble.append(error)


def _lines_of(again: Again, start: int, stop: int, size: int, progress: Progress | None) -> Iterator[bytes]:
    """The lines that begin in [start, stop), as chunks. A range in which no line begins gives nothing."""
    with again() as file:
        at = start
        if start:
            # A line begins behind each LF, so one may begin right at `start`.
            at = _next_line(file, start - 1, stop)
            if at >= stop:
                return
        file.seek(at)
        while at < size:
            wanted = min(CHUNK, stop - at) if at < stop else CHUNK
            chunk = file.read(min(wanted, size - at))
            if not chunk:
                raise InputError("", f"ended {size - at} bytes short: it was cut while it was read", "run it again")
            if b"\0" in chunk:
                raise ChangedEncodingError
            if at >= stop:  # the last line ends behind the range
                end = chunk.find(b"\n") + 1
                if end:
                    yield chunk[:end]
                    return
            at += len(chunk)
            if progress:
                progress(len(chunk))
            yield chunk
            if at == stop and chunk.endswith(b"\n"):
                return


def _next_line(file: object, at: int, stop: int) -> int:
    """The offset behind the first LF from `at` on; `stop` or more where there is none before it."""
    file.seek(at)  # type: ignore[attr-defined]
    while at < stop:
        chunk: bytes = file.read(CHUNK)  # type: ignore[attr-defined]
        if not chunk:
            break
        end = chunk.find(b"\n")
        if end >= 0:
            return at + end + 1
        at += len(chunk)
    return stop


def runs(
    chunks: Iterable[bytes],
    encoding: str,
    span: Period | None,
    only: Callable[[Iterable[bytes]], Iterator[bytes]] | None = None,
) -> Iterator[Part]:
    """The parts of a stream of bytes in `encoding`, or what `only` leaves of it."""
    text = to_utf8(chunks, encoding)
    made = blocks(only(text) if only else text)
    held: list[Block] = []
    size, first = 0, 1
    for block in span.within(made) if span else made:
        held.append(block)
        size += len(block.data)
        if size >= RUN and not block.cut:
            yield _run(held, first)
            first = block.line + block.ends
            held, size = [], 0
        elif size >= RUN + 4 * LONGEST_LINE:
            yield _run(held, first)
            first = block.line
            held, size = [], 0
    if held:
        yield _run(held, first)


def _run(held: list[Block], first: int) -> Part:
    """Blocks whose lines are numbered from that of the part."""

    def part(matcher: Matcher) -> PartScan:
        return scan_part(
            (Block(b.data, b.line - first + 1, b.ends, b.cut, b.left_out, b.passed) for b in held),
            matcher,
        )

    return Part(sum(len(block.data) for block in held), part)

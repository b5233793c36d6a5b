"""Hits that show only when wrapped or cut lines are joined again, placed on the lines of the input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.match.found import FoundPattern, compiled_regex
from diagnose.scan.hits import SALIENT, located
from diagnose.scan.passages import LONGEST_CAPTURE_LINE, Passage
from diagnose.scan.pattern_check import open_pieces
from diagnose.text.unwrap import entries, joined, squeezed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.knowledge import Knowledge, KnownPattern
    from diagnose.text.unwrap import Reading


LEAST_PREFIX = 16
MOST_OPEN = 4  # a match with more, as of an event, is placed where its joined line begins


def nearby(found: dict[tuple[int, str, int], FoundPattern], seen: FoundPattern) -> bool:
    """Whether the same literal was already seen where this squeezed one begins: a joined line starts a little before."""
    return any((seen.number, seen.source, seen.line + shift) in found for shift in (-1, 1))


def reaches_further(joined: FoundPattern, plain: FoundPattern, base: Knowledge) -> bool:
    """Whether a joined reading completes what the line alone cuts: `:9` at the line's end may be `:9001`."""
    pattern = base.known((joined.number,))[joined.number]
    if not pattern.capturing or joined.text == plain.text:
        return False
    regex = compiled_regex(pattern.regex, pattern.caseless)
    if regex is None:
        return False
    line = plain.text[:LONGEST_CAPTURE_LINE].rstrip()
    short, long = regex.search(line), regex.search(joined.text[:LONGEST_CAPTURE_LINE])
    return bool(short and long and short.end() >= len(line) and long.end() - long.start() > short.end() - short.start())


def joined_hits(passage: Passage, base: Knowledge) -> Iterator[FoundPattern]:
    lines = passage.lines
    for reading in (joined(lines, tight=True), joined(lines, tight=False), entries(lines)):
        data = reading.text
        for number, _, start, _ in located(1, data, base.lines.scan(data)):
            if number == SALIENT:
                continue
            end = data.find(b"\n", start)
            text = data[start : end if end >= 0 else len(data)]
            yield from _placed(number, passage, reading, start, text, base)


def _placed(
    number: int, passage: Passage, reading: Reading, start: int, text: bytes, base: Knowledge
) -> Iterator[FoundPattern]:
    pattern = base.known((number,)).get(number)
    if pattern is None:
        return
    begins = start
    regex = compiled_regex(pattern.regex, pattern.caseless) if open_pieces(pattern.regex) <= MOST_OPEN else None
    if regex is not None:
        inside = regex.search(text[:LONGEST_CAPTURE_LINE])
        if inside is None:
            return
        begins = start + inside.start()
    index = reading.line_at(begins)
    yield FoundPattern(number, passage.source, passage.first + index, text, passage.quotes[index])


def squeezed_numbers(passage: Passage, base: Knowledge) -> set[int]:
    return {number for number, _ in base.squeezed.scan(squeezed(passage.lines).text)}


def squeezed_hits(passage: Passage, base: Knowledge, known: dict[int, KnownPattern]) -> Iterator[FoundPattern]:
    reading = squeezed(passage.lines)
    data = reading.text
    for number, end in base.squeezed.scan(data):
        pattern = known.get(number)
        if pattern is None:
            continue
        literal = pattern.literal.encode("utf-8", "surrogateescape")
        start = end - min(len(literal), prefix_length(literal))
        length = _common(data[start : start + len(literal)], literal, pattern.caseless)
        whole = length == len(literal)
        if not whole and not _cut(reading, start + length, data):
            continue
        index = reading.line_at(start)
        line = passage.lines[index].encode("utf-8", "surrogateescape")
        strength = 1.0 if whole else length / len(literal)
        yield FoundPattern(number, passage.source, passage.first + index, line, passage.quotes[index], strength)


def prefix_length(literal: bytes) -> int:
    """How much of a squeezed literal must be there at least: 60 %, so that a cut line still counts."""
    return max(LEAST_PREFIX, len(literal) * 3 // 5)


def _common(data: bytes, literal: bytes, caseless: bool) -> int:
    if caseless:
        data, literal = data.lower(), literal.lower()
    length = 0
    for left, right in zip(data, literal, strict=False):
        if left != right:
            break
        length += 1
    return length


def _cut(reading: Reading, offset: int, data: bytes) -> bool:
    """Whether the text stops at `offset` because its line was cut: at the line's end, or at an ellipsis there."""
    return reading.ends_at(offset) or (data[offset : offset + 3] == b"..." and reading.ends_at(offset + 3))

"""Wrapped and cut text made whole: the joined readings of a run of lines, with the way back to the line.

A console wraps at its width, also inside words; mail and web pages wrap at words; frames put `|` or `>` before lines. So
a run of lines has three readings: joined tight where a line is full, joined with a blank, and squeezed (no blanks at
all, for literals). Takes lines of folded text, gives bytes to scan. Knows nothing of patterns.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Sequence

# What begins a record of its own and so never continues the line before it.
_RECORD = re.compile(
    r"""\s*(?:
      [\[(<]?\d{1,4}[-/.:]\d{1,2}[-/.:T]\d       # 2026-01-02T, 01/18/2012, 10:20:3
    | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun|Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]*[ ,]+\d
    | \d*[ ]?TL_[A-Z]+\(                         # OCSLogger
    | [IWEF]\d{4}[ ]                             # klog
    | \{"                                        # a JSON record
    | \++[ ]|At[ ]\S+:\d|at[ ][\w$.<>]+\(        # PowerShell trailer, Java frame
    | (?:PS[ ])?[A-Z]:\\[^>]*>|[$\#][ ]          # prompts
    | [-*•][ ]|\d+[.)][ ]                        # lists
    | [A-Z][\w-]*-[A-Z]\w*[ ]?:[ ]               # Verb-Noun : message
    )""",
    re.VERBOSE,
)
_FRAME = re.compile(r"^\s*(?:[>|│┃║]+ ?)+")
_BLANKS = re.compile(r"[ \t\v\f]+")
SHORTEST_WRAPPED = 12
LONGEST_ENTRY = 40


class Reading(Struct, frozen=True):
    """`text` with, for every piece, the offset where it starts and the index of the line it came from."""

    text: bytes
    starts: tuple[int, ...]
    lines: tuple[int, ...]

    def line_at(self, offset: int) -> int:
        """Index of the line that the byte at `offset` came from."""
        return self.lines[max(0, bisect_right(self.starts, offset) - 1)]

    def ends_at(self, offset: int) -> bool:
        """Whether a line ends at `offset`, so that what stood there may have been cut off."""
        return offset in self.starts or offset >= len(self.text) or self.text[offset : offset + 1] == b"\n"


def joints(lines: Sequence[str]) -> list[bool]:
    """For every line but the last: whether the next one may continue it."""
    lengths = [len(line) for line in lines]
    result = []
    for i in range(len(lines) - 1):
        following = lines[i + 1].strip()
        if lengths[i] < SHORTEST_WRAPPED or not following or not lines[i].strip() or _RECORD.match(lines[i + 1]):
            result.append(False)
            continue
        width = max(_run(lengths, i))
        first_word = following.split(" ", 1)[0]
        indented = lines[i + 1].startswith("   ") and not lines[i].startswith("   ")
        result.append(indented or lengths[i] + 1 + len(first_word) > width)
    return result


def _run(lengths: Sequence[int], at: int) -> Sequence[int]:
    """Lengths of the lines near `at` that no blank line separates from it: they share the console's width."""
    first, last = at, at
    while first > 0 and at - first < 2 and lengths[first - 1]:
        first -= 1
    while last + 1 < len(lengths) and last - at < 2 and lengths[last + 1]:
        last += 1
    return lengths[first : last + 1]


def joined(lines: Sequence[str], *, tight: bool) -> Reading:
    """Logical lines: wrapped ones joined, white space runs made one blank.

    `tight` joins a line that is as long as its neighbours directly (a console's wrap inside a word), else with a blank.
    """
    bare = [_FRAME.sub("", line) for line in lines]
    continues = [*joints(bare), False]
    lengths = [len(line) for line in bare]
    pieces: list[bytes] = []
    starts: list[int] = []
    offset = 0
    glued = False
    for i, line in enumerate(bare):
        full = tight and continues[i] and lengths[i] >= max(_run(lengths, i))
        text = _BLANKS.sub(" ", line)
        text = text if glued else text.lstrip(" ")
        text = text if full else text.rstrip(" ")
        end = "" if full else " " if continues[i] else "\n"
        piece = (text + end).encode("utf-8", "surrogateescape")
        starts.append(offset)
        pieces.append(piece)
        offset += len(piece)
        glued = full
    return Reading(b"".join(pieces), tuple(starts), tuple(range(len(bare))))


def entries(lines: Sequence[str]) -> Reading:
    """Records of several lines, each as one: a line that begins a record and what follows up to the next, a blank
    line or LONGEST_ENTRY lines. Empty where every record is a single line."""
    pieces: list[bytes] = []
    starts: list[int] = []
    numbers: list[int] = []
    offset = first = 0
    for i in range(len(lines) + 1):
        follows = i < len(lines) and lines[i].strip() and i - first < LONGEST_ENTRY and not _RECORD.match(lines[i])
        if i == 0 or (follows and lines[first].strip()):
            continue
        if i - first > 1 and _RECORD.match(lines[first]):
            for number in range(first, i):
                end = "\n" if number == i - 1 else " "
                piece = (_BLANKS.sub(" ", lines[number]).strip(" ") + end).encode("utf-8", "surrogateescape")
                starts.append(offset)
                numbers.append(number)
                pieces.append(piece)
                offset += len(piece)
        first = i
    return Reading(b"".join(pieces), tuple(starts), tuple(numbers))


def squeeze(text: str) -> str:
    """`text` without any white space."""
    return "".join(text.split())


def squeezed(lines: Sequence[str]) -> Reading:
    """All lines without white space, one after the other; an empty line and a new record still end a run."""
    pieces: list[bytes] = []
    starts: list[int] = []
    offset = 0
    for i, line in enumerate(lines):
        text = squeeze(_FRAME.sub("", line))
        breaks = not text or (i > 0 and _RECORD.match(line))
        piece = (("\n" if breaks else "") + text).encode("utf-8", "surrogateescape")
        starts.append(offset)
        pieces.append(piece)
        offset += len(piece)
    return Reading(b"".join(pieces), tuple(starts), tuple(range(len(lines))))

"""Text whose encoding changes on the way: UTF-16 lines after 8-bit ones and the other way round.

PowerShell 5 appends UTF-16 to any file, `cmd` and most programs append 8-bit text to UTF-16 ones, and `copy /b` or `cat`
join both. Takes raw bytes chunk by chunk, gives bytes of UTF-8 (8-bit text passes as it stands, see decode.valid_utf8).
A change is looked for line by line, in chunks that show one; all others pass at full speed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NARROW, LE, BE = "utf-8", "utf-16-le", "utf-16-be"
MARKS = ((b"\xff\xfe", LE), (b"\xfe\xff", BE))
# The part of a line's beginning that waits, where what follows may show it to be UTF-16: a mark and half a character.
START = 3
SAMPLE = 256
# What is looked at at a time once a change was seen: each further one costs a copy of the rest.
PART = 1 << 13
LONGEST_LINE = 1 << 20
# Printable ASCII and line ends become `a`, all else NUL. Three in a row are never UTF-16 of Latin or Cyrillic letters;
# ideographs may be such bytes by chance and are then looked at line by line.
_ASCII = bytes(97 if 32 <= byte < 127 or byte in b"\t\r\n" else 0 for byte in range(256))
_RUN = b"aaa"


def segments(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """`chunks`, which begin in `encoding` (UTF-8 or UTF-16 of either order), as UTF-8 whatever they go on in."""
    text = _Text(encoding)
    for chunk in chunks:
        if text.passes(chunk):
            yield chunk
        else:
            step = PART if text.changed else len(chunk)
            for at in range(0, len(chunk), step or 1):
                yield from text.feed(chunk[at : at + step], final=False)
    yield from text.feed(b"", final=True)


class _Text:
    """What the text is in at the moment, and the line that waits for its end. Lives inside `segments` only."""

    def __init__(self, mode: str) -> None:
        self.mode = mode
        self.held = b""
        self.fresh = True
        self.changed = False

    def passes(self, chunk: bytes) -> bool:
        """Whether `chunk` is 8-bit text in which no change can hide."""
        if self.mode != NARROW or self.held or b"\0" in chunk or len(chunk) <= START or b"\n" in chunk[-START - 1 :]:
            return False
        self.fresh = False
        return True

    def feed(self, chunk: bytes, *, final: bool) -> Iterator[bytes]:
        """What can be told by now of what was held and `chunk`."""
        data = self.held + chunk
        while data:
            mode = self.mode
            out, rest = (self._narrow if mode == NARROW else self._wide)(data, final)
            if out:
                yield out
            if len(rest) == len(data) and self.mode == mode:
                break
            data = rest
        self.held = data

    def _narrow(self, data: bytes, final: bool) -> tuple[bytes, bytes]:
        """(8-bit text, what is left). Where UTF-16 begins, the mode changes."""
        done = 0
        while (nul := data.find(b"\0", done)) >= 0:
            start = max(done, data.rfind(b"\n", done, nul) + 1)
            end = data.find(b"\n", nul)
            if not final and (end + 1 == len(data) or (end < 0 and len(data) - nul < SAMPLE)):
                self.fresh = bool(start) or self.fresh
                return data[:start], data[start:]
            line = data[start : end + 2 if end >= 0 else nul + SAMPLE]
            at, mark, mode = _change(line, nul - start, end - start if end >= 0 else -1)
            if mode != NARROW:
                self.mode, self.changed = mode, True
                return data[: start + at], data[start + at + mark :]
            if end < 0:
                self.fresh = False
                return data, b""
            done = end + 1
        line_start = max(done, data.rfind(b"\n", done) + 1)
        self.fresh = (bool(line_start) or self.fresh) and not final and len(data) - line_start <= START
        return (data[:line_start], data[line_start:]) if self.fresh else (data, b"")

    def _wide(self, data: bytes, final: bool) -> tuple[bytes, bytes]:
        """(UTF-16 as UTF-8, what is left); `data` begins at a line start. Where 8-bit text begins, the mode changes."""
        mode, narrow = self.mode, False
        cut = _last_end(data, mode)
        whole = len(data) if final else len(data) - len(data) % 2
        overdue = final or (not cut and len(data) > LONGEST_LINE)
        text = data[:cut].decode(mode, "replace")
        if (not text.isascii() or _may_hold_narrow(data[cut:])) and _may_hold_narrow(data):
            cut, narrow = _up_to_narrow(data, mode, overdue)
        if narrow:
            self.mode, self.fresh, self.changed = NARROW, True, True
        elif overdue:
            cut = whole
        text = data[:cut].decode(mode, "replace").replace("\ufeff", "")
        return text.encode("utf-8", "replace"), data[cut:]


def _up_to_narrow(data: bytes, mode: str, overdue: bool) -> tuple[int, bool]:
    """How far `data` is whole lines of UTF-16, and whether 8-bit text follows there."""
    cut, narrow = _lines(data, mode)
    return cut, narrow or (overdue and _is_narrow(data[cut:]))


def _may_hold_narrow(data: bytes) -> bool:
    """Whether a line of 8-bit text may stand in UTF-16."""
    return _RUN in data.translate(_ASCII)


def _change(data: bytes, nul: int, end: int) -> tuple[int, int, str]:
    """Where UTF-16 begins in a line whose first NUL byte is at `nul`, the length of its mark, and which it is.

    `end` is the place of the LF behind `nul`, or -1. NARROW: it is a line of 8-bit text with a NUL byte in it.
    """
    for mark, mode in MARKS:
        at = data.find(mark, 0, nul + 2)
        if at >= 0:
            return at, 2, mode
    stop = end if end >= 0 else nul + SAMPLE
    at = nul - 1 if _is_text(data[: max(0, nul - 1)]) else 0
    if nul and _is_le(data, at, stop, end):
        return at, 0, LE
    at = nul if _is_text(data[:nul]) else 0
    if _is_be(data, at, stop, end):
        return at, 0, BE
    return 0, 0, NARROW


def _is_le(data: bytes, at: int, stop: int, end: int) -> bool:
    low, high = data[at:stop:2], data[at + 1 : stop : 2]
    if b"\0" in low:
        return False
    if end >= 0:
        return (end - at) % 2 == 0 and data[end + 1 : end + 2] == b"\0"
    return 5 * high.count(0) >= len(high) and high.count(0) > 1


def _is_be(data: bytes, at: int, stop: int, end: int) -> bool:
    high, low = data[at:stop:2], data[at + 1 : stop : 2]
    if b"\0" in low or high.count(0) < 2:
        return False
    return (end - at) % 2 == 1 and data[end - 1] == 0 if end >= 0 else 5 * high.count(0) >= len(high)


def _last_end(data: bytes, mode: str) -> int:
    """The end of the last whole line of UTF-16, 0 where there is none."""
    line_end = b"\n\0" if mode == LE else b"\0\n"
    at = data.rfind(line_end)
    while at >= 0 and at % 2:
        at = data.rfind(line_end, 0, at + 1)
    return at + 2 if at >= 0 else 0


def _lines(data: bytes, mode: str) -> tuple[int, bool]:
    """How far `data` is whole lines of UTF-16, and whether a whole line of 8-bit text follows."""
    start = seek = 0
    while (at := data.find(b"\n", seek)) >= 0:
        odd = (at - start) % 2
        if mode == LE and at + 1 == len(data):
            break
        if (not odd and data[at + 1] == 0) if mode == LE else (odd and data[at - 1] == 0):
            start = seek = at + 2 - odd
        elif _is_narrow(data[start:at]):
            return start, True
        else:
            seek = at + 1
    return start, False


def _is_narrow(line: bytes) -> bool:
    """Whether a line that stands among UTF-16 is 8-bit text: nearly all printable ASCII, or UTF-8."""
    if b"\0" in line or (len(line) < START and line != b"\r"):
        return False
    return 10 * line.translate(_ASCII).count(b"a") >= 9 * len(line) or (len(line) > START and _is_text(line))


def _is_text(data: bytes) -> bool:
    """Valid UTF-8 without control characters, or nothing."""
    if b"\0" in data or (data and min(data) < 9):
        return False
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True

"""What is remembered of a log that never ends: the scan of its last while, in bounded memory.

Takes bytes as they come; gives a Read as if a log of just that while had been read. Two generations of a scan are kept, the older
one forgotten when the younger is as old as the period: what is remembered reaches back between one and two periods.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from diagnose.diagnosis import InputRead
from diagnose.scan.hits import SALIENT, scan_part
from diagnose.scan.merging import Merged, source_scan
from diagnose.scan.reading import Read
from diagnose.text.blocks import blocks
from diagnose.text.decode import sniff, to_utf8

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnose.scan.patterns import Matcher

MOST_LINES = 2000  # of all sources together that are looked at closely
LONGEST = 1 << 20  # bytes of a line that has no end yet
PATIENCE = 2.0  # seconds for which an unfinished line is waited for


class Source:
    """One log."""

    def __init__(self, name: str, period: float, now: float) -> None:
        self.name = name
        self._period = period
        self._decoder: codecs.IncrementalDecoder | None = None
        self._known = False
        self._rest = b""
        self._since = now  # when the rest came
        self._old, self._young = Merged(), Merged()
        self._born = now
        self.before = 0  # lines that are forgotten

    def add(self, data: bytes, matcher: Matcher, now: float) -> bool:
        """Scan the whole lines of what came; whether a pattern of the base was in them."""
        self._age(now)
        text = self._rest + self._decoded(data)
        end = text.rfind(b"\n") + 1
        if not end and len(text) < LONGEST and (data or now - self._since < PATIENCE):
            if data:
                self._since = now
            self._rest = text
            return False
        if not end:
            text, end = text + b"\n", len(text) + 1
        self._rest, self._since = text[end:], now
        part = scan_part(blocks(to_utf8([text[:end]], "utf-8")), matcher)
        self._young.add(part)
        return any(number != SALIENT for number in part.counts)

    def wait(self, matcher: Matcher, now: float) -> bool:
        """Nothing came: a line that was left unfinished counts after a while."""
        return bool(self._rest) and now - self._since >= PATIENCE and self.add(b"", matcher, now)

    def end(self, matcher: Matcher) -> bool:
        """Nothing comes any more."""
        return bool(self._rest) and self.add(b"\n", matcher, self._since)

    def _decoded(self, data: bytes) -> bytes:
        if not self._known and data:
            self._known = True
            encoding, mark = sniff(data)
            data = data[mark:]
            if not encoding.startswith("utf-8"):
                self._decoder = codecs.getincrementaldecoder(encoding)("replace")
        return self._decoder.decode(data).encode() if self._decoder else data

    def _age(self, now: float) -> None:
        if now - self._born >= self._period:
            self.before += self._old.lines
            idle = now - self._born >= 2 * self._period
            if idle:
                self.before += self._young.lines
            self._old, self._young, self._born = Merged() if idle else self._young, Merged(), now

    @property
    def lines(self) -> int:
        return self.before + self._old.lines + self._young.lines

    def remembered(self) -> Merged:
        both = Merged()
        for one in (self._old, self._young):
            both.add(one.part())
        return both


def read_of(sources: Iterable[Source]) -> Read:
    """What is remembered of all sources, with lines counted from the first that is."""
    scans, inputs, room = [], [], MOST_LINES
    for source in sources:
        scan = source_scan(source.name, source.remembered().part(), whole=-1, lines=room)
        room -= sum(len(excerpt.lines) for excerpt in scan.excerpts)
        scans.append(scan)
        inputs.append(InputRead(name=scan.name, bytes=scan.size, lines=scan.lines))
    return Read(tuple(scans), tuple(inputs), (), ())

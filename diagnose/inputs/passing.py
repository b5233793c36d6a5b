"""The lines of a source, looked at while its chunks pass on to whoever reads it."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING

from diagnose.text.decode import sniff

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diagnose.inputs.sources import Source

LONGEST_LINE = 1 << 20


class PassingLines:
    """The lines of a source, in UTF-8 and without their ends, given to `take` with their number while its chunks pass."""

    def __init__(self, source: Source, take: Callable[[int, bytes], None], encoding: str = "") -> None:
        self._source = source
        self._take = take
        self._encoding = source.encoding or encoding
        self._number = 0
        self._rest = b""

    def passing(self) -> Iterator[bytes]:
        encoding = self._encoding or sniff(self._source.head)[0]
        decoder = None if encoding.startswith("utf-8") else codecs.getincrementaldecoder(encoding)("replace")
        for chunk in self._source.chunks:
            self._cut(decoder.decode(chunk).encode("utf-8", "replace") if decoder else chunk)
            yield chunk
        if self._rest:
            self._take(self._number + 1, self._rest)

    def _cut(self, data: bytes) -> None:
        *lines, rest = (self._rest + data).split(b"\n")
        for line in lines:
            self._number += 1
            self._take(self._number, line)
        self._rest = rest if len(rest) < LONGEST_LINE else rest[:LONGEST_LINE]

"""An input against a baseline, as it is read: message shapes that the baseline lacks, the rarest failures first.

Takes sources; gives the same sources, and afterwards the new lines. Memory is bounded: shapes are kept as hashes, and of
what is new only the first line of each shape.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.baseline.shapes import shape
from diagnose.diagnosis import NewLine
from diagnose.errors import InputError
from diagnose.inputs.passing import PassingLines
from diagnose.scan.hits import SALIENT_REGEX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diagnose.inputs.sources import Source

MOST_SHAPES = 2_000_000
MOST_NEW = 50_000
QUOTED = 400


class _New(Struct):
    source: str
    line: int
    text: bytes
    count: int = 0


class Comparison:
    """The shapes of a baseline, then the input that is held against them."""

    def __init__(self, baseline: Iterable[Source | InputError]) -> None:
        self.troubles: list[InputError] = []
        self.known: set[int] = set()
        self.common = 0
        self._new: dict[int, _New] = {}
        for source in baseline:
            self._learn(source)

    def watched(self, sources: Iterable[Source | InputError]) -> Iterator[Source | InputError]:
        """The sources, each held against the baseline while somebody reads it."""
        for source in sources:
            if isinstance(source, InputError):
                yield source
            else:
                lines = PassingLines(source, self._compare(source.name))
                yield replace(source, chunks=lines.passing(), again=None)

    def new_lines(self, most: int) -> tuple[NewLine, ...]:
        """What is new: with words of failure before without, the rarer before the more frequent, in their order."""
        salient = re.compile(SALIENT_REGEX, re.IGNORECASE)
        found = [(item, item.text.decode("utf-8", "replace").strip()) for item in self._new.values()]
        found.sort(key=lambda pair: (not salient.search(pair[1]), pair[0].count))
        return tuple(
            NewLine(source=item.source, line=item.line, quote=text[:QUOTED], count=item.count)
            for item, text in found[:most]
        )

    @property
    def new(self) -> int:
        """How many shapes the baseline lacks."""
        return len(self._new)

    def _learn(self, source: Source | InputError) -> None:
        if isinstance(source, InputError):
            self.troubles.append(source)
            return
        try:
            for _ in PassingLines(source, self._know).passing():
                pass
        except InputError as error:
            self.troubles.append(error)

    def _know(self, number: int, line: bytes) -> None:
        if len(self.known) < MOST_SHAPES and (made := shape(line)):
            self.known.add(hash(made))

    def _compare(self, name: str) -> Callable[[int, bytes], None]:
        def take(number: int, line: bytes) -> None:
            made = shape(line)
            if not made:
                return
            key = hash(made)
            if key in self.known:
                self.common += 1
            elif key in self._new or len(self._new) < MOST_NEW:
                self._new.setdefault(key, _New(name, number, line[: 4 * QUOTED])).count += 1

        return take

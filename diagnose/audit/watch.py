"""The lines of the logs, searched for what a report claims while somebody reads them.

Takes sources and needles; gives the same sources, and afterwards what was found. Memory is bounded: of a needle so many
places, of the messages one line a shape.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from msgspec import Struct, field
from msgspec.structs import replace

from diagnose.audit.reading.moments import written_in
from diagnose.baseline.shapes import shape
from diagnose.errors import InputError
from diagnose.inputs.passing import PassingLines
from diagnose.records.levels import level_of
from diagnose.text.fold import fold
from diagnose.timestamps.clock import Clock
from diagnose.timestamps.of_hits import BACK, YEARLESS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from diagnose.audit.model import Moment, Needle
    from diagnose.inputs.sources import Source
    from diagnose.timestamps.of_hits import When

MOST_PLACES = 2_000
MOST_VALUES = 50
MOST_SHAPES = 50_000
MOST_OF_MOMENT = 300
QUOTED = 2_000
SEARCHED = 16_384  # characters of a line
WINDOW = 3  # lines over which a quoted text may be wrapped
SUPPRESSED = re.compile(r"suppressed \d+|\d+ (?:messages|callbacks) suppressed")
REPEATED = re.compile(r"message repeated (\d{1,7}) times?")


class Spot(Struct, frozen=True):
    """A line: `number` is its order among all lines read, `time` in seconds since 1970, `written` the time of day that it shows."""

    source: str
    line: int
    quote: str
    number: int
    time: float | None = None
    written: float | None = None


class Finds(Struct):
    """What was found of a needle: how many lines and how often in them, how many more lines say that they repeat it, the first places, the last, those of another kind, and
    the values that its group took, each with a place."""

    lines: int = 0
    times: int = 0
    repeats: int = 0
    spots: list[Spot] = field(default_factory=list)
    last: Spot | None = None
    weak: Spot | None = None
    by_source: Counter[str] = field(default_factory=Counter)
    values: dict[str, Spot] = field(default_factory=dict)

    @property
    def whole(self) -> bool:
        """Whether every place is kept."""
        return self.lines == len(self.spots)


class Message(Struct):
    """The lines of one shape: the first one, how many there are, the level of the first, and the last."""

    first: Spot
    last: Spot
    level: str
    count: int = 1


class Watch:
    """The logs as they pass: what was found of each needle, the messages by shape, and the lines at the times claimed."""

    def __init__(self, needles: Iterable[Needle], moments: Sequence[Moment], when: When) -> None:
        self.finds: dict[str, Finds] = {}
        self.messages: dict[int, Message] = {}
        self.at: dict[Moment, list[Spot]] = {moment: [] for moment in moments}
        self.sources: list[str] = []
        self.suppressed = False
        self._last_hit: tuple[int, list[Finds]] = 0, []
        self.full = False
        self.span: tuple[float, float] | None = None
        self.levels: Counter[str] = Counter()
        self._texts: list[Needle] = []
        self._regexes: list[tuple[Needle, re.Pattern[str], re.Pattern[str] | None]] = []
        self._when = when
        self._number = 0
        for needle in needles:
            self._add(needle)

    def watched(self, sources: Iterable[Source | InputError]) -> Iterator[Source | InputError]:
        """The sources, each searched while somebody reads it."""
        for source in sources:
            if isinstance(source, InputError):
                yield source
            else:
                self.sources.append(source.name)
                yield replace(source, chunks=PassingLines(source, self._taking(source.name)).passing(), again=None)

    def found(self, needle: Needle) -> Finds:
        return self.finds.get(needle.key) or Finds()

    def _add(self, needle: Needle) -> None:
        if needle.key in self.finds:
            return
        self.finds[needle.key] = Finds()
        if needle.regex:
            near = re.compile(needle.near, re.IGNORECASE) if needle.near else None
            self._regexes.append((needle, re.compile(needle.regex, re.IGNORECASE), near))
        elif needle.text:
            self._texts.append(needle)

    def _taking(self, name: str) -> Callable[[int, bytes], None]:
        clock = Clock(self._when.now or YEARLESS, self._when.zone)
        before: list[str] = []  # the lines before, without blanks
        stamped = (0, None, None)  # line, time and written time of the last line that has one

        def take(number: int, raw: bytes) -> None:
            nonlocal stamped
            line = fold(raw.rstrip(b"\r")[: 4 * SEARCHED])
            text = line.decode("utf-8", "replace")[:SEARCHED].removeprefix("\ufeff")
            self._number += 1
            time, written = clock.time(line[:4096]), written_in(text)
            if time is not None or written is not None:
                stamped = (number, time, written)  # type: ignore[assignment]
            elif number - stamped[0] <= BACK:
                _, time, written = stamped
            spot = Spot(name, number, text[:QUOTED].strip(), self._number, time, written)
            self._line(spot, text.lower(), before)

        return take

    def _line(self, spot: Spot, lowered: str, before: list[str]) -> None:
        tight = "".join(lowered.split()).replace('\\"', '"')
        if tight:
            self._search(spot, lowered, tight, "".join(before))
            self._shape(spot, lowered)
            self._keep(spot)
            before.append(tight)
            if len(before) >= WINDOW:
                del before[0]
        else:
            before.clear()
        if "suppress" in lowered:
            self.suppressed = self.suppressed or bool(SUPPRESSED.search(lowered))

    def _search(self, spot: Spot, lowered: str, tight: str, before: str) -> None:
        window = before + tight
        if "message repeated" in lowered and (more := REPEATED.search(lowered)) and lowered.rstrip().endswith("times"):
            for finds in self._last_hit[1] if self._last_hit[0] == spot.number - 1 else ():
                finds.repeats += int(more[1])
        for needle in self._texts:
            if times := _times(needle, window, len(before)):
                self._hit(needle, spot, times)
        for needle, regex, near in self._regexes:
            if needle.signs and not any(sign in lowered for sign in needle.signs):
                continue
            found = list(regex.finditer(lowered))
            if not found:
                continue
            if near is not None and not near.search(lowered):
                finds = self.finds[needle.key]
                finds.weak = finds.weak or spot
                continue
            self._hit(needle, spot, len(found))
            if regex.groups:
                values = self.finds[needle.key].values
                for match in found[:MOST_VALUES] if len(values) < MOST_VALUES else ():
                    values.setdefault(match[match.lastindex or 0], spot)

    def _hit(self, needle: Needle, spot: Spot, times: int) -> None:
        finds = self.finds[needle.key]
        finds.lines += 1
        finds.times += times
        finds.last = spot
        finds.by_source[spot.source] += 1
        if len(finds.spots) < MOST_PLACES:
            finds.spots.append(spot)
        if (more := REPEATED.search(spot.quote)) and not spot.quote.endswith("times"):
            finds.repeats += int(more[1]) - 1
        if self._last_hit[0] != spot.number:
            self._last_hit = spot.number, []
        self._last_hit[1].append(finds)

    def _shape(self, spot: Spot, lowered: str) -> None:
        made = hash(shape(lowered.encode("utf-8", "replace")))
        message = self.messages.get(made)
        if message is not None:
            message.count += 1
            message.last = spot
        elif len(self.messages) < MOST_SHAPES:
            message = self.messages[made] = Message(spot, spot, level_of(spot.quote))
        else:
            self.full = True
            return
        self.levels[message.level] += 1

    def _keep(self, spot: Spot) -> None:
        if spot.time is not None:
            low, high = self.span or (spot.time, spot.time)
            self.span = min(low, spot.time), max(high, spot.time)
        for moment, spots in self.at.items():
            if len(spots) < MOST_OF_MOMENT and is_at(spot, moment):
                spots.append(spot)


def _times(needle: Needle, window: str, before: int) -> int:
    """How often a text ends within the last line of the window, which begins at `before`."""
    count = 0
    at = window.find(needle.text, max(0, before - len(needle.text) + 1))
    while at >= 0:
        count += 1
        at = window.find(needle.text, at + len(needle.text))
    if count or not needle.pieces:
        return count
    return int(_in_order(needle.pieces, window, before) or _in_order(needle.pieces, window, 0) > before)


def _in_order(pieces: Sequence[str], window: str, start: int) -> int:
    """The end of the last piece, where all stand in their order from `start` on; else 0."""
    for piece in pieces:
        at = window.find(piece, start)
        if at < 0:
            return 0
        start = at + len(piece)
    return start


def is_at(spot: Spot, moment: Moment) -> bool:
    """Whether a line was written at a time that a report tells."""
    from diagnose.audit.reading.moments import distance

    return any(distance(moment, seconds) == 0 for seconds in of_day(spot, moment))


def of_day(spot: Spot, moment: Moment) -> list[float]:
    """The seconds of the day of a line, in each way in which a report may tell them."""
    found = []
    if spot.time is not None:
        found.append((spot.time + (moment.zone or 0)) % 86_400)
    if spot.written is not None and moment.zone is None:
        found.append(spot.written)
    return found

"""When a log line was written: lines of one source to seconds since 1970, and back to text.

Takes lines as bytes (any ASCII-compatible encoding) and what the caller knows: `now`, for texts without a year, and the
zone of texts without one. Knows nothing of files, of the machine's clock or of its zone. The formats are the table in
diagnose/timestamps/formats.py; what people type for `--since` is read by diagnose/timestamps/typed.py.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import chain
from math import inf
from typing import TYPE_CHECKING

from diagnose.timestamps.fast_path import epoch_layout, stamp_layout
from diagnose.timestamps.formats import (
    DAY,
    EPOCH_SCALE,
    LEAP_SECOND,
    NEAR,
    REACH,
    SHAPES,
    TENTHS,
    compiled,
    instants,
    plausible,
    reading,
    value_forms,
    without_year,
)
from diagnose.timestamps.json_xml import RECORDS, configuration_manager, value_places
from diagnose.timestamps.typed import parse_time, parse_zone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import tzinfo
    from re import Match

    from diagnose.timestamps.fast_path import Quick
    from diagnose.timestamps.formats import Form, TimeReading

__all__ = ["Clock", "format_time", "parse_time", "parse_zone"]

# A log without years runs forward; lines may be out of order by this much before they are taken for the next year's.
BACKWARD = 31 * DAY
_KEPT = 4096
_PLACES = 8

_UTC_HEADERS = (b"#Software: Microsoft Internet Information Services", b"#Fields: date time")


class Clock:
    """Reads the timestamps of one source, line by line, in its order.

    `now` is in seconds since 1970: the time the source was last changed where that is known, else the present. It
    decides the year of texts without one, and epochs more than a day after it are taken for other numbers. `zone` is
    for texts that name none (UTC without it).

    It remembers the formats that matched last and where, the order of day and month that a value above 12 proved, and
    the time before: from that follow the year of the next line and which of the two 02:30 of an autumn night is meant.
    """

    __slots__ = ("_bases", "_last", "_now", "_orders", "_places", "_value_form", "_zone", "format")

    def __init__(self, now: float, zone: tzinfo | None = None) -> None:
        self.format = ""  # the name of the format found last
        self._now = now
        self._zone: tzinfo = zone or UTC
        self._places: list[tuple[Quick, Form, int]] = []
        self._last = -inf
        self._value_form: Form | None = None
        self._orders: dict[Form, str] = {}
        self._bases: dict[bytes, float] = {}

    def time(self, line: bytes) -> float | None:
        """Seconds since 1970 of the timestamp that begins within the first 64 bytes of `line`; None without one.

        A record in JSON or XML is read by the key that names its time, wherever it stands in the first 64 KiB. Times
        without a date and seconds since boot (`[  123.456789]`) are no points in time: None.
        """
        first = line[:1]
        if (first == b"{" or first == b"<") and line.startswith(RECORDS):
            return self._record(line)
        for quick, _, _ in self._places:
            time = quick(line)
            if time is not None and time >= self._last - BACKWARD:
                self._last = time
                return time
        return self._again(line)

    def _again(self, line: bytes) -> float | None:
        """A format seen before at a place where it was; else any."""
        for i, (quick, form, at) in enumerate(self._places):
            found = compiled(form).match(line, at)
            time = self._read(form, found) if found else None
            if found and time is not None:
                if quick(line) is None:
                    self._places[i] = self._quick(line, form, found), form, at
                return time
        return self._find(line)

    def _find(self, line: bytes) -> float | None:
        """The earliest timestamp near the beginning, in any format; it becomes the one to expect."""
        if line[:1] == b"#" and line.startswith(_UTC_HEADERS):
            self._zone = UTC
            self._bases.clear()
        found = [
            (match.start(), form, match)
            for form in plausible(line[:REACH].translate(SHAPES))
            if (match := compiled(form).search(line, 0, REACH)) and match.start() <= NEAR
        ]
        found.sort(key=_start)
        return self._first(line, found)

    def _first(self, line: bytes, found: Iterable[tuple[int, Form, Match[bytes]]]) -> float | None:
        for at, form, match in found:
            time = self._read(form, match)
            if time is not None:
                self.format = form.name
                self._places = [(self._quick(line, form, match), form, at), *self._places[: _PLACES - 1]]
                return time
        return None

    def _quick(self, line: bytes, form: Form, found: Match[bytes]) -> Quick:
        return (
            epoch_layout(line, found, self._now + DAY) if form.epoch else stamp_layout(line, form, found, self._bases)
        )

    def _record(self, line: bytes) -> float | None:
        for at in value_places(line):
            time = self._value(line, at)
            if time is not None:
                return time
        time = configuration_manager(line, self._zone)
        return self._find(line) if time is None else time

    def _value(self, line: bytes, at: int) -> float | None:
        """The timestamp that begins exactly at `at`: a value that a key names, of any form that values have."""
        known = (self._value_form,) if self._value_form else ()
        for form in chain(known, value_forms(line, at)):
            found = compiled(form).match(line, at)
            time = self._read(form, found) if found else None
            if time is not None:
                self._value_form, self.format = form, form.name
                return time
        return None

    def _read(self, form: Form, found: Match[bytes]) -> float | None:
        if form.epoch:
            return self._epoch(found)
        minute, second, fraction, tail = found.group(1, 7, 8, 9)
        base = self._bases.get(minute + tail)
        if base is None or base < self._last - BACKWARD:
            base = self._base(form, found)
            if base is None:
                return None
        if second:
            if int(second) > LEAP_SECOND:
                return None
            base += int(second)
            if fraction:
                base += int(fraction) / (1000.0 if form.thousandths else TENTHS[len(fraction)])
        self._last = base
        return base

    def _epoch(self, found: Match[bytes]) -> float | None:
        whole, fraction = found.group(1, 2)
        time = int(whole) / EPOCH_SCALE[len(whole)]
        if fraction:
            time += int(fraction) / TENTHS[len(fraction)] / EPOCH_SCALE[len(whole)]
        return time if time <= self._now + DAY else None

    def _base(self, form: Form, found: Match[bytes]) -> float | None:
        """Seconds of the full minute, remembered unless it depends on the lines before."""
        read = self._ordered(form, found)
        if read is None:
            return None
        times = self._without_year(read) if read.year is None else instants(read, read.year, self._zone)
        if len(times) > 1:
            # The hour that a zone repeats: not to be remembered, for it comes again.
            return min(times, key=lambda time: abs(time - self._last)) if self._last > 0 else times[0]
        if times:
            if len(self._bases) >= _KEPT:
                self._bases.clear()
            self._bases[found.group(1) + found.group(9)] = times[0]
        return times[0] if times else None

    def _ordered(self, form: Form, found: Match[bytes]) -> TimeReading | None:
        """The reading in the order that this source uses; a line that allows one order only settles it.

        An order that would put the line into the future is not allowed while another is.
        """
        if len(form.orders) == 1:
            return reading(form, found, form.orders[0])
        possible = {order: read for order in form.orders if (read := reading(form, found, order))}
        allowed = {order: read for order, read in possible.items() if self._is_past(read)} or possible
        if not allowed:
            return None
        first = next(iter(allowed))
        if len(allowed) == 1 and self._orders.get(form) != first:
            self._orders[form] = first
            self._bases.clear()
        return allowed.get(self._orders.get(form, first)) or allowed[first]

    def _is_past(self, read: TimeReading) -> bool:
        times = instants(read, read.year, self._zone) if read.year else []
        return bool(times) and times[0] <= self._now + DAY

    def _without_year(self, read: TimeReading) -> list[float]:
        """The year that continues the source forward, else the latest that does not lie in the future."""
        chosen: list[float] = []
        for times in without_year(read, self._now, self._zone):
            if chosen and times[0] < self._last - BACKWARD:
                break
            chosen = times
            if self._last == -inf:
                break
        return chosen


def _start(found: tuple[int, Form, Match[bytes]]) -> int:
    return found[0]


def format_time(seconds: float, zone: tzinfo | None = None) -> str:
    """`2026-11-21T09:14:31.204+01:00`: ISO 8601 in `zone` (UTC without one), milliseconds where there are any.

    For the years 1 to 9999.
    """
    milliseconds = round(seconds * 1000)
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).astimezone(zone or UTC)
    return moment.isoformat(timespec="milliseconds" if milliseconds % 1000 else "seconds")

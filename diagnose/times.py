"""When a log line was written: lines of one source to seconds since 1970, and back to text.

Takes lines as bytes (any ASCII-compatible encoding) and what the caller knows: `now`, for texts without a year, and the
zone of texts without one. Knows nothing of files, of the machine's clock or of its zone. The formats are the table in
diagnose/timeforms.py; what people type for `--since` is read by diagnose/timewords.py.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from diagnose.timeforms import (
    DAY,
    EPOCH_VALUE,
    NEAR,
    REACH,
    SHAPES,
    compiled,
    instants,
    plausible,
    reading,
    without_year,
)
from diagnose.timewords import parse_time, parse_zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import tzinfo
    from re import Match

    from diagnose.timeforms import Form, Reading

__all__ = ["Clock", "format_time", "parse_time", "parse_zone"]

# A log without years runs forward; lines may be out of order by this much before they are taken for the next year's.
BACKWARD = 31 * DAY
_KEPT = 4096
_PLACES = 4
_FAR = 1 << 16
_EPOCH_SCALE = {10: 1.0, 13: 1e3, 16: 1e6, 19: 1e9}
_TENTHS = tuple(10.0**n for n in range(10))

# Lines that are one record each name their time by a key that may stand anywhere in them. First match wins, in this
# order: what a shipper adds (`@timestamp`, Docker's `time`) is nearer to the truth than a field of the message.
_KEYS = (b'"@timestamp"', b'"timestamp"', b'"time"', b'"ts"', b'"__REALTIME_TIMESTAMP"', b'"TimeCreated"', b'"eventTime"',
         b'"datetime"', b'"asctime"', b'"t"', b'"date"')  # fmt: skip
_VALUE = re.compile(rb'\s{0,8}:\s{0,8}(?:\{\s{0,8}"\$date"\s{0,8}:\s{0,8})?["\[]?(?:\\?/Date\()?')
_SYSTEM_TIME = b"SystemTime="
# Configuration Manager: the difference to UTC is in minutes, positive to the west.
_CMTRACE = re.compile(rb'<time="(\d\d:\d\d:\d\d(?:\.\d{1,9})?)([+-]\d{1,3})?" date="(\d{1,2})-(\d{1,2})-(\d{4})"')
_UTC_HEADERS = (b"#Software: Microsoft Internet Information Services", b"#Fields: date time")


class Clock:
    """Reads the timestamps of one source, line by line, in its order.

    `now` is in seconds since 1970: the time the source was last changed where that is known, else the present. It
    decides the year of texts without one, and epochs more than a day after it are taken for other numbers. `zone` is
    for texts that name none (UTC without it).

    It remembers the formats that matched last and where (several, for lines under changing names), the order of day and month that a value above 12 proved, and
    the time before: from that follow the year of the next line and which of the two 02:30 of an autumn night is meant.
    """

    __slots__ = ("_bases", "_key", "_last", "_now", "_orders", "_seen", "_zone")

    def __init__(self, now: float, zone: tzinfo | None = None) -> None:
        self._now = now
        self._zone: tzinfo = zone or UTC
        self._seen: list[tuple[Callable[[bytes, int], Match[bytes] | None], int, Form]] = []
        self._key = b""
        self._last: float | None = None
        self._orders: dict[Form, str] = {}
        self._bases: dict[tuple[bytes, bytes], float] = {}

    @property
    def format(self) -> str:
        """The name of the format that matched last; empty before the first."""
        return self._seen[0][2].name if self._seen else ""

    def time(self, line: bytes) -> float | None:
        """Seconds since 1970 of the timestamp that begins within the first 64 bytes of `line`; None without one.

        A record in JSON or XML is read by the key that names its time, wherever it stands in the first 64 KiB. Times
        without a date and seconds since boot (`[  123.456789]`) are no points in time: None.
        """
        first = line[:1]
        if first == b"{" or first == b"<":
            return self._record(line)
        for match, at, form in self._seen:
            found = match(line, at)
            if found is not None:
                time = self._read(form, found)
                if time is not None:
                    return time
        return self._find(line)

    def learn(self, lines: Iterable[bytes]) -> None:
        """Look at a sample of the source beforehand, so that its first lines profit from evidence that comes later."""
        for line in lines:
            self.time(line)
        self._last = None
        self._bases.clear()

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
        return self._first(found)

    def _first(self, found: Iterable[tuple[int, Form, Match[bytes]]]) -> float | None:
        for at, form, match in found:
            time = self._read(form, match)
            if time is not None:
                self._seen = [(compiled(form).match, at, form), *self._seen[: _PLACES - 1]]
                return time
        return None

    def _record(self, line: bytes) -> float | None:
        if line[:1] == b"<":
            cm = _CMTRACE.search(line, 0, _FAR) if line.startswith(b"<![LOG[") else None
            if cm:
                return self._cmtrace(cm)
            at = line.find(_SYSTEM_TIME, 0, _FAR)
            return self._find(line) if at < 0 else self._value(line, at + len(_SYSTEM_TIME) + 1)
        for key in (self._key, *_KEYS):
            at = line.find(key, 0, _FAR) if key else -1
            value = _VALUE.match(line, at + len(key)) if at >= 0 else None
            if value:
                time = self._value(line, value.end())
                if time is not None:
                    self._key = key
                    return time
        return self._find(line)

    def _value(self, line: bytes, at: int) -> float | None:
        for match, _, form in self._seen[:1]:
            found = match(line, at)
            if found is not None:
                time = self._read(form, found)
                if time is not None:
                    return time
        return self._first(self._matches(line, at))

    def _matches(self, line: bytes, at: int) -> Iterator[tuple[int, Form, Match[bytes]]]:
        shape = line[at : at + NEAR].translate(SHAPES)
        for form in (*plausible(shape), EPOCH_VALUE):
            match = compiled(form).match(line, at)
            if match:
                yield at, form, match

    def _cmtrace(self, found: Match[bytes]) -> float | None:
        clock, bias, month, day, year = found.groups()
        try:
            there = datetime.fromisoformat(f"{int(year):04}-{int(month):02}-{int(day):02}T{clock.decode()[:12]}")
        except ValueError:
            return None
        if bias is None:
            return there.replace(tzinfo=self._zone).timestamp()
        return there.replace(tzinfo=UTC).timestamp() + int(bias) * 60

    def _read(self, form: Form, found: Match[bytes]) -> float | None:
        if form.epoch:
            return self._epoch(found)
        minute, second, fraction, tail = found.group(1, 7, 8, 9)
        base = self._bases.get((minute, tail))
        if base is None or (self._last is not None and base < self._last - BACKWARD):
            base = self._base(form, found)
            if base is None:
                return None
        if second:
            base += int(second)
            if fraction:
                base += int(fraction) / (1000.0 if form.thousandths else _TENTHS[len(fraction)])
        self._last = base
        return base

    def _epoch(self, found: Match[bytes]) -> float | None:
        whole, fraction = found.group(1, 2)
        time = int(whole) / _EPOCH_SCALE[len(whole)]
        if fraction:
            time += int(fraction) / _TENTHS[len(fraction)] / _EPOCH_SCALE[len(whole)]
        return time if time <= self._now + DAY else None

    def _base(self, form: Form, found: Match[bytes]) -> float | None:
        """Seconds of the full minute, remembered unless it depends on the lines before."""
        read = self._ordered(form, found)
        if read is None:
            return None
        times = self._without_year(read) if read.year is None else instants(read, read.year, self._zone)
        if len(times) > 1:
            # The hour that a zone repeats: not to be remembered, for it comes again.
            return min(times, key=lambda time: abs(time - (self._last or 0.0)))
        if times:
            if len(self._bases) >= _KEPT:
                self._bases.clear()
            self._bases[found.group(1), found.group(9)] = times[0]
        return times[0] if times else None

    def _ordered(self, form: Form, found: Match[bytes]) -> Reading | None:
        """The reading in the order that this source uses; a line that allows one order only settles it."""
        if len(form.orders) == 1:
            return reading(form, found, form.orders[0])
        possible = {order: read for order in form.orders if (read := reading(form, found, order))}
        if not possible:
            return None
        only = next(iter(possible))
        if len(possible) == 1 and self._orders.get(form) != only:
            self._orders[form] = only
            self._bases.clear()
        return possible.get(self._orders.get(form, only)) or possible[only]

    def _without_year(self, read: Reading) -> list[float]:
        """The year that continues the source forward, else the latest that does not lie in the future."""
        years = without_year(read, self._now, self._zone)
        after = [times for times in years if self._last is not None and times[0] >= self._last - BACKWARD]
        return after[0] if after else years[-1] if years else []


def _start(found: tuple[int, Form, Match[bytes]]) -> int:
    return found[0]


def format_time(seconds: float, zone: tzinfo | None = None) -> str:
    """`2026-11-21T09:14:31.204+01:00`: ISO 8601 in `zone` (UTC without one), milliseconds where there are any.

    For the years 1 to 9999.
    """
    milliseconds = round(seconds * 1000)
    moment = (datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=milliseconds)).astimezone(zone or UTC)
    return moment.isoformat(timespec="milliseconds" if milliseconds % 1000 else "seconds")

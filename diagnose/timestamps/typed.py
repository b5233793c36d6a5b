"""Times and zones as people type them: `--since -2h`, `--around "yesterday 09:14"`, `--zone Europe/Berlin`.

Takes text, `now` and a zone; gives seconds since 1970, or a `KbError` with examples. Knows nothing of options or of the
machine's clock.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from diagnose.errors import KbError
from diagnose.timestamps.formats import SHAPES, compiled, instants, plausible, reading, without_year

if TYPE_CHECKING:
    from datetime import tzinfo

    from diagnose.timestamps.formats import TimeReading

_EXAMPLES = "write 2026-11-21 09:14, 09:14, yesterday 09:14, -2h, 30m, '2 days ago' or seconds since 1970"
_ZONE_EXAMPLES = "write UTC, +02:00 or a name such as Europe/Berlin"
_SECONDS = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}
_PART = r"(\d{1,9}(?:\.\d{1,3})?)\s*(s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|weeks?)(?![a-z])"
_AGO = rf"[-−]?\s*((?:{_PART}\s*){{1,5}})(?:ago)?"
_DAY = r"(today|yesterday|\d{4}-\d\d?-\d\d?|)[ ,T]*(?:(\d\d?):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?)?"
_EPOCH = r"(\d{9,10}|\d{13}|\d{16})(\.\d{1,9})?"
_OFFSET = r"(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?"
_LONGEST_WORD = 100
_LATEST = 4102444800.0  # the year 2100


def parse_time(text: str, now: float, zone: tzinfo | None = None) -> float:
    """Seconds since 1970 of a moment as people write it.

    A date and a time in any format that lines have, a date (its first second), a time of today, `today` or `yesterday`
    with a time or without, a span before `now` (`-2h`, `30m`, `1h30m`, `2 days ago`), `now`, or seconds, milliseconds
    or microseconds since 1970. What names no zone is meant in `zone` (UTC without it). Raises KbError for all else.
    """
    said = text.strip()
    if len(said) <= _LONGEST_WORD:
        for read in (_epoch, _before_now, _of_a_day, _as_logged):
            found = read(said, now, zone or UTC)
            if found is not None and 0 <= found < _LATEST:
                return found
    raise KbError(f"time '{text[:_LONGEST_WORD]}'", "is no time that I can read", _EXAMPLES)


def _epoch(said: str, now: float, zone: tzinfo) -> float | None:
    found = re.fullmatch(_EPOCH, said, re.IGNORECASE)
    if not found:
        return None
    return float(found[0]) / {9: 1.0, 10: 1.0, 13: 1e3, 16: 1e6}[len(found[1])]


def _before_now(said: str, now: float, zone: tzinfo) -> float | None:
    if said.lower() == "now":
        return now
    found = re.fullmatch(_AGO, said, re.IGNORECASE)
    if not found:
        return None
    return now - sum(
        float(count) * _SECONDS[unit[0].lower()] for count, unit in re.findall(_PART, found[1], re.IGNORECASE)
    )


def _of_a_day(said: str, now: float, zone: tzinfo) -> float | None:
    found = re.fullmatch(_DAY, said, re.IGNORECASE)
    if not found or not said:
        return None
    day, hour, minute, second, fraction = found.groups()
    try:
        date = _date(day.lower(), now, zone)
        moment = datetime(*date, int(hour or 0), int(minute or 0), int(second or 0), tzinfo=zone)
    except (ValueError, OverflowError):
        return None
    return moment.timestamp() + float(f"0.{fraction or 0}")


def _date(day: str, now: float, zone: tzinfo) -> tuple[int, int, int]:
    if day[:1].isdigit():
        year, month, number = map(int, day.split("-"))
        return year, month, number
    there = datetime.fromtimestamp(now, zone) - timedelta(days=day == "yesterday")
    return there.year, there.month, there.day


def _as_logged(said: str, now: float, zone: tzinfo) -> float | None:
    """A timestamp copied out of a log."""
    line = said.encode("utf-8", "surrogateescape")
    for form in plausible(line.translate(SHAPES)):
        found = None if form.epoch else compiled(form).fullmatch(line)
        if found is None:
            continue
        second, fraction = int(found[7] or 0), int(found[8] or 0) / 10.0 ** len(found[8] or b"")
        for order in form.orders:
            read = reading(form, found, order)
            times = _instants(read, now, zone) if read else []
            if times:
                return times[0] + second + fraction
    return None


def _instants(read: TimeReading, now: float, zone: tzinfo) -> list[float]:
    if read.year is not None:
        return instants(read, read.year, zone)
    return next(without_year(read, now, zone), [])


def parse_zone(text: str) -> tzinfo:
    """`UTC`, `Z`, an offset (`+02:00`, `+0200`, `+2`, `UTC+2`) or a name of the IANA database; KbError for all else."""
    said = text.strip()
    if said.upper() in ("UTC", "GMT", "Z"):
        return UTC
    found = re.fullmatch(_OFFSET, said, re.IGNORECASE)
    if found:
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        if minutes <= 14 * 60 and int(found[3] or 0) < 60:
            return timezone(timedelta(minutes=-minutes if found[1] == "-" else minutes))
        raise KbError(f"zone '{said}'", "is further from UTC than any zone", _ZONE_EXAMPLES)
    return _named_zone(said)


def _named_zone(name: str) -> tzinfo:
    from zoneinfo import ZoneInfo

    try:
        # Names of folders, names with ".." or NUL and names that no file can have are refused in as many ways.
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        way_out = f"{_ZONE_EXAMPLES} (names need the system's zone database or the package tzdata)"
        raise KbError(f"zone '{name[:_LONGEST_WORD]}'", "is no zone that I know", way_out) from None

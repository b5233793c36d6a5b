"""Where lines that are one record each, in JSON or XML, keep their time.

Takes a line; gives the offsets at which the value of a time begins, the likeliest first. The first 64 KiB are read. Only the
entries of Configuration Manager, whose date follows their time, are read here to the end.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from diagnose.timestamps.formats import FIRST_YEAR, LAST_YEAR

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo

RECORDS = (b"{", b"<Event", b"<![LOG[")
_FAR = 1 << 16
# What a shipper adds (`@timestamp`, Docker's `time`) is nearer to the truth than a field of the message.
_KEYS = (b'"@timestamp"', b'"timestamp"', b'"time"', b'"ts"', b'"__REALTIME_TIMESTAMP"', b'"TimeCreated"', b'"eventTime"',
         b'"datetime"', b'"asctime"', b'"t"', b'"date"')  # fmt: skip
_VALUE = rb'\s{0,8}:\s{0,8}(?:\{\s{0,8}"\$date"\s{0,8}:\s{0,8})?["\[]?(?:\\?/Date\()?'
_SYSTEM_TIME = b"SystemTime="
_CMTRACE = rb'<time="(\d\d:\d\d:\d\d(?:\.\d{1,6})?)\d{0,3}([+-]\d{1,3})?" date="(\d{1,2})-(\d{1,2})-(\d{4})"'


def value_places(line: bytes) -> Iterator[int]:
    """Offsets of values that a key names as a time."""
    if line[:1] == b"<":
        at = line.find(_SYSTEM_TIME, 0, _FAR)
        if at >= 0:
            yield at + len(_SYSTEM_TIME) + 1
        return
    for key in _KEYS:
        at = line.find(key, 0, _FAR)
        value = re.compile(_VALUE).match(line, at + len(key)) if at >= 0 else None
        if value:
            yield value.end()


def configuration_manager(line: bytes, zone: tzinfo) -> float | None:
    """Seconds since 1970 of `<![LOG[...]LOG]!><time="09:14:31.204+300" date="11-21-2026" ...>`; None without these.

    The difference to UTC is in minutes, positive to the west; without one the time is meant in `zone`.
    """
    found = re.compile(_CMTRACE).search(line, 0, _FAR) if line.startswith(b"<![LOG[") else None
    if not found:
        return None
    clock, west, month, day, year = found.groups()
    try:
        there = datetime.strptime(b" ".join((year, month, day, clock[:8])).decode(), "%Y %m %d %H:%M:%S")
    except ValueError:
        return None
    if not FIRST_YEAR <= there.year <= LAST_YEAR:
        return None
    seconds = there.replace(tzinfo=UTC if west else zone).timestamp() + int(west or 0) * 60
    return seconds + float(clock[8:] or 0)

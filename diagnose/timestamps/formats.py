"""The timestamp formats of log lines, one table: `FORMS`.

A row gives the shapes that a line must show before its regex is worth trying (digits as 0, letters as A and a), the
regex, and the orders that its three date parts may have. Every regex is bounded and has the same nine groups: 1 the text
down to the minute, 2-4 the date parts as they stand, 5 hour, 6 minute, 7 second, 8 fraction, 9 the tail (half of the
day, zone, year). Epoch rows have two: whole seconds (or their thousandths and less) and the fraction.

Knows nothing of sources or of what "now" is.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone
from functools import cache
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo
    from re import Match, Pattern

NEAR = 64
REACH = NEAR + 48
FIRST_YEAR, LAST_YEAR = 1970, 2099
DAY = 86400.0
LEAP_SECOND = 60
EPOCH_SCALE = {10: 1.0, 13: 1e3, 16: 1e6, 19: 1e9}  # by digits: seconds, milli-, micro- and nanoseconds
TENTHS = tuple(10.0**n for n in range(10))
FIRST_EPOCH = 1e9  # September 2001; bare numbers with fewer digits are counts
_LONGEST_OFFSET = 14 * 60

SHAPES = bytes(
    ord("0") if 48 <= c <= 57 else ord("A") if 65 <= c <= 90 else ord("a") if 97 <= c <= 122 else c for c in range(256)
)

MONTHS = {name: i for i, name in enumerate(b"jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}

# Abbreviations with one meaning among those that software prints. CST, IST and BST have several: they name no zone.
ZONES = {
    b"Z": 0, b"UTC": 0, b"GMT": 0, b"WET": 0, b"WEST": 60, b"CET": 60, b"CEST": 120, b"EET": 120, b"EEST": 180,
    b"MSK": 180, b"JST": 540, b"EST": -300, b"EDT": -240, b"MST": -420, b"MDT": -360, b"PST": -480, b"PDT": -420,
}  # fmt: skip

# .NET puts a narrow no-break blank (U+202F) before AM.
_HALF = rb"(?:(?: |\xc2\xa0|\xe2\x80\xaf)?[AaPp]\.?[Mm]\b\.?)?"
_ZONE = rb"(?:(?:[+-]\d\d(?::?\d\d)?| [+-]\d\d:?\d\d| ?(?:Z|UTC|GMT|WES?T|CES?T|EES?T|MSK|JST|E[SD]T|M[SD]T|P[SD]T))(?![\w:]))?"
_TIME = rb"(\d{1,2}):(\d\d))(?::(\d\d)(?:[.,:](\d{1,9})\d{0,9})?)?(?!\d)"
_REST = _TIME + rb"(" + _HALF + _ZONE + rb")"
_START = rb"(?<![\w.:/-])"
_LATE_YEAR = rb" (?:19|20)\d\d)(?!\d)"
_EPOCH = rb"(1\d{9}(?:\d{3}){0,3})(?:\.(\d{1,9}))?(?!\d)"


class Form(Struct, frozen=True, kw_only=True):
    """A format. `orders` has a letter (y, m, d) for each date part; several where readers must look for evidence.

    `thousandths`: the fraction is a count of milliseconds, whatever its width. `utc`: written in UTC by its maker.
    """

    name: str
    shapes: tuple[bytes, ...]
    regex: bytes
    orders: tuple[str, ...] = ("ymd",)
    thousandths: bool = False
    utc: bool = False
    epoch: bool = False


FORMS = (
    Form(
        name="iso",
        shapes=(b"0000-0", b"0000/0", b"0000.0"),
        regex=rb"(?<![\d./-])((\d{4})[-/.](\d{1,2})[-/.](\d{1,2})(?:[Tt\t]|,? {1,2})" + _REST,
    ),
    Form(
        name="syslog",
        shapes=(b"Aaa 0", b"Aaa  0"),
        regex=_START + rb"(([A-Z][a-z]{2}) {1,2}(\d{1,2})(?:,? ((?:19|20)\d\d))?,? {1,2}" + _REST,
        orders=("mdy",),
    ),
    Form(
        name="ctime",
        shapes=(b"Aaa Aaa 0", b"Aaa Aaa  0"),
        regex=_START + rb"([A-Z][a-z]{2} ([A-Z][a-z]{2}) {1,2}(\d{1,2})() " + _TIME + rb"(" + _HALF + _ZONE + _LATE_YEAR,
        orders=("mdy",),
    ),
    Form(
        name="day-month-name",
        shapes=(b"0 Aaa 0000", b"0/Aaa/0000", b"0-Aaa-0000"),
        regex=_START + rb"((\d{1,2})[ /-]([A-Z][a-z]{2})[ /-](\d{4})[ :T]" + _REST,
        orders=("dmy",),
    ),
    Form(
        name="exchange-setup",
        shapes=(b"[00/00/0000 00:00:00.0000]",),
        regex=rb"\A\[((\d\d)/(\d\d)/(\d{4}) (\d\d):(\d\d)):(\d\d)\.(0\d{3})()(?=\] \[\d)",
        orders=("mdy",),
        thousandths=True,
        utc=True,
    ),
    Form(
        name="slash",
        shapes=(b"0/0000 ", b"0/0000,", b"0/0000-0", b"0/0000\t"),
        regex=rb"(?<![\w./-])((\d{1,2})/(\d{1,2})/(\d{4})(?:[-\t]|,? {1,2})" + _REST,
        orders=("mdy", "dmy"),
    ),
    Form(
        name="dots",
        shapes=(b"0.0000 ", b"0.0000,", b"0-0000 ", b"0.0000\t"),
        regex=_START + rb"((\d{1,2})[.-](\d{1,2})[.-](\d{4})(?:\t|,? {1,2})" + _REST,
        orders=("dmy", "mdy"),
    ),
    Form(
        name="short-year",
        shapes=(b"00/00/00 0",),
        regex=_START + rb"((\d\d)/(\d\d)/(\d\d) " + _REST,
        orders=("ymd", "mdy", "dmy"),
    ),
    Form(
        name="klog",
        shapes=(b"A0000 00:00:00.0", b"A00000000 00:00:00.0"),
        regex=_START + rb"[IWEF]((\d{4})?(\d\d)(\d\d) " + _REST,
    ),
    Form(
        name="compact",
        shapes=(b"00000000-0", b"00000000 0"),
        regex=_START + rb"((\d{4})(\d\d)(\d\d)[- ](\d{1,2}):(\d{1,2})):(\d{1,2})(?:[.,](\d{1,9}))?(?![\d:])(" + _ZONE + rb")",
    ),
    Form(
        name="compact-milliseconds",
        shapes=(b"00000000-0", b"00000000 0"),
        regex=_START + rb"((\d{4})(\d\d)(\d\d)[- ](\d{1,2}):(\d{1,2})):(\d{1,2}):(\d{1,3})(?!\d)()",
        thousandths=True,
    ),
    Form(
        name="basic",
        shapes=(b"00000000A000000",),
        regex=_START + rb"((\d{4})(\d\d)(\d\d)T(\d\d)(\d\d))(\d\d)(?:[.,](\d{1,9}))?(?!\d)(" + _ZONE + rb")",
    ),
    Form(
        name="db2",
        shapes=(b"0000-00-00-00.00.00",),
        regex=_START + rb"((\d{4})-(\d\d)-(\d\d)-(\d\d)\.(\d\d))\.(\d\d)(?:\.(\d{1,9}))?(?!\d)(" + _ZONE + rb")",
    ),
    Form(
        name="hdfs",
        shapes=(b"000000 000000",),
        regex=rb"\A((\d\d)(\d\d)(\d\d) (\d\d)(\d\d))(\d\d)()()(?= )",
    ),
    Form(
        name="mysql",
        shapes=(b"000000 00:00:00", b"000000  0:00:00"),
        regex=rb"\A((\d\d)(\d\d)(\d\d) {1,2}" + _REST,
    ),
    Form(
        name="month-day",
        shapes=(b"00-00 00:00:00", b"00/00 00:00:00", b"00.00 00:00:00"),
        regex=rb"\A\[?((\d\d)[-/.](\d\d)() " + _REST,
        orders=("mdy",),
    ),
    Form(
        name="epoch",
        shapes=(b"0000000000",),
        regex=rb"\A(?:[\[(\"']{1,2}|[-A-Z0-9_]{1,12} (?=\d{10} \d{4}\.\d\d\.\d\d )|\d{1,9} \S{1,30} \S{1,20} \S{1,40} (?=\d{10} -?\d ))?"
        + _EPOCH
        + rb"(?=[\s\]),:;|\"']|$)",
        epoch=True,
    ),
    Form(
        name="epoch-field",
        shapes=(b"=0000000000", b"=\"0000000000", b": 0000000000", b"(0000000000"),
        regex=rb"(?<![\w.])(?:(?:ts|time|timestamp|epoch)(?:=\"?|: )|audit\()" + _EPOCH,
        epoch=True,
    ),
)  # fmt: skip

# A number that a key of a record names as a time.
EPOCH_VALUE = Form(name="epoch-value", shapes=(b"0000000000",), regex=_EPOCH, epoch=True)

# One of these stands in every shape above.
_ANY_SHAPE = (b"0:0", b"000000", b"00.00.00")


@cache
def compiled(form: Form) -> Pattern[bytes]:
    """The regex of `form`, compiled when first needed: all of them cost more than a small diagnosis."""
    return re.compile(form.regex)


def plausible(shape: bytes) -> Iterator[Form]:
    """The forms that a text of this shape may hold."""
    if not any(part in shape for part in _ANY_SHAPE):
        return
    for form in FORMS:
        for wanted in form.shapes:
            if wanted in shape:
                yield form
                break


def value_forms(line: bytes, at: int) -> Iterator[Form]:
    """The forms that a value at offset `at` of a record may have."""
    yield from plausible(line[at : at + NEAR].translate(SHAPES))
    yield EPOCH_VALUE


class TimeReading(Struct, frozen=True):
    """A minute as a form reads it. `year` is None where the text has none, `offset` (minutes) where it names no zone."""

    year: int | None
    month: int
    day: int
    hour: int
    minute: int
    offset: int | None

    def zone(self) -> timezone | None:
        return None if self.offset is None else timezone(timedelta(minutes=self.offset))


def reading(form: Form, found: Match[bytes], order: str) -> TimeReading | None:
    """What `found` says when its date parts stand in `order`; None where that is no date or no time of a day."""
    parts = dict(zip(order, found.group(2, 3, 4), strict=True))
    tail = found.group(9)
    month = _month(parts["m"])
    day = int(parts["d"])
    hour, minute = int(found.group(5)), int(found.group(6))
    half, offset, late_year = _tail(tail)
    if half and not 1 <= hour <= 12:
        return None
    if half:
        hour = hour % 12 + (12 if half == b"P" else 0)
    year = _year(parts["y"] or late_year)
    if not (
        1 <= month <= 12 and 1 <= day <= 31 and hour < 24 and minute < 60 and int(found.group(7) or 0) <= LEAP_SECOND
    ):
        return None
    if year is not None and not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    return TimeReading(year, month, day, hour, minute, 0 if form.utc else offset)


def _month(text: bytes) -> int:
    return int(text) if text.isdigit() else MONTHS.get(text.lower(), 0)


def _year(text: bytes) -> int | None:
    if not text:
        return None
    year = int(text)
    return year if len(text) == 4 else year + (1900 if year >= 70 else 2000)


def _tail(tail: bytes) -> tuple[bytes, int | None, bytes]:
    """Half of the day (A, P or empty), offset of the zone in minutes, year."""
    if not tail:
        return b"", None, b""
    half = year = b""
    offset = None
    for word in tail.replace(b"\xc2\xa0", b" ").replace(b"\xe2\x80\xaf", b" ").replace(b".", b"").upper().split():
        if word[:2] in (b"AM", b"PM"):
            half = word[:1]
            word = word[2:]
        if word in ZONES:
            offset = ZONES[word]
        elif word[:1] in (b"+", b"-"):
            offset = _offset(word)
        elif word.isdigit():
            year = word
    return half, offset, year


def _offset(text: bytes) -> int | None:
    """Minutes of `+hh`, `+hhmm` or `+hh:mm`; None beyond what zones use."""
    digits = text[1:].replace(b":", b"")
    minutes = int(digits[:2]) * 60 + int(digits[2:] or 0)
    if minutes > _LONGEST_OFFSET:
        return None
    return -minutes if text[:1] == b"-" else minutes


def instants(read: TimeReading, year: int, default: tzinfo) -> list[float]:
    """What a reading can mean in `year`, in seconds: none for 30 February, two in an hour that its zone repeats."""
    zone = read.zone() or default
    try:
        early = datetime(year, read.month, read.day, read.hour, read.minute, tzinfo=zone)
    except ValueError:
        return []
    times = [early.timestamp(), early.replace(fold=1).timestamp()]
    # In an hour that a zone skips, fold 1 is the earlier instant: only a later one is a second meaning.
    return times if times[1] > times[0] else times[:1]


def without_year(read: TimeReading, now: float, default: tzinfo) -> Iterator[list[float]]:
    """`instants` of a reading without a year in the last nine years, newest first, none later than a day after `now`."""
    newest = datetime.fromtimestamp(now, UTC).year + 1
    for year in range(newest, newest - 10, -1):
        times = instants(read, year, default)
        if times and times[0] <= now + DAY:
            yield times

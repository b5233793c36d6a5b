"""Times as reports tell them, and how far one is from the time of a line."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.audit.model import Moment

if TYPE_CHECKING:
    from collections.abc import Iterator

_ZONES = {"z": 0, "utc": 0, "gmt": 0}
_TIME = re.compile(
    r"(?<![\w:.+-])(?:(?P<day>\d{4}-\d\d-\d\d)(?:T|,?\s+(?:at\s+)?))?(?P<hour>\d{1,2}):(?P<minute>[0-5]\d)"
    r"(?::(?P<second>[0-5]\d)(?:[.,](?P<part>\d{1,9}))?)?(?![\w:]*:\d|\d)"
    r"(?P<half>\s?[AaPp]\.?[Mm]\b\.?)?(?P<zone>\s?(?:Z|UTC|GMT|[+-]\d\d:?\d\d)(?![\w:]))?(?!\w)"
)
_WRITTEN = re.compile(r"(?<![\d:.])(\d{1,2})[:.]([0-5]\d)[:.]([0-5]\d)(?:[.,](\d{1,6}))?(?!\d)(\s?[AaPp][Mm]\b)?")
_ROUGH = re.compile(
    r"(?:about|around|approximately|approx\.?|roughly|circa|ca\.?|near|nearly|almost|~|≈|shortly (?:after|before)|just (?:after|before))\s*$",
    re.IGNORECASE,
)
DAY = 86_400


def moments_in(text: str) -> Iterator[tuple[int, int, Moment]]:
    """(start, end, time) of each time in a statement."""
    for found in _TIME.finditer(text):
        hour, half = int(found["hour"]), (found["half"] or "").strip().lower().replace(".", "")
        if half:
            hour = hour % 12 + (12 if half.startswith("p") else 0)
        if hour > 23:
            continue
        part = found["part"] or ""
        second = hour * 3600 + int(found["minute"]) * 60 + int(found["second"] or 0) + float(f"0.{part or 0}")
        grain = 10.0 ** -len(part) if part else 1.0 if found["second"] else 60.0
        rough = bool(_ROUGH.search(text[: found.start()]))
        yield (
            found.start(),
            found.end(),
            Moment(found["day"] or "", second, grain, found[0].strip(), rough, _offset(found["zone"])),
        )


def _offset(zone: str | None) -> int | None:
    said = (zone or "").strip().lower()
    if not said:
        return None
    if said in _ZONES:
        return _ZONES[said]
    sign = -1 if said[0] == "-" else 1
    return sign * (int(said[1:3]) * 3600 + int(said[-2:]) * 60)


def written_in(line: str) -> float | None:
    """Seconds of the day of the first full time that a line shows as text."""
    found = _WRITTEN.search(line[:200])
    if not found or int(found[1]) > 23:
        return None
    hour, half = int(found[1]), (found[5] or "").strip().lower()
    if half:
        hour = hour % 12 + (12 if half.startswith("p") else 0)
    return hour * 3600 + int(found[2]) * 60 + int(found[3]) + float(f"0.{found[4] or 0}")


def distance(moment: Moment, seconds: float) -> float:
    """Seconds from a time of day to the span that the report's time stands for; 0 inside of it, negative before it."""
    apart = (seconds - moment.second + DAY / 2) % DAY - DAY / 2
    if apart < 0:
        return apart
    return max(0.0, apart - moment.grain + 1e-6) if apart >= moment.grain else 0.0

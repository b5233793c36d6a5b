"""Readers for lines laid out as one that was read before: slices and look-ups in place of a regex and a calendar.

A reader takes a line and gives its time, or None where anything differs from the line that it was made from: the widths, the
zone, the character behind; it never gives another time than the regex would. Of the minute it knows only what the clock has
read already (`bases`).
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from diagnose.timestamps.formats import EPOCH_SCALE, FIRST_EPOCH, LEAP_SECOND, TENTHS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from re import Match

    from diagnose.timestamps.formats import Form

    # A whole line to seconds since 1970, or None.
    Quick = Callable[[bytes], float | None]

_SECONDS = {mark: {b"%s%02d" % (mark, n): float(n) for n in range(LEAP_SECOND + 1)} for mark in (b":", b"", b".")}
_SEPARATORS = (b".", b",", b":")


def stamp_layout(line: bytes, form: Form, found: Match[bytes], bases: Mapping[bytes, float]) -> Quick:
    """A reader for timestamps like `found`. `bases`: the seconds of a full minute by its text and the tail (zone, year)."""
    places = _places(line, found)
    if places is None:
        return _never
    start, end, dot, digits, stop, rest = places
    seconds = _SECONDS.get(line[end : dot - 2], {})
    separator, tail, after = line[dot:digits], found[9], stop + len(rest)
    if stop - digits in (0, 3):
        parts = _thousandths(separator) if digits < stop else {b"": 0.0}

        def quick(line: bytes) -> float | None:
            base = bases.get(line[start:end] + tail)
            second = seconds.get(line[end:dot])
            part = parts.get(line[dot:stop])
            if base is None or second is None or part is None or line[stop:after] != rest:
                return None
            return base + second + part

        return quick
    scale = 1000.0 if form.thousandths else TENTHS[stop - digits]

    def exact(line: bytes) -> float | None:
        base = bases.get(line[start:end] + tail)
        second = seconds.get(line[end:dot])
        fraction = line[digits:stop]
        if base is None or second is None or line[stop:after] != rest:
            return None
        if line[dot:digits] != separator or not fraction.isdigit():
            return None
        part = int(fraction) / scale
        return base + second + part if part < 1 else None

    return exact


def epoch_layout(line: bytes, found: Match[bytes], latest: float) -> Quick:
    """A reader for whole numbers since 1970 at the place of `found`, none after `latest`."""
    start, end = found.span(1)
    after, scale = line[end : end + 1], EPOCH_SCALE[end - start]
    if found[2] or not after:
        return _never

    def quick(line: bytes) -> float | None:
        digits = line[start:end]
        if not digits.isdigit() or line[end : end + 1] != after:
            return None
        time = int(digits) / scale
        return time if FIRST_EPOCH <= time <= latest else None

    return quick


def _never(line: bytes) -> None:
    return None


@cache
def _thousandths(separator: bytes) -> dict[bytes, float]:
    return {b"%s%03d" % (separator, n): n / 1000 for n in range(1000)}


def _places(line: bytes, found: Match[bytes]) -> tuple[int, int, int, int, int, bytes] | None:
    """Where the minute begins and ends, the second ends, the fraction's digits begin and end, and what follows them.

    None where the text is not of that kind. What follows is the tail and enough after it to know that it ended.
    """
    if not found[7]:
        return None
    start, end = found.span(1)
    dot = found.end(7)
    digits, stop = found.span(8) if found[8] else (dot, dot)
    after = found.end(9)
    rest = line[stop : after + (2 if line[after : after + 1] in _SEPARATORS else 1)]
    if found.start(9) != stop or len(rest) == len(found[9]):
        return None
    return start, end, dot, digits, stop, rest

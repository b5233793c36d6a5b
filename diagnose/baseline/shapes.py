"""The shape of a message: a line without what differs from one time to the next."""

from __future__ import annotations

import re

REACH = 2000  # bytes of a line that make its shape

# A word with a digit in it is a value: a number, a time, an address, an id. So are the names of days and months.
_VALUE = re.compile(rb"\b(?:\w*\d\w*|mon|tue|wed|thu|fri|sat|sun|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\b")
_VALUES = re.compile(rb"#(?:[^\w#]+#)+")


def shape(line: bytes) -> bytes:
    """`line` in small letters, each run of values as one #; empty for a line without a word."""
    values = _VALUE.sub(b"#", line[:REACH].lower())
    made = b" ".join(_VALUES.sub(b"#", values).split())
    return made if any(ch in b"abcdefghijklmnopqrstuvwxyz" or ch > 127 for ch in made) else b""

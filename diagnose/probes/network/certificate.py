"""What an X.509 certificate says about itself: whose it is, who signed it, from when to when, for which names.

Takes DER (RFC 5280) from a stranger; gives a `Certificate`, or None for what is none. Verifies nothing: that is the
handshake's part. The standard library decodes a certificate only where it could verify it.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 65_536
_COMMON_NAME = bytes((0x55, 4, 3))
_ORGANISATION = bytes((0x55, 4, 10))
_ALT_NAMES = bytes((0x55, 29, 17))
_SEQUENCE, _OID, _UTC_TIME, _TIME, _VERSION, _EXTENSIONS = 0x30, 6, 0x17, 0x18, 0xA0, 0xA3


class Certificate(Struct, frozen=True):
    """`begins` and `ends` are UTC, like 2031-04-30 12:00:00; `names` are DNS names and addresses."""

    subject: str
    issuer: str
    begins: str
    ends: str
    names: tuple[str, ...]


def read_certificate(der: bytes) -> Certificate | None:
    """The certificate in `der`; None if it is none."""
    try:
        return _certificate(der[:LONGEST])
    except (ValueError, IndexError, StopIteration):
        return None


def _certificate(der: bytes) -> Certificate:
    body = next(_parts(next(_parts(der))[1]))[1]
    parts = [part for part in _parts(body) if part[0] != _VERSION]
    # serial, signature, issuer, validity, subject, key, then what is optional
    begins, ends = (_time(tag, value) for tag, value in _parts(parts[3][1]))
    names = tuple(name for tag, value in parts if tag == _EXTENSIONS for name in _alt_names(value))
    return Certificate(_name(parts[4][1]), _name(parts[2][1]), begins, ends, names)


def _parts(data: bytes) -> Iterator[tuple[int, bytes]]:
    """The tags and values that `data` is made of; ValueError for a length that does not fit."""
    at = 0
    while at < len(data):
        tag, length, at = data[at], data[at + 1], at + 2
        if length & 0x80:
            count = length & 0x7F
            length, at = int.from_bytes(data[at : at + count], "big"), at + count
        if at + length > len(data):
            raise ValueError("a length beyond the end")
        yield tag, data[at : at + length]
        at += length


def _name(data: bytes) -> str:
    """The common name, else the organisation."""
    found = {}
    for _, group in _parts(data):
        for _, pair in _parts(group):
            (_, kind), (tag, value) = _parts(pair)
            found[kind] = value.decode("utf-16-be" if tag == 0x1E else "utf-8", "replace")
    return found.get(_COMMON_NAME) or found.get(_ORGANISATION, "")


def _time(tag: int, value: bytes) -> str:
    text = value.decode("ascii")
    if tag == _UTC_TIME:  # RFC 5280 4.1.2.5.1: two digits, 50 and more are of the last century
        text = ("19" if text[:2] >= "50" else "20") + text
    if not text[:14].isdigit() or len(text) < 14:
        raise ValueError("not a time")
    return f"{text[:4]}-{text[4:6]}-{text[6:8]} {text[8:10]}:{text[10:12]}:{text[12:14]}"


def _alt_names(data: bytes) -> Iterator[str]:
    for _, extension in _parts(next(_parts(data))[1]):
        fields = list(_parts(extension))
        if fields[0] != (_OID, _ALT_NAMES):
            continue
        for tag, value in _parts(next(_parts(fields[-1][1]))[1]):
            if tag == 0x82:
                yield value.decode("ascii", "replace")
            elif tag == 0x87:
                yield str(ipaddress.ip_address(value))

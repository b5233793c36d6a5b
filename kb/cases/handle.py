"""A case as one line of text that whoever asks carries along: the state of the loop without a session on any server.

`kb1.KEY.CASE.SIGN`: the version of this encoding; by which the key is known; the case, compressed; and its signature. What
the case holds is redacted before (see kb/cases/case.py), its diagnosis is left out and made again. Pure.
"""

from __future__ import annotations

import binascii
import hmac
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

import msgspec
from msgspec.structs import replace

from diagnose.errors import KbError
from kb.cases.case import CASE_SCHEMA, Case, excess

VERSION = "kb1"
MOST = 256 << 10  # characters of a handle
LARGEST = 32 << 20  # bytes of a case, unpacked
LEAST_KEY = 16
FOREIGN, DAMAGED, OUTDATED, TOO_LARGE = "KB-E061", "KB-E062", "KB-E063", "KB-E064"
_AGAIN = "diagnose the error again"


class HandleError(KbError):
    """A case handle that cannot be used or made; `code` says which of the four ways."""

    def __init__(self, what: str, way_out: str, code: str) -> None:
        super().__init__("case handle", what, way_out)
        self.code = code


def encode(case: Case, key: bytes) -> str:
    """The handle of `case`, signed with `key` (16 bytes and more). HandleError where it would be longer than `MOST`."""
    packed = zlib.compress(msgspec.json.encode(replace(case, diagnosis=None)), 9)
    body = f"{VERSION}.{_name_of(key)}.{_text(packed)}"
    handle = f"{body}.{_sign(body, key)}"
    if len(handle) > MOST:
        what = f"the case grows to {len(handle) >> 10} KiB, a handle holds {MOST >> 10}"
        raise HandleError(
            what, "give the part of the logs that matters, or keep it in a file: kb diagnose --case", TOO_LARGE
        )
    return handle


def decode(text: str, key: bytes) -> Case:
    """The case of a handle that `encode` made with the same `key`; HandleError for any other text."""
    if len(text) > MOST:
        raise HandleError(f"is longer than {MOST >> 10} KiB", "send the handle as it was given", TOO_LARGE)
    version, _, rest = text.partition(".")
    if not (version.isascii() and version.startswith("kb") and version[2:].isdigit()):
        raise HandleError("is none of kb", "send the handle as it was given", FOREIGN)
    if version != VERSION:
        raise HandleError(f"is of another version of kb ({version}, not {VERSION})", _AGAIN, OUTDATED)
    name, _, rest = rest.partition(".")
    if not _same(name, _name_of(key)):
        raise HandleError("was made by another kb, or under another key", _AGAIN, FOREIGN)
    body, dot, sign = text.rpartition(".")
    if not dot or not _same(sign, _sign(body, key)):
        raise HandleError("is damaged or was changed", "send the handle as it was given", DAMAGED)
    return _unpacked(rest.partition(".")[0])


def _unpacked(text: str) -> Case:
    """The case of a part whose signature is right: what fails here was made by another version under the same key."""
    try:
        unpacker = zlib.decompressobj()
        data = unpacker.decompress(urlsafe_b64decode(text), LARGEST)
        case = msgspec.json.decode(data, type=Case)
    except (binascii.Error, zlib.error, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise HandleError("holds a case of another version of kb", _AGAIN, OUTDATED) from None
    if case.schema != CASE_SCHEMA or excess(case):
        raise HandleError("holds a case of another version of kb", _AGAIN, OUTDATED)
    return case


def _text(data: bytes) -> str:
    return urlsafe_b64encode(data).decode("ascii")


def _sign(body: str, key: bytes) -> str:
    return _text(hmac.digest(_checked(key), body.encode("utf-8", "replace"), "sha256"))


def _name_of(key: bytes) -> str:
    """By which a key is known without telling anything of it."""
    return _text(hmac.digest(_checked(key), b"kb case handle: the name of the key", "sha256")[:6])


def _checked(key: bytes) -> bytes:
    if len(key) < LEAST_KEY:
        raise ValueError(f"a key of {len(key)} bytes is too short to sign with")
    return key


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode("utf-8", "replace"), other.encode())

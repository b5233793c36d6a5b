"""The records of a zip file: headers, sizes and methods, checked; shared by the reader from the directory and the
one forwards.
"""

from __future__ import annotations

import struct
import zlib
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import ENCRYPTED, LEFT_OUT, UNKNOWN, InputError
from diagnose.inputs.compressed.packed import Damage, bounded, decoded
from diagnose.inputs.feed import Feed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.stream import Stream


LOCAL, CENTRAL, DESCRIPTOR = b"PK\x03\x04", b"PK\x01\x02", b"PK\x07\x08"
END, END64, LOCATOR64 = b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"
LOCAL_HEADER = struct.Struct("<4x5H3I2H")
ENTRY = struct.Struct("<4x6H3I5H2I")
LONGEST_COMMENT = 1 << 16
IS_ENCRYPTED, SIZES_AFTER, IS_UTF8 = 0x2041, 8, 0x800
UNIX_LINK = 0xA000
UNKNOWN_SIZE = 0xFFFFFFFF


class Entry(Struct, frozen=True):
    """A member as a header describes it; `packed` and `size` in bytes, -1 where they follow the data.

    `space` is the least that it takes up in the file, its header included.
    """

    name: str
    flags: int
    method: int
    crc: int
    packed: int
    size: int
    offset: int = 0
    space: int = 0
    mode: int = 0


class Method(Struct, frozen=True):
    """How members of one number are packed: its name, and the module whose `decoder` unpacks it."""

    name: str
    module: str = ""


METHODS = {
    0: Method("stored"),
    8: Method("deflate", "diagnose.inputs.compressed.gzip"),
    12: Method("bzip2", "diagnose.inputs.compressed.bzip2"),
    93: Method("Zstandard", "diagnose.inputs.compressed.zstd"),
    95: Method("xz", "diagnose.inputs.compressed.xz"),
}


def zip64(extra: bytes, *values: int) -> list[int]:
    """`values`, those that do not fit 32 bits taken from the extra field 1 in their order."""
    found = list(values)
    at = 0
    while at + 4 <= len(extra):
        kind, length = struct.unpack_from("<2H", extra, at)
        if kind == 1:
            wide = extra[at + 4 : at + 4 + length]
            for index, value in enumerate(values):
                if value == UNKNOWN_SIZE and len(wide) >= 8:
                    found[index] = int.from_bytes(wide[:8], "little")
                    wide = wide[8:]
            break
        at += 4 + length
    return found


def label(name: bytes, flags: int) -> str:
    """A member's name for people: UTF-8 where it is that, else the code page that zip began with."""
    try:
        return name.decode("utf-8")
    except UnicodeDecodeError:
        return name.decode("utf-8", "backslashreplace") if flags & IS_UTF8 else name.decode("cp437")


def refused_entry(stream: Stream, entry: Entry) -> InputError | None:
    """Why a member is left out, if it is."""
    where = f"{stream.name}!{entry.name}"
    if entry.flags & IS_ENCRYPTED:
        return InputError(where, "encrypted, left out", "unpack it with its password and name it", code=ENCRYPTED)
    if entry.mode & 0xF000 == UNIX_LINK:
        return InputError(where, "symbolic link in an archive, left out", "name its target", code=LEFT_OUT)
    if entry.method not in METHODS:
        return InputError(
            where, f"packed by method {entry.method}, which is not read here", "unpack it and name it", code=UNKNOWN
        )
    return None


def contents(stream: Stream, entry: Entry, feed: Feed) -> Iterator[bytes]:
    """The text of `entry`, whose packed bytes are next in `feed`, held to the size and checksum that the zip states."""
    inner = stream.member("zip", entry.name, ())
    packed = max(1, entry.packed) if entry.packed >= 0 else 0
    kind = METHODS[entry.method].name
    yield from bounded(inner, f"zip ({kind})", _checked(inner, entry, feed), packed)


def _checked(stream: Stream, entry: Entry, feed: Feed) -> Iterator[bytes]:
    crc = size = 0
    for chunk in unpack(stream.name, entry.method, feed):
        crc = zlib.crc32(chunk, crc)
        size += len(chunk)
        yield chunk
    if entry.size >= 0 and size != entry.size:
        raise Damage(f"holds {size} bytes where the zip says {entry.size}")
    if entry.size >= 0 and crc != entry.crc:
        raise Damage("has a wrong checksum")


def unpack(name: str, method: int, feed: Feed) -> Iterator[bytes]:
    """Packed bytes by the number of their method. Raises Damage."""
    if method == 0:
        return feed.rest()
    return decoded(feed, *import_module(METHODS[method].module).decoder(name))

"""zip, by its directory where it can be sought in or held in memory, else by the headers before each member.

Members are streamed; nothing is written anywhere. One that is encrypted, overlaps another, is a link, or is packed in a
way not read here is named and left out alone; wrong sizes and checksums are told after the text was used.
"""

from __future__ import annotations

import io
import struct
import zlib
from importlib import import_module
from itertools import islice
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import DAMAGED, ENCRYPTED, LEFT_OUT, UNKNOWN, InputError
from diagnose.readers.feed import CHUNK, Feed
from diagnose.readers.packed import Damage, bounded, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.readers.stream import Seekable, Stream

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
    8: Method("deflate", "diagnose.readers.gzip"),
    12: Method("bzip2", "diagnose.readers.bzip2"),
    93: Method("Zstandard", "diagnose.readers.zstd"),
    95: Method("xz", "diagnose.readers.xz"),
}


def members(stream: Stream) -> Iterator[Stream | InputError]:
    """The files in `stream`, each to be read before the next is asked for."""
    file = stream.file
    chunks: Iterable[bytes] = ()
    if file is None:
        held, chunks = _held(stream)
        file = io.BytesIO(held) if not chunks else None
    entries = _directory(file) if file else None
    if file is None or entries is None:
        from diagnose.readers.zip_walk import walk

        yield from walk(stream, Feed(chunks) if chunks else Feed(_range(file, 0, 1 << 62)) if file else Feed(()))
        return
    yield from _by_directory(stream, file, entries)


def _held(stream: Stream) -> tuple[bytes, Iterable[bytes]]:
    """All of `stream` in memory; where that is too much or ends early, the chunks to be read forwards instead."""
    parts: list[bytes] = []
    length = 0
    feed = stream.feed
    try:
        while chunk := feed.some():
            parts.append(chunk)
            length += len(chunk)
            if length > stream.limits.held:
                break
        else:
            return b"".join(parts), ()
    except InputError:
        pass

    def chunks() -> Iterator[bytes]:
        yield from parts
        yield from feed.rest()

    return b"", chunks()


# --- the directory -------------------------------------------------------------------------------------------------


def _directory(file: Seekable) -> Iterator[Entry] | None:
    """The entries of the directory at the end of `file`; None where there is none, as in a truncated zip."""
    size = file.seek(0, io.SEEK_END)
    start = max(0, size - LONGEST_COMMENT - 22)
    file.seek(start)
    tail = _exactly(file, size - start)
    at = tail.rfind(END)
    if at < 0 or len(tail) - at < 22:
        return None
    length, offset = struct.unpack_from("<2I", tail, at + 12)
    end = start + at
    if at >= 20 and tail[at - 20 : at - 16] == LOCATOR64:
        place = end - 20 - 56
        file.seek(max(0, place))
        record = _exactly(file, 56)
        if record[:4] == END64 and len(record) == 56:
            length, offset = struct.unpack_from("<2Q", record, 40)
            end = place
    first = end - length
    shift = first - offset
    file.seek(max(0, first))
    if first < 0 or shift < 0 or (length and _exactly(file, 4) != CENTRAL):
        return None
    return _entries(Feed(_range(file, first, length)), shift)


def _entries(feed: Feed, shift: int) -> Iterator[Entry]:
    """Entries as they stand; the list ends at what is not one. `shift` is the length of what was put before the zip."""
    while len(fixed := feed.exactly(46)) == 46 and fixed[:4] == CENTRAL:
        _, _, flags, method, _, _, crc, packed, size, names, extras, comments, _, _, outer, offset = ENTRY.unpack(fixed)
        name = feed.exactly(names)
        extra = feed.exactly(extras)
        feed.skip(comments)
        size, packed, offset = zip64(extra, size, packed, offset)
        mode = outer >> 16 if fixed[5] == 3 else 0
        yield Entry(label(name, flags), flags, method, crc, packed, size, offset + shift, 30 + names + packed, mode)


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


def _by_directory(stream: Stream, file: Seekable, entries: Iterable[Entry]) -> Iterator[Stream | InputError]:
    taken = list(islice(entries, stream.limits.members + 1))
    overlapping = _overlapping(taken)
    for place, entry in enumerate(taken):
        if entry.name.endswith("/") and not entry.size:
            continue
        if place in overlapping:
            what = "overlaps another member of the zip, left out"
            yield InputError(f"{stream.name}!{entry.name}", what, "ask for a sound archive", code=DAMAGED)
            continue
        trouble = refused(stream, entry)
        yield trouble or stream.member("zip", entry.name, _contents(stream, file, entry))


def _overlapping(entries: list[Entry]) -> set[int]:
    """Places in the list of members that begin inside one that stands before them in the file."""
    result = set()
    end = 0
    for place in sorted(range(len(entries)), key=lambda place: entries[place].offset):
        if entries[place].offset < end:
            result.add(place)
        else:
            end = entries[place].offset + entries[place].space
    return result


def refused(stream: Stream, entry: Entry) -> InputError | None:
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


def _contents(stream: Stream, file: Seekable, entry: Entry) -> Iterator[bytes]:
    file.seek(entry.offset)
    fixed = _exactly(file, 30)
    if len(fixed) < 30 or fixed[:4] != LOCAL:
        raise InputError(
            f"{stream.name}!{entry.name}", "no member where the directory says", "copy the file again", code=DAMAGED
        )
    *_, names, extras = LOCAL_HEADER.unpack(fixed)
    feed = Feed(_range(file, entry.offset + 30 + names + extras, entry.packed))
    yield from contents(stream, entry, feed)


# --- a member's data, however it was found -------------------------------------------------------------------------


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


def _range(file: Seekable, start: int, length: int) -> Iterator[bytes]:
    """Bytes of a file, sought for each chunk: other readers may have moved it."""
    left = length
    while left > 0:
        file.seek(start)
        chunk = file.read(min(left, CHUNK))
        if not chunk:
            return
        start += len(chunk)
        left -= len(chunk)
        yield chunk


def _exactly(file: Seekable, count: int) -> bytes:
    """`count` bytes of an unbuffered file, fewer at its end."""
    return Feed(iter(lambda: file.read(min(count, CHUNK)), b"")).exactly(count)

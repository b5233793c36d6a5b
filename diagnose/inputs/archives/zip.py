"""zip, by its directory where it can be sought in or held in memory, else by the headers before each member.

Members are streamed; nothing is written anywhere. One that is encrypted, overlaps another, is a link, or is packed in a
way not read here is named and left out alone; wrong sizes and checksums are reported after the text was used.
"""

from __future__ import annotations

import io
import struct
from itertools import islice
from typing import TYPE_CHECKING

from diagnose.errors import DAMAGED, InputError
from diagnose.inputs.archives.zip_format import (
    CENTRAL,
    END,
    END64,
    ENTRY,
    LOCAL,
    LOCAL_HEADER,
    LOCATOR64,
    LONGEST_COMMENT,
    Entry,
    contents,
    label,
    refused_entry,
    zip64,
)
from diagnose.inputs.feed import CHUNK, Feed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.inputs.stream import Seekable, Stream


def members(stream: Stream) -> Iterator[Stream | InputError]:
    """The files in `stream`, each to be read before the next is asked for."""
    file = stream.file
    chunks: Iterable[bytes] = ()
    if file is None:
        held, chunks = _held(stream)
        file = io.BytesIO(held) if not chunks else None
    entries = _directory(file) if file else None
    if file is None or entries is None:
        from diagnose.inputs.archives.zip_stream import walk

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
        trouble = refused_entry(stream, entry)
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

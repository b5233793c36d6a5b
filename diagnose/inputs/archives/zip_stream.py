"""zip read forwards, by the header before each member: for one that is cut off, or too large to hold and not seekable.

A member whose size follows its data is read where its packing tells its own end; stored so, it is passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.errors import DAMAGED, UNKNOWN, InputError
from diagnose.inputs.archives.zip_format import (
    CENTRAL,
    END,
    END64,
    LOCAL,
    LOCAL_HEADER,
    SIZES_AFTER,
    Entry,
    contents,
    label,
    refused_entry,
    zip64,
)
from diagnose.inputs.feed import CHUNK, Feed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.stream import Stream

LAST = (CENTRAL, END, END64)


def walk(stream: Stream, feed: Feed) -> Iterator[Stream | InputError]:
    """The members that `feed` shows; at the end, what kept it from being read as a whole."""
    trouble: InputError | None = None
    last = ""
    ended = False
    try:
        while not ended:
            passed, ended = _next_header(feed)
            stream.spend(0, passed)
            if ended or not feed.peek(1):
                break
            entry = _entry(feed)
            if entry is None:
                break
            last = entry.name
            yield from _member(stream, entry, feed)
    except InputError as error:
        trouble = error
    if trouble or not ended:
        what = trouble.what if trouble else "zip ends early (truncated), its directory is missing"
        yield InputError(
            stream.name,
            f"{what}; what follows {last or 'its start'} was not read",
            trouble.way_out if trouble else "copy the file again",
            code=trouble.code if trouble else DAMAGED,
        )


def _next_header(feed: Feed) -> tuple[int, bool]:
    """Pass over bytes up to the next member: how many, and whether the directory was met instead."""
    passed = 0
    while len(ahead := feed.peek(4096)) >= 4:
        at = ahead.find(b"PK")
        mark = ahead[at : at + 4] if at >= 0 else b""
        if mark == LOCAL or mark in LAST:
            feed.skip(at)
            return passed + at, mark in LAST
        passed += feed.skip(at + 2 if 0 <= at < len(ahead) - 4 else max(1, len(ahead) - 3))
    return passed + feed.skip(4), False


def _entry(feed: Feed) -> Entry | None:
    fixed = feed.exactly(30)
    if len(fixed) < 30:
        return None
    _, flags, method, _, _, crc, packed, size, names, extras = LOCAL_HEADER.unpack(fixed)
    name, extra = feed.exactly(names), feed.exactly(extras)
    size, packed = zip64(extra, size, packed)
    if flags & SIZES_AFTER and not packed:
        size = packed = -1
    return Entry(label(name, flags), flags, method, crc, packed, size)


def _member(stream: Stream, entry: Entry, feed: Feed) -> Iterator[Stream | InputError]:
    if entry.name.endswith("/") and entry.packed <= 0:
        return
    end = feed.offset + entry.packed
    trouble = refused_entry(stream, entry)
    if not trouble and entry.packed < 0 and entry.method == 0:
        what = "stored without its size ahead, left out"
        trouble = InputError(f"{stream.name}!{entry.name}", what, "name the archive as a file on disk", code=UNKNOWN)
    if trouble:
        yield trouble
    elif entry.packed < 0:
        data = contents(stream, entry, feed)
        yield stream.member("zip", entry.name, data)
        _drain(data)
    else:
        name = f"{stream.name}!{entry.name}"
        window = feed.window(entry.packed, name)
        yield stream.member("zip", entry.name, contents(stream, entry, Feed(window)))
    while feed.offset < end and (passed := feed.skip(min(end - feed.offset, CHUNK))):
        stream.spend(0, passed)


def _drain(data: Iterator[bytes]) -> None:
    """Read a member to its end, which nothing but its data tells; its own trouble was its reader's to report."""
    try:
        for _ in data:
            pass
    except InputError:
        pass

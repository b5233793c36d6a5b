"""Inputs to named streams of bytes: files, folders, standard input, plain or compressed. An edge module: it opens files.

`READERS` is a table with one row per kind; a kind is told by its content. Whatever goes wrong in one input is reported
as a `Trouble` and the rest goes on; what could be read before the trouble is used.
"""

from __future__ import annotations

import os
import stat
import sys
import zlib
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from diagnose.errors import KbError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

STDIN = "-"
CHUNK = 1 << 18
# Budgets for what is packed (SECURITY, Z1): a bomb is told by its ratio once it has grown.
MOST_UNPACKED = 2 << 30
RATIO, RATIO_FROM = 1000, 64 << 20


class InputError(KbError):
    """An input that could not be read, or not whole; `bytes_read` were used."""

    code = "KB-E010"

    def __init__(self, where: str, what: str, way_out: str = "", *, bytes_read: int = 0) -> None:
        super().__init__(where, what, way_out)
        self.bytes_read = bytes_read


class Reader(Struct, frozen=True):
    """A kind of input: its magic bytes, and how packed chunks become plain ones."""

    name: str
    magic: tuple[bytes, ...]
    unpack: Callable[[str, Iterable[bytes]], Iterator[bytes]]


class Source(Struct, frozen=True):
    """A named stream. `chunks` raises InputError at the point where reading ends early; `head` is its beginning."""

    name: str
    kind: str
    head: bytes
    chunks: Iterator[bytes]
    asked: bool = True


def plain(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    yield from chunks


def gunzip(name: str, chunks: Iterable[bytes]) -> Iterator[bytes]:
    """gzip members one after the other (RFC 1952); what follows the last one and is not gzip is ignored, as gzip does."""
    decoder = zlib.decompressobj(31)
    read = made = 0
    started = False
    try:
        for chunk in chunks:
            read += len(chunk)
            data = chunk
            while data:
                if decoder.eof:
                    data = data.lstrip(b"\0")
                    if not data:
                        break
                    if not data.startswith(b"\x1f\x8b"[: len(data)]):
                        return
                    decoder, started = zlib.decompressobj(31), False
                out = decoder.decompress(data, CHUNK)
                started = True
                data = decoder.unused_data if decoder.eof else decoder.unconsumed_tail
                made += len(out)
                _within_budget(name, read, made)
                if out:
                    yield out
    except zlib.error as error:
        raise InputError(
            name,
            f"damaged gzip data ({_reason(error)}); {made} bytes read before it were used",
            "copy the file again",
            bytes_read=made,
        ) from None
    if started and not decoder.eof:
        raise InputError(
            name,
            f"gzip data ends early (truncated); {made} bytes read before it were used",
            "copy the file again",
            bytes_read=made,
        )


def _reason(error: zlib.error) -> str:
    return str(error).rsplit(": ", 1)[-1]


def _within_budget(name: str, read: int, made: int) -> None:
    if made > MOST_UNPACKED:
        raise InputError(
            name,
            f"unpacks to more than {MOST_UNPACKED >> 30} GiB; the part before was used",
            "unpack it yourself and name the file",
            bytes_read=made,
        )
    if made > RATIO_FROM and made > RATIO * read:
        raise InputError(
            name,
            f"unpacks {RATIO} times its size, like a bomb; {made} bytes before it were used",
            "unpack it yourself and name the file",
            bytes_read=made,
        )


PLAIN = Reader("plain", (), plain)
READERS: tuple[Reader, ...] = (Reader("gzip", (b"\x1f\x8b",), gunzip),)


def open_inputs(names: Iterable[str], stdin: BinaryIO | None = None, limit: int = 0) -> Iterator[Source | InputError]:
    """Every stream of the inputs in order; a folder gives the files below it, sorted, symlinks not followed.

    `limit` cuts each input after so many bytes (0: none), and says so.
    """
    for name in names:
        if name == STDIN:
            yield _source(STDIN, stdin or sys.stdin.buffer, limit)
            continue
        for path, asked in _files(name):
            yield path if isinstance(path, InputError) else _opened(path, asked, limit)


def _files(name: str) -> Iterator[tuple[str | InputError, bool]]:
    if not os.path.isdir(name):
        yield name, True
        return
    try:
        names = sorted(os.listdir(name))
    except OSError as error:
        yield InputError(name, error.strerror or "cannot be listed", "check the permissions"), True
        return
    for entry in names:
        path = os.path.join(name, entry)
        if os.path.islink(path):
            continue
        for inner, _ in _files(path):
            yield inner, False


def _opened(name: str, asked: bool, limit: int) -> Source | InputError:
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        descriptor = os.open(name, flags)
    except FileNotFoundError:
        return InputError(name, "no such file", "check the name")
    except (OSError, ValueError) as error:
        return InputError(name, getattr(error, "strerror", None) or str(error), "check the name and the permissions")
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        return InputError(name, "not a regular file, skipped", "name a file, a folder or - for standard input")
    return _source(name, os.fdopen(descriptor, "rb", buffering=0), limit, asked)


def _source(name: str, file: BinaryIO, limit: int, asked: bool = True) -> Source | InputError:
    raw = _read(name, file, limit)
    try:
        head = next(raw, b"")
    except InputError as error:
        return error
    reader = next((r for r in READERS if head.startswith(r.magic)), PLAIN)
    chunks = reader.unpack(name, _again(head, raw))
    if reader is PLAIN:
        return Source(name, reader.name, head, chunks, asked)
    try:
        first = next(chunks, b"")
    except InputError as error:
        return error
    return Source(name, reader.name, first, _again(first, chunks), asked)


def _again(first: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    if first:
        yield first
    yield from rest


def _read(name: str, file: BinaryIO, limit: int) -> Iterator[bytes]:
    read = 0
    with file:
        while True:
            try:
                chunk = file.read(CHUNK)
            except OSError as error:
                raise InputError(
                    name,
                    f"{error.strerror or error}; {read} bytes before it were used",
                    "check the disk or the share",
                    bytes_read=read,
                ) from None
            if not chunk:
                return
            read += len(chunk)
            if limit and read > limit:
                yield chunk[: len(chunk) - (read - limit)]
                raise InputError(
                    name,
                    f"longer than --max-bytes {limit}; the rest was not read",
                    "raise --max-bytes",
                    bytes_read=limit,
                )
            yield chunk

"""Inputs to named streams of bytes: files, folders, standard input, and what is packed in them. An edge module: it opens
files and reads them.

What the kinds are and how each is read is in `diagnose/readers/`. Whatever goes wrong in one input or member is given as
an InputError and the rest goes on; what could be read before the trouble is used. Nothing is ever written.
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from io import BufferedReader, FileIO
from typing import TYPE_CHECKING, BinaryIO

from msgspec import Struct

from diagnose.errors import LEFT_OUT, LIMIT, UNKNOWN, InputError
from diagnose.inputs.feed import CHUNK, Feed
from diagnose.inputs.kinds import HEAD, kind_told
from diagnose.inputs.stream import Limits, Stream, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diagnose.inputs.kinds import Reader

    Progress = Callable[[int], object]
    Again = Callable[[], BinaryIO]

__all__ = [
    "CHUNK",
    "STDIN",
    "InputError",
    "Limits",
    "Source",
    "files_of",
    "open_inputs",
    "open_object",
    "open_stream",
    "size_of",
]

STDIN = "-"
# What version control keeps beside the files: packed objects and samples of hooks, never a log.
VERSION_CONTROL = frozenset({".git", ".hg", ".svn", ".bzr", ".jj"})
NOT_FILES = {
    stat.S_IFIFO: "a FIFO",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a character device",
    stat.S_IFBLK: "a block device",
}


class Source(Struct, frozen=True):
    """A named stream. `chunks` raises InputError at the point where reading ends early; `head` is its beginning.

    Sources come in order and are read in order: one that is left unread is passed over, one that is asked for after
    its successor raises. A member of an archive is named `bundle.zip!dir/x.log`. `kind` says what it is, outermost
    first (`zip+gzip+json-lines`, `plain`). `asked` is False for what was found in a folder or an archive.
    `encoding` is filled where the chunks were made into UTF-8 already. `again` is there for a plain file whose bytes are
    its text: it opens the file anew, so that ranges of it can be read apart. `size` is that of the file (0: not known).
    """

    name: str
    kind: str
    head: bytes
    chunks: Iterator[bytes]
    asked: bool = True
    encoding: str = ""
    again: Again | None = None
    size: int = 0


def open_inputs(
    names: Iterable[str],
    stdin: BinaryIO | None = None,
    limit: int = 0,
    *,
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008
    asked: bool = True,
) -> Iterator[Source | InputError]:
    """Every stream of the inputs in order; a folder gives the files below it, sorted, symlinks not followed, the folders
    of version control left out and named. `asked` is False where the names themselves were found in a folder.

    `limit` cuts each input after so many bytes (0: none), and says so. `progress` is called with the number of bytes
    just read from disk or standard input, packed as they are; `size_of` gives what they add up to.
    """
    for name in names:
        if name == STDIN:
            yield from _expanded(Stream(STDIN, _read(_Disk(STDIN, stdin or sys.stdin.buffer, progress), limit), limits))
            continue
        for found in files_of(name):
            if isinstance(found, InputError):
                yield found
            else:
                yield from _opened(found, asked and found == name, limit, progress, limits)


def open_stream(
    name: str,
    file: BinaryIO,
    limit: int = 0,
    *,
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008
) -> Iterator[Source | InputError]:
    """The sources of a stream that somebody else opened, under `name`: read once, in order, unpacked like a file."""
    yield from _expanded(Stream(name, _read(_Disk(name, file, progress), limit), limits))


def open_object(
    name: str,
    again: Again,
    size: int,
    limit: int = 0,
    *,
    progress: Progress | None = None,
    limits: Limits = Limits(),  # noqa: B008
    asked: bool = True,
) -> Iterator[Source | InputError]:
    """The sources of something of `size` bytes (0: not known) that somebody else opens, with `again`, as often as it is read."""
    yield from _on_disk(_Disk(name, again(), progress), size, limit, limits, asked, again if size else None)


def size_of(names: Iterable[str]) -> int:
    """Bytes on disk of all files below `names`, for a progress bar; what cannot be looked at counts nothing."""
    total = 0
    for name in names:
        for found in files_of(name) if name != STDIN else ():
            try:
                total += os.stat(found).st_size if isinstance(found, str) else 0
            except (OSError, ValueError):
                continue
    return total


# --- folders -------------------------------------------------------------------------------------------------------


def files_of(name: str) -> Iterator[str | InputError]:
    """The file `name`, or all files below the folder `name`; a link that was named itself is followed."""
    if not os.path.isdir(name):
        yield name
        return
    waiting: list[str] = [name]
    while waiting:
        path = waiting.pop()
        if path != name and os.path.islink(path):
            yield InputError(_label(path), "symbolic link in a folder, not followed", "name it", code=LEFT_OUT)
        elif not os.path.isdir(path):
            yield path
        elif path != name and os.path.split(path)[1] in VERSION_CONTROL:
            yield InputError(_label(path), "folder of version control, not looked into", "name it", code=LEFT_OUT)
        else:
            try:
                waiting += [os.path.join(path, entry) for entry in sorted(os.listdir(path), reverse=True)]
            except OSError as error:
                yield InputError(_label(path), _reason(error), "check the permissions")


def _label(name: str) -> str:
    """A file's name for people and JSON: bytes that are not UTF-8 shown as escapes."""
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _reason(error: OSError | ValueError) -> str:
    return getattr(error, "strerror", None) or str(error)


# --- files ---------------------------------------------------------------------------------------------------------


class _File(FileIO):
    """Closed with the last source that can read from it, also where that goes in a circle of references."""

    def __del__(self) -> None:
        self.close()


class _Disk:
    """An open file whose reads are counted, and whose errors say which input they belong to."""

    def __init__(self, name: str, file: BinaryIO, progress: Progress | None) -> None:
        self.name = name
        self.file = file
        self.read_so_far = 0
        self._progress = progress
        self._ended = False

    def read(self, count: int = CHUNK) -> bytes:
        if self._ended:  # a terminal would wait for another end of the input
            return b""
        try:
            data = self.file.read(count)
        except (OSError, ValueError) as error:
            raise self.early(_reason(error), "check the disk or the share") from None
        if data is None:
            raise self.early("has nothing to read now and would wait", "give it on standard input")
        # A buffered reader fills the count unless its end is near: a terminal is not asked twice for it.
        self._ended = not data or (len(data) < count and isinstance(self.file, BufferedReader))
        self.read_so_far += len(data)
        if self._progress and data:
            self._progress(len(data))
        return data

    def seek(self, offset: int, whence: int = 0) -> int:
        self._ended = False
        try:
            return self.file.seek(offset, whence)
        except (OSError, ValueError) as error:
            raise self.early(_reason(error), "check the disk or the share") from None

    def early(self, what: str, way_out: str, code: str = "KB-E010") -> InputError:
        used = self.read_so_far
        return InputError(self.name, f"{what}; {used} bytes before it were used", way_out, bytes_read=used, code=code)


def _opened(
    path: str, asked: bool, limit: int, progress: Progress | None, limits: Limits
) -> Iterator[Source | InputError]:
    name = _label(path)
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    try:
        status = os.stat(path)
        if stat.S_ISREG(status.st_mode):
            file = _File(path, opener=lambda name, _: os.open(name, flags))
            status = os.fstat(file.fileno())
    except FileNotFoundError:
        yield InputError(name, "no such file", "check the name")
        return
    except (OSError, ValueError) as error:
        yield InputError(name, _reason(error), "check the name and the permissions")
        return
    if not stat.S_ISREG(status.st_mode):
        what = NOT_FILES.get(stat.S_IFMT(status.st_mode), "something else")
        yield InputError(
            name,
            f"not a regular file but {what}, skipped",
            "name a file, a folder or - for standard input",
            code="KB-E010" if asked else LEFT_OUT,
        )
        return
    disk = _Disk(name, file, progress)
    endless = _is_endless(status)
    sparse = not endless and _is_sparse(status)
    if endless or sparse:
        chunks = _read(disk, limit, 0 if endless else status.st_size, limits.endless if endless else 0, sparse)
        yield from _expanded(Stream(name, chunks, limits, size=status.st_size), asked)
    else:
        yield from _on_disk(disk, status.st_size, limit, limits, asked, lambda: _File(path))


def _on_disk(
    disk: _Disk, size: int, limit: int, limits: Limits, asked: bool, again: Again | None
) -> Iterator[Source | InputError]:
    whole = again is not None and not limit
    stream = Stream(disk.name, _read(disk, limit, size), limits, file=disk if whole else None, size=size)
    yield from _expanded(stream, asked, again if whole else None)


def _is_endless(status: os.stat_result) -> bool:
    """A file whose size says nothing about what it gives, as those in /proc."""
    try:
        return not status.st_size or status.st_dev == os.stat("/proc/self").st_dev
    except OSError:
        return not status.st_size


def _is_sparse(status: os.stat_result) -> bool:
    """Whether a file may have holes, and the system can tell where."""
    return hasattr(os, "SEEK_DATA") and getattr(status, "st_blocks", 1 << 62) * 512 < status.st_size


def _read(disk: _Disk, limit: int, size: int = 0, endless: int = 0, sparse: bool = False) -> Iterator[bytes]:
    """The bytes of a file as long as it was when it was opened (`size`, 0: not known). Holes are not read."""
    at = 0
    while True:
        if sparse:
            at = _data_from(disk, at, size)
        wanted = min(CHUNK, size - at) if size else CHUNK
        chunk = disk.read(wanted) if wanted > 0 else b""
        if not chunk:
            break
        at += len(chunk)
        if limit and disk.read_so_far > limit:
            yield chunk[: len(chunk) - (disk.read_so_far - limit)]
            disk.read_so_far = limit
            raise disk.early(f"longer than --max-bytes {limit}, the rest was not read", "raise --max-bytes", LIMIT)
        yield chunk
        if endless and at >= endless:
            what = f"a file without a size that gave {in_words(endless)}, the rest was not read"
            raise disk.early(what, "copy the part that matters and name the copy", LIMIT)
    if at < size:
        raise disk.early(f"ended {size - at} bytes short: it was cut while it was read", "run it again")


def _data_from(disk: _Disk, at: int, size: int) -> int:
    """The first place from `at` on that holds data."""
    try:
        return os.lseek(disk.file.fileno(), at, os.SEEK_DATA)
    except OSError as error:
        return size if error.errno == errno.ENXIO else os.lseek(disk.file.fileno(), at, os.SEEK_SET)


# --- what is packed in them ----------------------------------------------------------------------------------------


def _expanded(stream: Stream, asked: bool = True, again: Again | None = None) -> Iterator[Source | InputError]:
    """The sources in `stream`: itself, what it unpacks to, or its members."""
    head = stream.feed.peek(HEAD)
    if not head and stream.feed.trouble:
        yield stream.feed.trouble.said_of(stream.name)
        return
    reader = kind_told(head, stream.name)
    if reader is None:
        kind = "+".join(stream.kinds) or "plain"
        plain = None if stream.kinds else again
        yield Source(stream.name, kind, head, _chunks(stream.feed, stream.name), asked, "", plain, stream.size)
    elif reader.shape == "part":
        yield Source(stream.name, reader.name, head, _chunks(stream.feed, stream.name), asked)
    elif reader.shape == "text":
        yield from _rendered(stream, reader, asked)
    elif reader.shape == "unread":
        what = f"{reader.name}, a kind that is not read here"
        yield InputError(stream.name, what, "unpack it and name what is inside", code=UNKNOWN)
    elif stream.layers >= stream.limits.depth and not stream.shares_layer(reader.name):
        what = f"packed more than {stream.limits.depth} deep, skipped"
        yield InputError(stream.name, what, "unpack it and name what is inside", code=LIMIT)
    elif reader.shape == "packed":
        yield from _expanded(stream.layer(reader.name, reader.load()(stream)), asked)
    else:
        yield from _members(stream, reader)


def _chunks(feed: Feed, name: str) -> Iterator[bytes]:
    """What is left of a source. Trouble becomes an error that names the source and does not keep the file open."""
    try:
        yield from feed.rest()
        return
    except InputError as error:
        trouble = error.said_of(name)
    del feed
    raise trouble


def _rendered(stream: Stream, reader: Reader, asked: bool) -> Iterator[Source | InputError]:
    text = Stream(stream.name, reader.load()(stream), stream.limits)
    head = text.feed.peek(HEAD)
    if not head and text.feed.trouble:
        yield text.feed.trouble.said_of(stream.name)
        return
    kind = "+".join((*stream.kinds, reader.name))
    yield Source(stream.name, kind, head, _chunks(text.feed, stream.name), asked, "utf-8", None, stream.size)


def _members(stream: Stream, reader: Reader) -> Iterator[Source | InputError]:
    """The members of an archive, as long as their number and size stay within the limits."""
    spent, limits = stream.spent, stream.limits
    try:
        for member in reader.load()(stream):
            spent.members += 1
            if isinstance(member, InputError):
                yield member
            else:
                yield from _expanded(member, asked=False)
            if spent.members >= limits.members:
                yield stream.over(f"more than {limits.members} members, the rest was not read")
                return
            if spent.total > limits.total:
                yield stream.over(f"more than {in_words(limits.total)} in all, the rest was not read", spent.total)
                return
    except InputError as error:
        yield error

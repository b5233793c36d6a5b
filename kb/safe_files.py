"""The one way to read a file that somebody else may have made, and the one way to write a file.

Reading takes regular files only, so that a pipe or a device does not hold kb up, and, where a folder is given, follows no link
out of it. Writing makes the file anew beside its place, for its owner alone, and renames it: complete or not at all, and never
through a link. What writers that died left beside it is swept. An edge module: it touches files.
"""

from __future__ import annotations

import os
import stat
import sys
import time
import zlib
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import BinaryIO

STALE_SECONDS = 3600
LARGEST = 64 << 20  # of a file that nothing else bounds
_READ = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
_CREATE = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class NotPlainError(OSError):
    """What is named is no regular file, or a link that leads elsewhere."""

    def __init__(self, what: str, path: str | Path) -> None:
        super().__init__(0, what, str(path))


def opened(path: str | Path, inside: Path | None = None) -> BinaryIO:
    """The file for reading. OSError where it is not a regular file, or where a link leads out of the folder `inside`."""
    if inside is not None:
        check_inside(path, inside)
    if not stat.S_ISREG(os.stat(path).st_mode):  # before it is opened: that alone may do something to a device
        raise NotPlainError("is not a regular file", path)
    file = open(path, "rb", opener=lambda name, _: os.open(name, _READ))  # noqa: SIM115  # closed by the caller
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise NotPlainError("is not a regular file", path)
    return file


def read(path: str | Path, most: int = LARGEST, inside: Path | None = None) -> bytes:
    """At most `most` bytes and one more, by which a longer file is known."""
    with opened(path, inside) as file:
        return file.read(most + 1)


def check_inside(path: str | Path, folder: Path) -> None:
    """OSError where `path` is not below `folder` once its links are followed."""
    if not Path(path).resolve().is_relative_to(folder.resolve()):
        raise NotPlainError("is a link that leads out of its folder", path)


def write(path: str | Path, data: bytes, *, force: bool = True, inside: Path | None = None) -> None:
    """Write the whole file or nothing. FileExistsError where it exists and `force` does not allow it to go.

    Folders between `inside` and the file that are missing are made; one that is a link out of it is refused.
    """
    if inside is not None:
        check_inside(Path(path).parent, inside)
        Path(path).parent.mkdir(parents=True, exist_ok=True)
    if os.path.lexists(path) and not (force and stat.S_ISREG(os.lstat(path).st_mode)):
        if force:
            raise NotPlainError("is not a regular file", path)
        raise FileExistsError(17, "the file exists", str(path))
    with aside(path) as fresh, open(fresh, "r+b") as file:
        file.write(data)


@contextmanager
def aside(path: str | Path) -> Iterator[str]:
    """An empty file of this user alone to be filled; it takes the place of `path` unless filling it fails."""
    sweep(path)
    fresh = f"{path}.{mark()}-{os.urandom(4).hex()}.tmp"
    os.close(os.open(fresh, _CREATE, 0o600))
    try:
        yield fresh
        flush(fresh)
        os.replace(fresh, path)  # noqa: PTH105  # names may hold bytes that are no text
    except BaseException:
        if os.path.lexists(fresh):
            os.unlink(fresh)
        raise
    flush_folder(Path(path).parent)


def flush(path: str | Path) -> None:
    """So that the content is on the disk before the name is."""
    with open(path, "rb+") as file:
        os.fsync(file.fileno())


def flush_folder(path: str | Path) -> None:
    """So that the rename outlives a power cut; Windows cannot open a folder, and needs no flush."""
    if sys.platform != "win32":
        number = os.open(path, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def sweep(path: str | Path) -> None:
    """Remove what writers of `path` that died left beside it."""
    folder, name = os.path.split(str(path))
    try:
        with os.scandir(folder or ".") as entries:
            for entry in entries:
                writer = entry.name.removeprefix(name + ".")
                if entry.name.startswith(name + ".") and writer.endswith(".tmp") and abandoned(entry, writer):
                    os.unlink(entry.path)
    except OSError:
        pass  # what cannot be swept now is swept another time


def abandoned(entry: os.DirEntry[str] | Path, writer: str) -> bool:
    """Whether what `writer` (HOST-PID-..., as in `mark`) was making is left over: it died, or it is an hour old."""
    host, number, *_ = [*writer.split("-"), "", ""]
    dead = host == _host() and number.isdigit() and not _alive(int(number))
    return dead or os.lstat(entry).st_mtime < time.time() - STALE_SECONDS


def mark() -> str:
    """HOST-PID of this process: the start of the name of everything that it has not finished yet."""
    return f"{_host()}-{os.getpid()}"


def _host() -> str:
    """Process numbers mean something on one machine only; a home folder may be shared by several."""
    name = os.environ.get("COMPUTERNAME", "") if sys.platform == "win32" else os.uname().nodename
    return f"{zlib.crc32(name.encode('utf-8', 'replace')):08x}"


def _alive(number: int) -> bool:
    if sys.platform == "win32":  # there os.kill(pid, 0) ends the process; age decides
        return True
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        pass
    return True

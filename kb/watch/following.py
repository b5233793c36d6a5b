"""Files that grow, are rotated, cut off or appear: what was written to them since the last look, as bytes.

An edge module: it opens files. Nothing is lost by a rotation by name, also by several between two looks, as long as the files
are still in their folder. Of a file that is cut off and written anew, what was not yet read is gone with it.
"""

from __future__ import annotations

import os
import time
from glob import escape, glob
from typing import TYPE_CHECKING

from diagnose.errors import KbError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

MOST_READ = 4 << 20  # bytes of one file in one look
HEAD = 64  # bytes by which a file that was written anew is known
LINGER = 10.0  # seconds for which a file that was rotated away is still read: its writer may not know yet
GLOB_EVERY = 2.0
MOST_FILES = 1000
_FLAGS = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


class _Handle:
    """An open file and how far it was read."""

    def __init__(self, path: str, *, at_end: bool) -> None:
        self.number = os.open(path, _FLAGS)
        status = os.fstat(self.number)
        self.identity = (status.st_dev, status.st_ino)
        self.at = status.st_size if at_end else 0
        self.head = self._head()
        self.changed = status.st_mtime_ns  # as of the last look
        self.left = 0.0  # when it was rotated away

    def _head(self) -> bytes:
        os.lseek(self.number, 0, os.SEEK_SET)
        return os.read(self.number, HEAD)

    def read(self) -> bytes:
        status = os.fstat(self.number)
        if not self.left:
            self.changed = status.st_mtime_ns
        if status.st_size < self.at or (self.at and not self._head().startswith(self.head)):
            self.at, self.head = 0, b""
        if status.st_size <= self.at:
            return b""
        os.lseek(self.number, self.at, os.SEEK_SET)
        data = os.read(self.number, MOST_READ)
        self.at += len(data)
        if len(self.head) < HEAD:
            self.head = self._head()
        return data

    def close(self) -> None:
        os.close(self.number)


class File:
    """One path, whatever file stands there. `read` gives what is new, empty where nothing is."""

    def __init__(self, path: str, *, at_end: bool) -> None:
        """At its end, or at its beginning. A file that does not exist yet is waited for, and then read whole."""
        self.name = path
        self._handle: _Handle | None = None
        self._leaving: list[_Handle] = []
        self._open(at_end=at_end)

    def _open(self, *, at_end: bool) -> None:
        try:
            self._handle = _Handle(self.name, at_end=at_end)
        except OSError:
            self._handle = None

    def read(self, now: float) -> bytes:
        """The older file first, until nothing comes of it any more."""
        self._look(now)
        for handle in tuple(self._leaving):
            if data := self._tried(handle):
                return data
            if now - handle.left > LINGER:
                handle.close()
                self._leaving.remove(handle)
        return self._tried(self._handle) if self._handle else b""

    def _tried(self, handle: _Handle) -> bytes:
        try:
            return handle.read()
        except OSError:
            return b""

    def _look(self, now: float) -> None:
        """Go on to the file that stands at the path now, and to those that stood there meanwhile."""
        try:
            status = os.stat(self.name)
        except OSError:
            return
        if self._handle is None:
            self._open(at_end=False)
        elif (status.st_dev, status.st_ino) != self._handle.identity:
            old = self._handle
            between = list(self._between(old, (status.st_dev, status.st_ino)))
            self._open(at_end=False)
            for handle in (old, *between):
                handle.left = now
                self._leaving.append(handle)

    def _between(self, old: _Handle, new: tuple[int, int]) -> Iterator[_Handle]:
        """Files with the same beginning of their name that are younger than `old`, in the order in which they were written."""
        found = []
        for path in glob(f"{escape(self.name)}.*"):  # noqa: PTH207
            try:
                handle = _Handle(path, at_end=False)
            except OSError:
                continue
            known = {old.identity, new, *(handle.identity for handle in self._leaving)}
            packed = handle.head[:2] in (b"\x1f\x8b", b"BZ", b"\xfd7", b"\x28\xb5")
            if handle.identity in known or packed or handle.changed < old.changed:
                handle.close()
            else:
                found.append(handle)
        return iter(sorted(found, key=lambda handle: handle.changed))

    def close(self) -> None:
        for handle in (*self._leaving, *([self._handle] if self._handle else [])):
            handle.close()
        self._leaving, self._handle = [], None


class Files:
    """All files of some names, of which those with `*`, `?` or `[` are patterns that are looked at again and again."""

    def __init__(self, names: Sequence[str], *, at_end: bool) -> None:
        """KbError where a name that is no pattern is something else than a file."""
        self._patterns = [name for name in names if _is_pattern(name)]
        self._next_look = 0.0
        self.files: dict[str, File] = {}
        for name in names:
            if name not in self._patterns:
                if os.path.lexists(name) and not os.path.isfile(name):  # noqa: PTH113  # names may hold bytes that are no text
                    raise KbError(name, "is not a regular file", "name a file that is being written, or a pattern")
                self.files[name] = File(name, at_end=at_end)
        self._find(at_end=at_end)

    def _find(self, *, at_end: bool) -> None:
        for pattern in self._patterns:
            for path in sorted(glob(pattern, recursive=True)):  # noqa: PTH207
                if path not in self.files and len(self.files) < MOST_FILES and os.path.isfile(path):  # noqa: PTH113
                    self.files[path] = File(path, at_end=at_end)

    def read(self) -> list[tuple[str, bytes]]:
        """(name, bytes) of every file that has something new."""
        now = time.monotonic()
        if self._patterns and now >= self._next_look:
            self._find(at_end=False)
            self._next_look = now + GLOB_EVERY
        return [(file.name, data) for file in self.files.values() if (data := file.read(now))]

    @property
    def ended(self) -> bool:
        return False

    def close(self) -> None:
        for file in self.files.values():
            file.close()


def _is_pattern(name: str) -> bool:
    return any(ch in name for ch in "*?[") and not os.path.lexists(name)

"""Chunks as a file that is read once, forwards: the next bytes, exactly so many, or skip so many.

Takes an iterator of chunks; knows nothing of formats. Where the chunks end with an InputError, it is raised at that
place, after all that came before it, and again on every later read, so that an early end never looks like a clean one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CHUNK = 1 << 18


class Feed:
    """`offset` is the number of bytes taken so far, `pulled` that of those that the chunks have given."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._data = b""
        self._at = 0
        self._trouble: InputError | None = None
        self.offset = self.pulled = 0

    def some(self, most: int = CHUNK) -> bytes:
        """Between one and `most` bytes; empty at the end."""
        if self._at >= len(self._data) and not self._more():
            return b""
        if self._at == 0 and len(self._data) <= most:
            taken, self._data = self._data, b""
        else:
            taken = self._data[self._at : self._at + most]
            self._at += len(taken)
        self.offset += len(taken)
        return taken

    def exactly(self, count: int) -> bytes:
        """`count` bytes, fewer only at the end."""
        taken = self.some(count)
        if len(taken) == count or not taken:
            return taken
        parts = [taken]
        left = count - len(taken)
        while left and (taken := self.some(left)):
            parts.append(taken)
            left -= len(taken)
        return b"".join(parts)

    def skip(self, count: int) -> int:
        """Pass over `count` bytes; gives how many there were."""
        left = count
        while left and (taken := self.some(min(left, CHUNK))):
            left -= len(taken)
        return count - left

    def back(self, data: bytes) -> None:
        """Put `data`, taken just before, in front again."""
        start = self._at - len(data)
        if start >= 0 and self._data[start : self._at] == data:
            self._at = start
        else:
            self._data, self._at = data + self._data[self._at :], 0
        self.offset -= len(data)

    def peek(self, count: int) -> bytes:
        """The next `count` bytes (fewer at the end), left where they are; trouble is kept for the next read."""
        if len(self._data) - self._at >= count:
            return self._data[self._at : self._at + count]
        parts = [self._data[self._at :]]
        length = len(parts[0])
        try:
            while length < count and self._more():
                parts.append(self._data)
                length += len(self._data)
        except InputError:
            pass
        self._data, self._at = b"".join(parts) if len(parts) > 1 else parts[0], 0
        return self._data[:count]

    def line(self, longest: int) -> bytes:
        """The next line with its LF, or `longest` bytes of it; empty at the end."""
        end = self._data.find(b"\n", self._at, self._at + longest) + 1
        if end:
            return self.some(end - self._at)
        parts: list[bytes] = []
        left = longest
        while left and (taken := self.some(left)):
            end = taken.find(b"\n") + 1
            parts.append(taken[:end] if end else taken)
            left -= len(taken)
            if end:
                self.back(taken[end:])
                break
        return b"".join(parts)

    @property
    def trouble(self) -> InputError | None:
        """Why the chunks ended early, as soon as that is known."""
        return self._trouble

    def rest(self) -> Iterator[bytes]:
        """All that is left, chunk by chunk."""
        while data := self.some(1 << 62):
            yield data

    def window(self, size: int, name: str) -> Iterator[bytes]:
        """The next `size` bytes (fewer at the end), as long as nobody has read on: `name` says whose bytes they are."""
        start, made = self.offset, 0
        while made < size:
            if self.offset != start + made:
                raise InputError(name, "asked for after the next member", "read members in order")
            chunk = self.some(min(size - made, CHUNK))
            if not chunk:
                return
            made += len(chunk)
            yield chunk

    def _more(self) -> bool:
        """The next chunk that is not empty in place of the one that is used up."""
        if self._trouble:
            raise self._trouble.said_of(self._trouble.where)
        try:
            self._data = next(filter(None, self._chunks), b"")
        except InputError as error:
            # Kept as a new error: this one holds the frames that hold this feed, and so the file open.
            self._trouble, self._data, self._at = error.said_of(error.where), b"", 0
            raise
        self._at = 0
        self.pulled += len(self._data)
        return bool(self._data)

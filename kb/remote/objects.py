"""One object of a store as a file: read in blocks as it is needed, never kept, refused where it changes meanwhile.

An edge module: it opens connections.
"""

from __future__ import annotations

from io import RawIOBase
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from kb.remote.drivers import connected
from kb.remote.failures import changed, told

if TYPE_CHECKING:
    from typing import BinaryIO

BLOCK = 4 << 20  # bytes fetched at once, and kept of an open object
# What tells one version of an object from the next, by the names that drivers have for it.
VERSION = (
    "etag",
    "md5hash",
    "generation",
    "content-md5",
    "version_id",
    "lastmodified",
    "last-modified",
    "last_modified",
    "mtime",
    "size",
)


class Remote(Struct, frozen=True):
    """An object that was found: its URI, its size (0: not known) and what its version is told by."""

    uri: str
    size: int = 0
    version: str = ""

    def again(self) -> BinaryIO:
        """It opened; InputError where that cannot be, or where it is another than was found."""
        return _Object(self)  # type: ignore[return-value]  # as much of a file as is read of one


def version_of(info: dict[str, Any]) -> str:
    """A text that is another one when the object is."""
    named = {key.lower(): value for key, value in info.items()}
    return " ".join(f"{key}={named[key]}" for key in VERSION if named.get(key) is not None)


def looked_up(uri: str) -> dict[str, Any]:
    """What the store says of an object now."""
    try:
        system, path = connected(uri)
        system.invalidate_cache(path)
        return dict(system.info(path))
    except Exception as error:  # drivers raise what they like
        raise told(uri, error) from None


class _Object(RawIOBase):
    """`read` gives as much as was asked for, fewer only at the end; there it looks whether the object is still the same."""

    def __init__(self, remote: Remote) -> None:
        self._remote = remote
        self._used = self._at = 0
        if version_of(looked_up(remote.uri)) != remote.version:
            raise changed(remote.uri)
        try:
            system, path = connected(remote.uri)
            self._file = system.open(path, "rb", block_size=BLOCK)
        except Exception as error:
            raise told(remote.uri, error) from None

    def read(self, count: int = -1, /) -> bytes:
        parts: list[bytes] = []
        left = count
        try:
            while left and (data := self._file.read(left)):
                parts.append(data)
                left -= len(data) if left > 0 else 0
        except Exception as error:
            raise told(self._remote.uri, error, self._used) from None
        made = b"".join(parts)
        self._used += len(made)
        self._at += len(made)
        ends = left > 0 or 0 < self._remote.size <= self._at
        if ends and version_of(looked_up(self._remote.uri)) != self._remote.version:
            raise changed(self._remote.uri, self._used)
        return made

    def seek(self, offset: int, whence: int = 0, /) -> int:
        try:
            self._at = int(self._file.seek(offset, whence))
        except Exception as error:
            raise told(self._remote.uri, error, self._used) from None
        return self._at

    def close(self) -> None:
        if not self.closed and (file := getattr(self, "_file", None)):
            file.close()
        super().close()

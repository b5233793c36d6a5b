"""The derived file itself: private, made aside and renamed into place, never changed after that, checked before it is read.

Its header carries kb's format (`user_version` of SQLite) and a checksum of all the rest (`application_id`). Because it never
changes, reading takes no lock and waits for nobody. An edge module.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import threading
import time
import zlib
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.errors import KbError
from kb.safe_files import aside, opened
from kb.store.schema import FORMAT, PAGE, SCHEMA, DamagedError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import BinaryIO

# Compared whole at every opening up to here (about 5 ms at the size of the shipped base); what is read of a larger one is
# checked value by value, and all of it beside the diagnosis (`Comparing`).
CHECKED_BYTES = 32 << 20
_MAGIC = b"SQLite format 3\0"
_HEAD = 100
_VERSION = slice(60, 64)
_SUM = slice(68, 72)
_CHUNK = 1 << 20
OLD = 30 * 86400


def connected(path: Path, *, deep: bool = False) -> sqlite3.Connection | None:
    """The file opened for reading; None where there is none or one of another format. DamagedError where it is not as it
    was written; KbError where it is not a private file of this user."""
    try:
        _check_private(path)
        with opened(path) as file:
            if not _is_current(file, deep):
                return None
    except FileNotFoundError:
        return None
    except OSError as error:
        raise DamagedError(error.strerror or str(error)) from None
    return _reading(path)


def of_package(path: Path) -> sqlite3.Connection | None:
    """A file of this package, opened for reading; None where there is none, or not one of this format as it was written."""
    try:
        with opened(path) as file:
            if not _is_current(file, deep=True):
                return None
    except (OSError, DamagedError):
        return None
    return _reading(path)


def _reading(path: Path) -> sqlite3.Connection:
    uri = f"{path.absolute().as_uri()}?immutable=1"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False)


class Comparing:
    """A large file compared whole in a thread, while it is read already: damage may hide a row, which no value tells."""

    def __init__(self, path: Path) -> None:
        self._damage: DamagedError | None = None
        self._thread = threading.Thread(target=self._compare, args=(path,), daemon=True)
        self._thread.start()

    def wait(self) -> None:
        """Until all is compared; DamagedError where the file is not as it was written."""
        self._thread.join()
        if self._damage:
            raise self._damage

    def _compare(self, path: Path) -> None:
        try:
            with opened(path) as file:
                _is_current(file, deep=True)
        except DamagedError as error:
            self._damage = error
        except OSError as error:
            self._damage = DamagedError(error.strerror or str(error))


def comparing(path: Path) -> Comparing | None:
    """The comparison of a file that was too large for it when it was opened."""
    return Comparing(path) if path.stat().st_size > CHECKED_BYTES else None


def _check_private(path: Path) -> None:
    info = path.lstat()
    foreign = sys.platform != "win32" and (info.st_uid != os.geteuid() or info.st_mode & 0o022)
    if not stat.S_ISREG(info.st_mode) or foreign:
        raise KbError(str(path), "is not a private file of this user", "remove it; it is made again")


def _is_current(file: BinaryIO, deep: bool) -> bool:
    """Whether the file is of this format; DamagedError where its bytes are not those that were written."""
    head = file.read(_HEAD)
    if not head.startswith(_MAGIC) or len(head) < _HEAD:
        raise DamagedError("it is no index")
    whole = deep or os.fstat(file.fileno()).st_size <= CHECKED_BYTES
    if whole and int.from_bytes(head[_SUM], "big") != _checksum(head, file):
        raise DamagedError("it is not as it was written")
    return int.from_bytes(head[_VERSION], "big") == FORMAT


def _checksum(head: bytes, file: BinaryIO) -> int:
    value = zlib.crc32(head[: _SUM.start] + head[_SUM.stop :])
    while chunk := file.read(_CHUNK):
        value = zlib.crc32(chunk, value)
    return value


def in_memory(old: sqlite3.Connection | None = None) -> sqlite3.Connection:
    """A base that is kept nowhere: empty, or as in `old`."""
    return _started(":memory:", old)


def replace(path: Path, old: sqlite3.Connection | None, fill: Callable[[sqlite3.Connection], None]) -> None:
    """Make the file anew: as in `old`, then filled. A crash leaves the one that was there."""
    path.with_name(path.name + "-journal").unlink(missing_ok=True)  # of the format before 43, which wrote in place
    with aside(path) as fresh:
        connection = _started(fresh, old)
        try:
            fill(connection)
        finally:
            connection.close()
        with open(fresh, "r+b") as file:
            head = file.read(_HEAD)
            value = _checksum(head, file)
            file.seek(_SUM.start)
            file.write(value.to_bytes(4, "big"))


def sweep(path: Path) -> None:
    """Remove what other formats of kb keep of the base of `path` and have not made anew for OLD seconds."""
    base = path.name.partition(".")[0].rpartition("-")[0]
    for other in (*path.parent.glob(f"{base}.sqlite"), *path.parent.glob(f"{base}-*.sqlite")):
        with suppress(OSError):
            if other != path and time.time() - other.lstat().st_mtime > OLD:
                other.unlink()


def _started(path: str, old: sqlite3.Connection | None) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    try:
        # Nobody else knows the file, and one that is not finished is thrown away.
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        if old is None:
            connection.execute(f"PRAGMA page_size={PAGE}")
            connection.executescript(SCHEMA)
            connection.execute(f"PRAGMA user_version={FORMAT}")
        else:
            old.backup(connection)
    except BaseException:
        connection.close()
        raise
    return connection

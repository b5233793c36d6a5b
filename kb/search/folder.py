"""The folder of a search index: private, built aside and renamed into place, checked before it is opened.

An index is code to whoever opens it (Whoosh unpickles its table of contents), so one is only opened from a folder that
this user owns and nobody else may write, and whose files are the ones that were written there, by size and checksum.
A crash leaves the old state or the new one; what dead builds and old articles left is swept. Knows nothing of Whoosh.
An edge module.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from kb.safe_files import abandoned, flush, flush_folder, mark

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MANIFEST = "manifest.json"
# Read whole and compared at every opening up to here (about 1,000 articles, 20 ms); of larger files the size alone is,
# and the rest by `damage`, for `kb doctor`.
CHECKED_BYTES = 16 << 20
# Indexes of other bases (--kb) that stay beside the one in use.
KEPT = 7


class NotPrivateError(OSError):
    """The folder is a link, belongs to another user or may be written by others."""


def index_place(folder: Path, key: str) -> Path:
    """Where the index named `key` stands in `folder`."""
    return folder / hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def make_private(folder: Path) -> None:
    """Make `folder` if it is missing; NotPrivateError if it is not this user's alone."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not _is_private(folder):
        raise NotPrivateError(0, "not a private folder of this user")


def _is_private(path: Path) -> bool:
    info = path.lstat()
    foreign = sys.platform != "win32" and (info.st_uid != os.geteuid() or bool(info.st_mode & 0o022))
    return stat.S_ISDIR(info.st_mode) and not foreign


def damage(path: Path, *, full: bool = True) -> str:
    """What is wrong with the index at `path`; empty if nothing is. Missing counts as damage."""
    try:
        if not _is_private(path):
            return "it is not a private folder of this user"
        written: dict[str, tuple[int, str]] = _manifest(path)
        with os.scandir(path) as entries:
            present = {entry.name: entry for entry in entries if entry.name != MANIFEST}
        if present.keys() != written.keys():
            return "files are missing or strange"
        for name, (size, checksum) in written.items():
            info = present[name].stat(follow_symlinks=False)
            if not stat.S_ISREG(info.st_mode) or info.st_size != size:
                return f"{name} is not as it was written"
            if (full or size <= CHECKED_BYTES) and _checksum(path / name) != checksum:
                return f"{name} is not as it was written"
    except (OSError, ValueError) as error:
        return f"it cannot be read ({type(error).__name__})"
    return ""


def damaged(folder: Path) -> list[str]:
    """Every index in `folder` that is not as it was written, in words; it is removed, and made again when next searched."""
    found = []
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        what = "" if path.name.startswith("build-") else damage(path)
        if what:
            remove(path)
            found.append(f"{path}: {what}")
    return found


def _manifest(path: Path) -> dict[str, tuple[int, str]]:
    with (path / MANIFEST).open("rb") as file:
        outer = json.loads(file.read(1 << 16))
    text = outer["files"]
    if hashlib.sha256(text.encode()).hexdigest() != outer["sum"]:
        raise ValueError
    return {str(name): (int(size), str(checksum)) for name, (size, checksum) in json.loads(text).items()}


def _checksum(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def build(path: Path, fill: Callable[[Path], None]) -> None:
    """Let `fill` write into a fresh folder, flush it and rename it to `path`. Who loses a race uses the winner's."""
    fresh = Path(tempfile.mkdtemp(prefix=f"build-{mark()}-", dir=path.parent))
    try:
        fill(fresh)
        written = {}
        for name in sorted(os.listdir(fresh)):
            (fresh / name).chmod(0o600)
            flush(fresh / name)
            written[name] = ((fresh / name).stat().st_size, _checksum(fresh / name))
        text = json.dumps(written)
        outer = json.dumps({"files": text, "sum": hashlib.sha256(text.encode()).hexdigest()})
        with open(
            os.open(fresh / MANIFEST, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w", encoding="utf-8"
        ) as file:
            file.write(outer)
        flush(fresh / MANIFEST)
        flush_folder(fresh)
        _rename(fresh, path)
        flush_folder(path.parent)
    finally:
        shutil.rmtree(fresh, ignore_errors=True)


def _rename(fresh: Path, path: Path) -> None:
    try:
        fresh.rename(path)
    except OSError:
        if damage(path, full=False):
            raise


def remove(path: Path) -> None:
    """Remove an index, a link or a file that stands in its place."""
    if path.is_symlink() or not path.is_dir():
        path.unlink(missing_ok=True)
    else:
        shutil.rmtree(path, ignore_errors=True)


def sweep(path: Path) -> None:
    """Remove what dead builds left beside `path`, and all indexes but it and the KEPT used last."""
    try:
        os.utime(path)
        entries = [(entry.lstat().st_mtime, entry) for entry in path.parent.iterdir() if entry != path]
    except OSError:
        return
    others = sorted((item for item in entries if not item[1].name.startswith("build-")), reverse=True)
    for entry in (*_dead(entries), *(entry for _, entry in others[KEPT:])):
        try:
            remove(entry)
        except OSError:
            pass


def _dead(entries: list[tuple[float, Path]]) -> Iterator[Path]:
    for _, entry in entries:
        if entry.name.startswith("build-") and abandoned(entry, entry.name.removeprefix("build-")):
            yield entry

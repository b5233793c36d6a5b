"""The folder of a search index: private, built aside and renamed into place, checked before it is opened.

An index is code to whoever opens it (Whoosh unpickles its table of contents), so one is only opened from a folder that
this user owns and nobody else may write, and whose files are the ones that were written there, by size and checksum.
A crash leaves the old state or the new one; what dead builds and old articles left is swept. Knows nothing of the engines.
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
    from collections.abc import Callable, Iterator, Mapping

MANIFEST = "manifest.json"
# Read whole and compared at every opening up to here (about 1,000 articles, 20 ms); of larger files the size alone is,
# and the rest by `damage`, for `kb doctor`.
CHECKED_BYTES = 16 << 20
# What is in an index, so that one of nearly the same articles is made from it.
ARTICLES = "articles.json"
# Articles that may have changed since an index was built of all of them, at least and as a share: what was taken out still weighs
# on it.
LEAST_CHANGED, MOST_CHANGED = 8, 0.05
# Indexes of other bases (--kb) that stay beside the one in use: so many, and so many bytes of them in all.
KEPT, KEPT_BYTES = 7, 500_000_000


class NotPrivateError(OSError):
    """The folder is a link, belongs to another user or may be written by others."""


def index_place(folder: Path, kind: str, digests: Mapping[str, str]) -> Path:
    """Where in `folder` the index of the articles with these digests stands, as an engine of this `kind` keeps it."""
    text = "\n".join((kind, *(f"{key} {digest}" for key, digest in sorted(digests.items()))))
    return folder / hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


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


class Near:
    """An index of nearly the same articles: their `digests`, and how many were `changed` since it was built of all of them."""

    def __init__(self, path: Path, digests: dict[str, str], changed: int) -> None:
        self._path = path
        self.digests = digests
        self.changed = changed

    def copied(self, folder: Path) -> None:
        """Its files, into an empty folder."""
        for name in _manifest(self._path):
            if name != ARTICLES:
                shutil.copyfile(self._path / name, folder / name)


def nearest(folder: Path, kind: str, digests: Mapping[str, str]) -> Near | None:
    """The sound index in `folder` that the fewest articles have changed for; None where it is as well to build anew."""
    best, least = None, max(LEAST_CHANGED, int(MOST_CHANGED * len(digests)))
    for path in sorted(folder.iterdir()):
        try:
            made_by, changed, known = json.loads((path / ARTICLES).read_bytes())
            differ = len({*known.items()} ^ {*digests.items()})
        except (OSError, ValueError, TypeError, AttributeError):
            continue  # none, or one that is not as it was written
        if made_by == kind and changed + differ < least and not damage(path):
            best, least = Near(path, known, changed), changed + differ
    return best


def build(path: Path, fill: Callable[[Path], None], kind: str, digests: Mapping[str, str], changed: int = 0) -> None:
    """Let `fill` write into a fresh folder, flush it and rename it to `path`. Who loses a race uses the winner's."""
    fresh = Path(tempfile.mkdtemp(prefix=f"build-{mark()}-", dir=path.parent))
    try:
        fill(fresh)
        (fresh / ARTICLES).write_text(json.dumps([kind, changed, dict(digests)]), encoding="utf-8")
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
    for entry in (*_dead(entries), *_too_many([entry for _, entry in others])):
        try:
            remove(entry)
        except OSError:
            pass


def _too_many(others: list[Path]) -> Iterator[Path]:
    """Of the indexes, those used last first, what is beyond what is kept."""
    total = 0
    for number, path in enumerate(others):
        total += sum(file.lstat().st_size for file in path.iterdir()) if path.is_dir() else 0
        if number >= KEPT or total > KEPT_BYTES:
            yield path


def _dead(entries: list[tuple[float, Path]]) -> Iterator[Path]:
    for _, entry in entries:
        if entry.name.startswith("build-") and abandoned(entry, entry.name.removeprefix("build-")):
            yield entry

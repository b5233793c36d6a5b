"""The folders of a user: derived files (and whether they may be trusted), data, articles; the base in use without a word.

An edge module.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

from diagnose.errors import KbError


def cache_dir() -> Path | None:
    """The folder for derived files, made if missing; None where there is no home or it cannot be written.

    KbError where the folder exists but belongs to another user or may be written by others: its files would be read as
    our own.
    """
    base = _base()
    if base is None:
        return None
    path = base / "kb-diagnose"
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
        info = path.lstat()
    except OSError:
        return None
    if not stat.S_ISDIR(info.st_mode):
        raise KbError(str(path), "the cache folder is not a folder", "remove it; it is made again")
    if sys.platform != "win32":
        if info.st_uid != os.geteuid():
            raise KbError(str(path), "the cache folder belongs to another user", "remove it or set XDG_CACHE_HOME")
        if info.st_mode & 0o022:
            raise KbError(str(path), "the cache folder may be written by others", "chmod 700 it")
    return path if os.access(path, os.W_OK) else None


def _base() -> Path | None:
    if sys.platform == "win32":
        local = os.environ.get("LOCALAPPDATA")
        return Path(local) if local else None
    chosen = os.environ.get("XDG_CACHE_HOME", "")
    if chosen and Path(chosen).is_absolute():
        return Path(chosen)
    home = os.environ.get("HOME", "")
    if not home or not Path(home).is_dir():
        return None
    return Path(home) / ("Library/Caches" if sys.platform == "darwin" else ".cache")


def data_dir() -> Path | None:
    """The folder of the user's own data, which may not exist yet; None where there is no home."""
    if sys.platform == "win32":
        base = os.environ.get("APPDATA")
    elif sys.platform == "darwin":
        base = os.path.join(os.environ.get("HOME", ""), "Library", "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or os.path.join(os.environ.get("HOME", ""), ".local", "share")
    path = Path(base) / "kb-diagnose" if base else None
    return path if path is not None and path.is_absolute() else None


def catalogs_file(folder: Path) -> Path:
    """Where the message catalogues that a user took in are kept, below `folder`, the user's own data."""
    return folder / "catalogs.sqlite"


def user_articles() -> Path | None:
    """The user's own articles, read beside those that ship, if the folder exists."""
    path = own_articles()
    return path if path is not None and path.is_dir() else None


def own_articles() -> Path | None:
    """Where the user's own articles belong, there or not yet; None where there is no home."""
    folder = data_dir()
    return folder / "articles" if folder else None


def shipped_articles() -> Path:
    """The articles of this package: inside the wheel, or beside the package in a checkout."""
    inside = Path(__file__).parent / "_articles"
    return inside if inside.is_dir() else Path(__file__).parent.parent / "articles"


def default_bases() -> tuple[Path, ...]:
    """The folders of KB_PATH; else the shipped articles and the user's own."""
    named = tuple(Path(part) for part in os.environ.get("KB_PATH", "").split(os.pathsep) if part)
    own = user_articles()
    return named or ((shipped_articles(), own) if own else (shipped_articles(),))

"""A folder in the place of another, at once where the system can do that, the one before kept beside it. An edge module."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.errors import KbError
from kb.safe_files import mark
from kb.transfer.manifest import MANIFEST

if TYPE_CHECKING:
    from collections.abc import Iterator

_HERE = -100  # AT_FDCWD
_EXCHANGE = 2  # RENAME_EXCHANGE of Linux, RENAME_SWAP of macOS


def before(target: Path) -> Path:
    """Where the folder before is kept."""
    return target.with_name(f"{target.name}.before")


@contextmanager
def fresh(target: Path) -> Iterator[Path]:
    """An empty folder beside `target`, gone afterwards if it still stands there."""
    place = target.with_name(f"{target.name}.{mark()}-{os.urandom(4).hex()}.tmp")
    try:
        place.mkdir(mode=0o700, parents=True)
    except OSError as error:
        raise KbError(str(place.parent), error.strerror or str(error), "name another folder: --to DIR") from None
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def check_target(target: Path, *, force: bool) -> None:
    """KbError where `target` holds something that no import brought: somebody's own articles are not put aside unasked."""
    if target.is_symlink() or (target.exists() and not target.is_dir()):
        raise KbError(str(target), "is no folder", "name another folder: --to DIR")
    if target.is_dir() and any(target.iterdir()) and not (target / MANIFEST).is_file() and not force:
        raise KbError(
            str(target),
            "holds articles that no import brought",
            "name another folder: --to DIR, or put them aside: --force",
        )


def put(made: Path, target: Path) -> None:
    """`made` in the place of `target`; what stood there is kept as `before`, and what was kept there goes."""
    try:
        if target.is_dir():
            shutil.rmtree(before(target), ignore_errors=True)
            exchange(made, target)
            made.rename(before(target))
        else:
            made.rename(target)
    except OSError as error:
        raise KbError(
            str(target), error.strerror or str(error), "close what has files of it open, and try again"
        ) from None


def undo(target: Path) -> None:
    """The folder before in its place again, and the other one where it was; so that undoing twice changes nothing."""
    if not before(target).is_dir():
        raise KbError(str(target), "no base before it is kept", "import the file that you want")
    try:
        if target.is_dir():
            exchange(before(target), target)
        else:
            before(target).rename(target)
    except OSError as error:
        raise KbError(
            str(target), error.strerror or str(error), "close what has files of it open, and try again"
        ) from None


def exchange(one: Path, two: Path) -> None:
    """Swap two folders: at once on Linux and macOS, else by three renames."""
    if _swapped(os.fsencode(one), os.fsencode(two)):
        return
    away = two.with_name(f"{two.name}.{mark()}-away.tmp")
    two.rename(away)
    try:
        one.rename(two)
    except OSError:
        away.rename(two)
        raise
    away.rename(one)


def _swapped(one: bytes, two: bytes) -> bool:
    """Whether the system swapped them in one step; some file systems cannot."""
    try:
        if sys.platform == "linux":
            return bool(ctypes.CDLL(None).renameat2(_HERE, one, _HERE, two, _EXCHANGE) == 0)
        if sys.platform == "darwin":
            return bool(ctypes.CDLL(None).renamex_np(one, two, _EXCHANGE) == 0)
    except (OSError, AttributeError):
        return False
    return False

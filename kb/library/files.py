"""The files of the shipped library and of those beside bases: what there is by kind and name, without reading it.

Takes the folders of a base, gives `LibraryFile`s with size and time for the sweep for changes. An edge module.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["check", "signal"]
KINDS: tuple[Kind, ...] = ("check", "signal")
SUFFIXES = (".yaml", ".yml")
SHIPPED = str(Path(__file__).parent)


class LibraryFile(Struct, frozen=True):
    """`root` is the folder of the library, `name` what articles use it by."""

    path: str
    root: str
    size: int
    mtime_ns: int
    ctime_ns: int
    kind: Kind
    name: str

    @property
    def shipped(self) -> bool:
        return self.root == SHIPPED


def folder_of(root: str) -> str:
    """Where the library of the base at `root` lies."""
    return os.path.join(root, "library")


def in_library(folder: str) -> list[LibraryFile]:
    """All files of one library in order of kind and name; none where there is no such folder."""
    return [file for kind in KINDS for file in _of_kind(folder, kind)]


def shipped() -> list[LibraryFile]:
    return in_library(SHIPPED)


def _of_kind(folder: str, kind: Kind) -> Iterator[LibraryFile]:
    place = os.path.join(folder, f"{kind}s")
    try:
        names = sorted(os.listdir(place))
    except OSError:
        return
    for name in names:
        for path, called in _candidates(place, kind, name):
            try:
                info = os.stat(path)
            except OSError:
                continue
            yield LibraryFile(path, folder, info.st_size, info.st_mtime_ns, info.st_ctime_ns, kind, called)


def _candidates(place: str, kind: Kind, name: str) -> Iterator[tuple[str, str]]:
    if name.startswith("."):
        return
    if kind == "check":
        yield from ((os.path.join(place, name, f"check{suffix}"), name) for suffix in SUFFIXES)
    elif name.endswith(SUFFIXES):
        yield os.path.join(place, name), name.rpartition(".")[0]

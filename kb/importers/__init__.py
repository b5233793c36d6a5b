"""Foreign knowledge bases as articles: one row of the table a format.

An importer takes a path and yields what it makes of it, in the order of the files: `Made` for an article, `Left` for
what it could not bring over and why. It writes nothing; `kb.importers.write` does.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

# format: (module below kb.importers with `read`, what it reads)
IMPORTERS: dict[str, tuple[str, str]] = {
    "cre": ("cre", "CRE rules (prequel) and their test logs"),
    "markdown": ("markdown", "folders of Markdown articles, or JSON Lines of id, title, text (also .xz, .gz)"),
}


class Made(Struct, frozen=True, kw_only=True):
    """An article to write: its front matter and body, the texts beside it by relative path, and where it comes from."""

    id: str
    front: dict[str, Any]
    body: str
    beside: dict[str, bytes] = {}
    source: str


class Left(Struct, frozen=True, kw_only=True):
    """What was not brought over: a whole file or rule, or (`part`) a piece of one whose rest was."""

    where: str
    what: str
    part: bool = False

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"


def reader(name: str) -> Callable[[Path], Iterator[Made | Left]]:
    """The importer of a format of the table. It raises KbError where the path holds nothing of its kind."""
    read: Callable[[Path], Iterator[Made | Left]] = import_module(f"kb.importers.{IMPORTERS[name][0]}").read
    return read

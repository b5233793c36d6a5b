"""The article files below the folders of a base, by path, size and times: what the sweep for changes compares."""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import KbError
from kb.library.files import SHIPPED, folder_of, in_library, shipped

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

# Folders beside an article that hold its texts for tests, never articles.
BESIDE = frozenset({"samples", "outputs"})
NOT_ARTICLES = frozenset({"readme.md", "changelog.md", "contributing.md", "license.md", "index.md"})
DEPTH = 12


class ArticleFile(Struct, frozen=True):
    """`path` as it can be opened, `root` the folder of the base that it was found in; of the shipped library, its own.

    `library` says that it is no article but a file of the library, which articles change with.
    """

    path: str
    root: str
    size: int
    mtime_ns: int
    ctime_ns: int  # which nobody can set back; on Windows the time of creation
    library: bool = False


def find_articles(roots: Sequence[Path]) -> list[ArticleFile]:
    """All article files in order of root and path, which are absolute, however the roots are named. KbError for a folder that is missing or holds none."""
    result: list[ArticleFile] = []
    for root in roots:
        place = str(root.absolute())
        try:
            found = list(_walk(place, place, DEPTH))
        except OSError as error:
            what = error.strerror or "cannot be read"
            raise KbError(str(root), what, "check the name and the permissions") from None
        if not found:
            what = "holds no articles" if root.is_dir() else "no such folder"
            raise KbError(str(root), what, "name a folder with article.md or other Markdown files below it")
        result += found
    return result


def library_files(roots: Sequence[Path]) -> list[ArticleFile]:
    """The files of the libraries that the articles below `roots` may use, the shipped one among them."""
    return [
        ArticleFile(file.path, root, file.size, file.mtime_ns, file.ctime_ns, library=True)
        for root, found in (
            *((r, in_library(folder_of(r))) for r in (str(root.absolute()) for root in roots)),
            (SHIPPED, shipped()),
        )
        for file in found
    ]


def _walk(folder: str, root: str, depth: int) -> Iterator[ArticleFile]:
    article = _article_of(folder, root)
    if article is not None:
        yield article
        return
    try:
        with os.scandir(folder) as entries:
            listed = sorted(entries, key=lambda entry: entry.name)
    except OSError:
        if folder == root:
            raise
        return
    own = [entry for entry in listed if entry.name == "article.md"]  # no plain file, or _article_of had found it
    for entry in own or listed:
        if entry.is_file(follow_symlinks=False):
            lowered = entry.name.lower()
            if lowered.endswith(".md") and lowered not in NOT_ARTICLES:
                info = entry.stat(follow_symlinks=False)
                yield ArticleFile(entry.path, root, info.st_size, info.st_mtime_ns, info.st_ctime_ns)
        elif (
            depth
            and entry.is_dir(follow_symlinks=False)
            and entry.name not in BESIDE
            and not entry.name.startswith(".")
        ):
            yield from _walk(entry.path, root, depth - 1)


def _article_of(folder: str, root: str) -> ArticleFile | None:
    """The article.md of a folder, which makes all else in it stand beside it: asked for by name, since that takes half the
    time of listing the folder."""
    path = os.path.join(folder, "article.md")
    try:
        info = os.lstat(path)
    except OSError:
        return None
    if not stat.S_ISREG(info.st_mode):
        return None
    return ArticleFile(path, root, info.st_size, info.st_mtime_ns, info.st_ctime_ns)

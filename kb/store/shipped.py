"""The rows of the articles that ship, made when the package is built, so that a first run need not read the articles.

A row is taken where its file is byte for byte the one that it was made of; all else is read as ever. Paths stand in it from the
folders of the articles and of the library. An edge module: it touches files.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from kb import __version__
from kb.articles.files import find_articles, library_files
from kb.folders import shipped_articles
from kb.library.entry import Use
from kb.library.files import SHIPPED
from kb.store import derived
from kb.store.schema import meta_of, sealed, unsealed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.articles.files import ArticleFile

FILE = Path(__file__).parent / "shipped.sqlite"
_ARTICLES, _LIBRARY, _NOT_READ = "articles", "library", -1


def make(articles: Path, to: Path) -> int:
    """Write the rows of the articles below a folder to a new file; gives their number. One with faults is to be read again,
    since they name its place."""
    from kb.store.update import refresh

    files = [*find_articles([articles]), *library_files([articles])]
    to.unlink(missing_ok=True)

    def fill(rows: sqlite3.Connection) -> None:
        refresh(rows, files, {file.path for file in files})
        rows.execute("UPDATE file SET faults=NULL, digest='' WHERE faults IS NOT NULL")
        _move(rows, {str(articles.absolute()): _ARTICLES, SHIPPED: _LIBRARY})
        rows.execute("UPDATE file SET size=?, mtime_ns=0, ctime_ns=0", (_NOT_READ,))
        rows.execute("INSERT INTO meta VALUES('shipped', ?)", (__version__,))

    derived.replace(to, None, fill)
    with closing(sqlite3.connect(to)) as rows:
        return int(rows.execute("SELECT count(*) FROM article").fetchone()[0])


@contextmanager
def rows_for(roots: Sequence[Path]) -> Iterator[sqlite3.Connection | None]:
    """The rows, as a base of `roots` may begin with them; None where the package has none, or they would not come first."""
    rows = None
    try:
        if roots and roots[0].absolute() == shipped_articles().absolute():
            rows = derived.of_package(FILE)
        yield rows if rows and meta_of(rows, "shipped") == __version__ else None
    finally:
        if rows:
            rows.close()


def adopt(rows: sqlite3.Connection, files: Sequence[ArticleFile]) -> int:
    """Take the rows over whose files are among `files` as they were; gives the number of articles. Nothing where `rows` are
    those of a base already."""
    from kb.store.update import content_digest

    if not meta_of(rows, "shipped"):
        return 0
    _move(rows, {_ARTICLES: str(shipped_articles().absolute()), _LIBRARY: SHIPPED})
    known = dict(rows.execute("SELECT path, digest FROM file"))
    same = [file for file in files if known.get(file.path) == content_digest(file.path)]
    rows.executemany(
        "UPDATE file SET size=?, mtime_ns=?, ctime_ns=? WHERE path=?",
        [(file.size, file.mtime_ns, file.ctime_ns, file.path) for file in same],
    )
    rows.execute("DELETE FROM meta WHERE key='shipped'")
    return sum(not file.library for file in same)


def _move(rows: sqlite3.Connection, places: dict[str, str]) -> None:
    """Write other folders in the place of those that the rows name."""
    for path, root in rows.execute("SELECT path, root FROM file").fetchall():
        moved = (_moved(path, places), places[root], path)
        rows.execute("UPDATE file SET path=?, root=? WHERE path=?", moved)
    for number, path, uses in rows.execute("SELECT id, path, uses FROM article").fetchall():
        blob = sealed(_uses_moved(unsealed(uses), places)) if uses else None
        rows.execute("UPDATE article SET path=?, uses=? WHERE id=?", (_moved(path, places), blob, number))


def _uses_moved(data: bytes, places: dict[str, str]) -> bytes:
    uses = msgspec.json.decode(data, type=list[Use])
    return msgspec.json.encode([replace(use, path=_moved(use.path, places)) for use in uses])


def _moved(path: str, places: dict[str, str]) -> str:
    """`path` below the new folder, with the separators of this system; ValueError where it is below none of the old ones."""
    for old, new in places.items():
        parts = path.replace("\\", "/").removeprefix(old.replace("\\", "/") + "/")
        if len(parts) < len(path):
            return os.path.join(new, *parts.split("/")) if os.path.isabs(new) else f"{new}/{parts}"
    raise ValueError(f"{path}: is below none of {', '.join(places)}")

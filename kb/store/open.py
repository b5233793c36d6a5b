"""A base as it is now: out of its derived file where that is up to date, else read from the articles, the file made anew.

The truth are the article files. Swept for changes by size and times, or by content where those may lie; rebuilt where the
file is damaged, in memory where nothing can be written. No call waits for another: who finds no file that is up to date reads
the articles itself. Opening it for a diagnosis imports no YAML, Markdown or Whoosh: they are needed only when an article
changed. An edge module: it touches files.
"""

from __future__ import annotations

import sqlite3
import zlib
from contextlib import closing, nullcontext
from typing import TYPE_CHECKING

import msgspec

from diagnose.scan.patterns import engine
from kb.articles.files import ArticleFile, find_articles, library_files
from kb.store import derived
from kb.store.compiled import compile_patterns_of
from kb.store.schema import FORMAT, DamagedError, meta_of
from kb.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    Building = Callable[[int], AbstractContextManager[object]]

# What reading a damaged file can end with.
DAMAGE = (sqlite3.DatabaseError, msgspec.MsgspecError, DamagedError, UnicodeDecodeError)


def open_store(
    roots: Sequence[Path],
    cache: Path | None,
    note: Callable[[str], None] | None = None,
    building: Building | None = None,
    *,
    strict: bool = False,
    scans: bool = True,
) -> Store:
    """The store of the articles below `roots`, swept (by content where `strict`) and up to date. `note` gets one line for
    what a person should know; `building` is held while articles that changed are read, called with their number. Without
    `scans` no text will be looked through, and the engine is not loaded."""
    opening = _Opening(roots, _files(roots), cache, note, building, strict, scans)
    return opening.in_memory(None) if cache is None else opening.from_file(store_file(roots, cache))


def _files(roots: Sequence[Path]) -> list[ArticleFile]:
    """The articles, and the library files that they may use."""
    return [*find_articles(roots), *library_files(roots)]


def store_file(roots: Sequence[Path], cache: Path) -> Path:
    """Where the derived file of a base stands: each format of kb has its own, so that two versions beside one another do
    not make theirs anew in turn."""
    text = "\n".join(str(root.absolute()) for root in roots)
    data = text.encode("utf-8", "surrogatepass")
    return cache / f"kb-{zlib.crc32(data):08x}{zlib.adler32(data):08x}-{FORMAT}.sqlite"


def damage_of(roots: Sequence[Path], cache: Path) -> list[str]:
    """What is not as it was written, in words: the whole derived file, and articles that changed behind their times."""
    path = store_file(roots, cache)
    try:
        connection = derived.connected(path, deep=True)
        if connection is None:
            return []
        with closing(connection):
            return [
                f"{name}: changed behind its size and times" for name in sorted(_unnoticed(connection, _files(roots)))
            ]
    except DAMAGE as error:
        return [f"{path}: {error}"]


def _moved(connection: sqlite3.Connection, files: Sequence[ArticleFile]) -> set[str]:
    """The paths of the files that are new or gone, or have another size or time than when they were read."""
    known = set(connection.execute("SELECT path, size, mtime_ns, ctime_ns FROM file"))
    present = {(file.path, file.size, file.mtime_ns, file.ctime_ns) for file in files}
    return {path for path, *_ in known ^ present}


def _unnoticed(connection: sqlite3.Connection, files: Sequence[ArticleFile]) -> set[str]:
    """The paths of those whose content alone is another."""
    from kb.store.update import content_digest

    moved = _moved(connection, files)
    rows = connection.execute("SELECT path, digest FROM file").fetchall()
    return {path for path, digest in rows if path not in moved and content_digest(path) != digest}


class _Opening:
    """One opening of a base: what is kept of it, whether that is up to date, and what is made where it is not."""

    def __init__(
        self,
        roots: Sequence[Path],
        files: Sequence[ArticleFile],
        cache: Path | None,
        note: Callable[[str], None] | None,
        building: Building | None,
        strict: bool,
        scans: bool,
    ) -> None:
        self._roots = roots
        self._files = files
        self._cache = cache
        self._note = note or (lambda message: None)
        self._building = building
        self._strict = strict
        self._scans = scans

    def from_file(self, path: Path) -> Store:
        """The store out of the file, which is made anew first where it is not up to date."""
        old, store = None, None
        try:
            old = derived.connected(path)
            store = self._kept(old) if old else None
            if store:
                store.comparing = derived.comparing(path)
            return store or self._made(path, old)
        except DAMAGE as error:
            self._note(
                f"{path}: index damaged ({error}); rebuilt from {sum(not file.library for file in self._files)} articles"
            )
            return self._made(path, None)
        finally:
            if old is not None and store is None:
                old.close()

    def in_memory(self, old: sqlite3.Connection | None) -> Store:
        """The store that goes on from `old`, kept nowhere."""
        with self._beginning(old) as begun:
            connection = derived.in_memory(begun)
        try:
            self._fill(connection)
        except BaseException:
            connection.close()
            raise
        return Store(connection, self._cache, self._roots)

    def _beginning(self, old: sqlite3.Connection | None) -> AbstractContextManager[sqlite3.Connection | None]:
        """What a base goes on from: `old`, else the rows that ship."""
        if old is not None:
            return nullcontext(old)
        from kb.store.shipped import rows_for

        return rows_for(self._roots)

    def _kept(self, connection: sqlite3.Connection) -> Store | None:
        """The store of `connection` where that is up to date and fits this engine and processor."""
        if self._changed(connection):
            return None
        store = Store(connection, self._cache, self._roots)
        if not self._scans:
            return store
        if meta_of(connection, "engine") != engine():
            return None
        try:
            _ = store.lines, store.squeezed
        except ValueError as error:
            if isinstance(error, DAMAGE):
                raise
            return None
        return store

    def _made(self, path: Path, old: sqlite3.Connection | None) -> Store:
        """The store of a file that goes on from `old`; in memory where it cannot be written, or where another kb put one of
        other articles in its place meanwhile."""
        try:
            with self._beginning(old) as begun:
                derived.replace(path, begun, self._fill)
            derived.sweep(path)
        except (OSError, sqlite3.OperationalError) as error:
            self._note(f"{path}: cannot write the index ({error}); results from memory")
            return self.in_memory(old)
        made = derived.connected(path)
        store = self._kept(made) if made else None
        if store is None:
            if made:
                made.close()
            return self.in_memory(old)
        return store

    def _fill(self, connection: sqlite3.Connection) -> None:
        """Bring the tables up to date with the files."""
        from kb.store.shipped import adopt
        from kb.store.update import refresh, to_read

        connection.execute("BEGIN")
        adopted = adopt(connection, self._files)
        changed = self._changed(connection)
        count = adopted + sum(not file.library for file in to_read(connection, self._files, changed))
        with self._building(count) if self._building and count else nullcontext():
            refresh(connection, self._files, changed)
            compile_patterns_of(connection)
        connection.execute("COMMIT")

    def _changed(self, connection: sqlite3.Connection) -> set[str]:
        """The paths of the files that are new, changed or gone."""
        changed = _moved(connection, self._files)
        return changed | _unnoticed(connection, self._files) if self._strict else changed

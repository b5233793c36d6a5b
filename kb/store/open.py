"""The derived file of a base: one SQLite file in the user's cache, the truth being the article files.

Swept for changes by size and time, rebuilt by itself, deleted and rebuilt on any read error, in memory where nothing can
be written. A transaction is the crash safety. Opening it for a diagnosis imports no YAML, Markdown or Whoosh: they are
needed only when an article changed. An edge module: it touches files.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
import zlib
from contextlib import nullcontext
from typing import TYPE_CHECKING

import msgspec

from diagnose.errors import KbError
from diagnose.scan.patterns import engine
from kb.articles.files import ArticleFile, find_articles, library_files
from kb.store.compiled import compile_all
from kb.store.schema import FORMAT, SCHEMA, meta_of
from kb.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    Building = Callable[[int], AbstractContextManager[object]]


def open_store(
    roots: Sequence[Path],
    cache: Path | None,
    note: Callable[[str], None] | None = None,
    building: Building | None = None,
) -> Store:
    """The store of the articles below `roots`, swept and up to date. `note` gets one line for what a person should know;
    `building` is held while articles that changed are read, called with their number."""
    articles = find_articles(roots)
    files = [*articles, *library_files(roots)]
    if cache is None:
        return Store(_connected(":memory:", files, building), None, roots)
    path = cache / f"kb-{_key(roots)}.sqlite"
    try:
        return _sound(Store(_connected(str(path), files, building), cache, roots))
    except (sqlite3.DatabaseError, msgspec.MsgspecError, _DamagedError) as error:
        if "locked" in str(error):
            raise KbError(str(path), "another kb is indexing", "try again in a moment") from None
        if "readonly" in str(error) or "unable to open" in str(error) or "full" in str(error):
            if note:
                note(f"{path}: cannot write the index ({error}); results from memory")
            return Store(_connected(":memory:", files, building), None, roots)
        if note:
            note(f"{path}: index damaged ({error}); rebuilt from {len(articles)} articles")
        return Store(_connected(str(path), files, building, fresh=True), cache, roots)


def _sound(store: Store) -> Store:
    """Reads now what a diagnosis needs first: damage shows while it can be mended."""
    try:
        _ = store.lines, store.squeezed
    except BaseException:
        store.close()
        raise
    return store


class _DamagedError(Exception):
    """The cache holds what kb did not write."""


def _key(roots: Sequence[Path]) -> str:
    text = "\n".join(str(root.absolute()) for root in roots)
    data = text.encode("utf-8", "surrogatepass")
    return f"{zlib.crc32(data):08x}{zlib.adler32(data):08x}"


def _connected(
    path: str, files: Sequence[ArticleFile], building: Building | None, *, fresh: bool = False
) -> sqlite3.Connection:
    if path != ":memory:":
        _private(path, fresh)
    connection = sqlite3.connect(path, timeout=5.0, isolation_level=None, check_same_thread=False)
    try:
        _prepare(connection)
        _sweep(connection, files, building)
    except BaseException:
        connection.close()
        raise
    return connection


def _prepare(connection: sqlite3.Connection) -> None:
    """Make the tables where they are missing or of another format."""
    connection.execute("PRAGMA synchronous=NORMAL")
    known = connection.execute("SELECT count(*) FROM sqlite_master WHERE name='meta'").fetchone()[0]
    if not known or meta_of(connection, "format") != str(FORMAT):
        connection.execute("BEGIN IMMEDIATE")
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'"
        ).fetchall():
            connection.execute(f'DROP TABLE "{name}"')
        for statement in SCHEMA.split(";")[:-1]:
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES('format', ?)", (str(FORMAT),))
        connection.execute("COMMIT")


def _private(path: str, fresh: bool) -> None:
    """Make the file ours alone before SQLite opens it; a link or another user's file is refused."""
    if fresh:
        for name in (path, path + "-journal"):
            if os.path.lexists(name):
                os.unlink(name)
    if os.path.lexists(path):
        info = os.lstat(path)
        foreign = sys.platform != "win32" and (info.st_uid != os.geteuid() or info.st_mode & 0o022)
        if not stat.S_ISREG(info.st_mode) or foreign:
            raise KbError(path, "is not a private file of this user", "remove it; it is made again")
        return
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    except FileExistsError:
        pass  # another kb was faster
    except OSError as error:
        raise sqlite3.OperationalError(f"unable to open: {error.strerror}") from None


def _sweep(connection: sqlite3.Connection, files: Sequence[ArticleFile], building: Building | None) -> None:
    """Bring the tables up to date with `files`."""
    known = {row[0]: (row[1], row[2]) for row in connection.execute("SELECT path, size, mtime_ns FROM file")}
    present = {file.path: (file.size, file.mtime_ns) for file in files}
    if known != present:
        from kb.store.update import refresh, to_read

        changed = sum(not file.library for file in to_read(connection, files))
        connection.execute("BEGIN IMMEDIATE")
        try:
            with building(changed) if building else nullcontext():
                refresh(connection, files)
                compile_all(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    elif meta_of(connection, "engine") != engine():
        connection.execute("BEGIN IMMEDIATE")
        compile_all(connection)
        connection.execute("COMMIT")

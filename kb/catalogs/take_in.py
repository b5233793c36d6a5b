"""Catalogue files to the user's data: read, each translation under the rarest of its words, all of it or nothing.

A file that was taken in before is taken in anew. An edge module: it writes a file.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from contextlib import closing
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import KbError
from kb.catalogs.catalog import VERSION, packed
from kb.catalogs.readers import Left, files_of, read_catalog
from kb.catalogs.templates import LEAST_LETTERS, Pieces, pieces, weight, whole_keys
from kb.folders import catalogs_file

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from kb.catalogs.readers import CatalogFile

_SCHEMA = f"""
CREATE TABLE source (id INTEGER PRIMARY KEY, path TEXT UNIQUE, language TEXT, messages INTEGER);
CREATE TABLE entry (id INTEGER PRIMARY KEY, source INTEGER, translated BLOB, english BLOB, weight INTEGER);
CREATE INDEX entry_source ON entry (source);
CREATE TABLE posting (key TEXT, entry INTEGER, PRIMARY KEY (key, entry)) WITHOUT ROWID;
PRAGMA user_version = {VERSION};
"""


class TakenIn(Struct, frozen=True):
    """Files with their number of messages, and what could not be read."""

    files: tuple[tuple[str, int], ...]
    left: tuple[Left, ...]

    @property
    def messages(self) -> int:
        return sum(count for _, count in self.files)


class _Entry(Struct, frozen=True):
    translated: Pieces
    english: Pieces
    weight: int
    keys: frozenset[str]


def take_in(paths: Iterable[Path], folder: Path) -> TakenIn:
    """Take all catalogues below `paths` into `folder`, the user's data. KbError where nothing is one, or it cannot be written."""
    taken: list[tuple[str, int]] = []
    left: list[Left] = []
    given = tuple(paths)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(_opened(folder)) as database, database:
            for file in files_of(given):
                found = read_catalog(file)
                if isinstance(found, Left):
                    left.append(found)
                elif count := _keep(database, found):
                    taken.append((found.path, count))
    except (OSError, sqlite3.Error) as error:
        raise KbError(
            str(catalogs_file(folder)), f"the catalogues cannot be kept ({error})", "free the place, or remove the file"
        ) from error
    if not taken and not left:
        raise KbError(
            ", ".join(map(str, given)),
            "holds no message catalogue (.mo, .po, .catalog, .csv, .mui)",
            "name one, or a folder of them",
        )
    return TakenIn(tuple(taken), tuple(left))


def _opened(folder: Path) -> sqlite3.Connection:
    path = catalogs_file(folder)
    path.touch(mode=0o600)
    database = sqlite3.connect(path)
    version = database.execute("PRAGMA user_version").fetchone()[0]
    if version not in (0, VERSION):
        database.close()
        path.unlink()  # derived from files that are still there
        path.touch(mode=0o600)
        database, version = sqlite3.connect(path), 0
    if not version:
        database.executescript(_SCHEMA)
    return database


def _keep(database: sqlite3.Connection, file: CatalogFile) -> int:
    entries = list(_entries(file.messages))
    if not entries:
        return 0
    for (old,) in database.execute("SELECT id FROM source WHERE path = ?", (file.path,)).fetchall():
        database.execute("DELETE FROM posting WHERE entry IN (SELECT id FROM entry WHERE source = ?)", (old,))
        database.execute("DELETE FROM entry WHERE source = ?", (old,))
        database.execute("DELETE FROM source WHERE id = ?", (old,))
    row = (file.path, file.language, len(entries))
    source = database.execute("INSERT INTO source (path, language, messages) VALUES (?, ?, ?)", row).lastrowid
    often = Counter(key for entry in entries for key in entry.keys)
    for entry in entries:
        key = min(sorted(entry.keys), key=lambda key: (often[key], -len(key)))
        values = (source, packed(entry.translated), packed(entry.english), entry.weight)
        number = database.execute(
            "INSERT INTO entry (source, translated, english, weight) VALUES (?, ?, ?, ?)", values
        ).lastrowid
        database.execute("INSERT INTO posting VALUES (?, ?)", (key, number))
    return len(entries)


def _entries(messages: Sequence[tuple[str, str]]) -> Iterable[_Entry]:
    """The translations that say something by themselves. Lines of a long message are entries of their own where both
    languages have the same number of them."""
    for english, translated in dict.fromkeys(line for message in messages for line in _lines(*message)):
        made = pieces(translated)
        if weight(made) < LEAST_LETTERS or translated == english or not english.strip():
            continue
        if found := whole_keys(made):
            yield _Entry(made, pieces(english), weight(made), frozenset(found))


def _lines(english: str, translated: str) -> Iterable[tuple[str, str]]:
    theirs, ours = english.strip().splitlines(), translated.strip().splitlines()
    return zip(theirs, ours, strict=True) if len(theirs) == len(ours) else [(english, translated)]

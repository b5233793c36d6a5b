"""The search index as SQLite keeps it, for large bases: it is written in a quarter of the time that Whoosh takes, opened without
loading anything, and an edit costs the words of one article.

What a word counts in which article stands in lists of our own, read by number; FTS5 says where words stand side by side. It
cannot put two terms in one place, so that a column holds the smallest parts of names one after the other, and a second one the
names themselves: articles in which one of those would continue a phrase are read again, as they stand.
"""

from __future__ import annotations

import sqlite3
import sys
import zlib
from collections import Counter
from functools import cache
from struct import Struct as Layout
from typing import TYPE_CHECKING

import msgspec

from kb.search.engine import FIELDS, WEIGHTS, Found, texts_of
from kb.search.terms import apart, positions, surface, words_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

    from kb.search.engine import SearchDoc

    _Terms = tuple[tuple[str, ...], tuple[str, ...]]

FORMAT = f"kb-search/1 sqlite {sys.byteorder}"
FILE = "index.sqlite"
NAMES = tuple(f"{field}_names" for field in FIELDS)
SCHEMA = f"""
CREATE TABLE article(number INTEGER PRIMARY KEY, key TEXT UNIQUE, length INT);
CREATE TABLE shown(number INTEGER PRIMARY KEY, texts BLOB);
CREATE TABLE posting(term TEXT, first INT, entries BLOB, PRIMARY KEY(term, first)) WITHOUT ROWID;
CREATE TABLE word(text TEXT PRIMARY KEY, articles INT) WITHOUT ROWID;
CREATE VIRTUAL TABLE place USING fts5({", ".join((*FIELDS, *NAMES))}, content='', columnsize=0, tokenize="ascii tokenchars '-._'");
INSERT INTO place(place, rank) VALUES('hashsize', {32 << 20});
"""
# A list of a term is written in parts of so many entries in all of them: what is kept in memory while an index is made.
HELD = 2_000_000
_ENTRY = Layout("=If")  # a document, and what the term counts there
_texts = msgspec.json.Decoder(dict[str, str])


@cache
def available() -> bool:
    """Whether this Python's SQLite has FTS5."""
    try:
        with sqlite3.connect(":memory:") as connection:
            connection.execute("CREATE VIRTUAL TABLE t USING fts5(a, content='', columnsize=0)")
    except sqlite3.Error:
        return False
    finally:
        connection.close()
    return True


def build(folder: Path, docs: Iterable[SearchDoc]) -> None:
    _write(folder, (), docs)


def update(folder: Path, gone: Collection[str], docs: Iterable[SearchDoc]) -> None:
    _write(folder, gone, docs)


def _write(folder: Path, gone: Collection[str], docs: Iterable[SearchDoc]) -> None:
    connection = sqlite3.connect(folder / FILE, isolation_level=None)
    try:
        _fill(connection, gone, docs)
    finally:
        connection.close()


def opened(folder: Path) -> SqliteReader:
    uri = f"{(folder / FILE).absolute().as_uri()}?immutable=1"
    return _read(sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False))


def in_memory(docs: Iterable[SearchDoc]) -> SqliteReader:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        _fill(connection, (), docs)
    except BaseException:
        connection.close()
        raise
    return _read(connection)


def _read(connection: sqlite3.Connection) -> SqliteReader:
    try:
        return SqliteReader(connection)
    except BaseException:  # a damaged file
        connection.close()
        raise


def _fill(connection: sqlite3.Connection, gone: Collection[str], docs: Iterable[SearchDoc]) -> None:
    # Nobody else knows the file, and one that is not finished is thrown away.
    connection.execute("PRAGMA journal_mode=OFF")
    connection.execute("PRAGMA synchronous=OFF")
    if not connection.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
        connection.execute("PRAGMA page_size=16384")
        connection.executescript(SCHEMA)
    connection.execute("BEGIN")
    for key in gone:
        _take_out(connection, key)
    writing = _Writing(connection)
    for doc in docs:
        writing.add(doc)
    writing.flush()
    connection.execute("COMMIT")


class _Read:
    """The texts of an article as the tables have them."""

    def __init__(self, texts: dict[str, str]) -> None:
        self.columns: list[str] = []
        self.weights: dict[str, float] = {}
        self.words: set[str] = set()
        self.length = 0
        names = []
        for field in FIELDS:
            words = words_of(texts[field])
            counts = Counter(words)
            terms = {word: apart(word) for word in counts}
            self.columns.append(" ".join([part for word in words for part in terms[word][0]]))
            names.append(" ".join([name for word in words for name in terms[word][1]]))
            self.length = self._weigh(counts, terms, WEIGHTS.get(field, 1.0))  # in the end of the last field, the body
            self.words |= surface(counts)
        self.columns += names

    def _weigh(self, counts: Counter[str], terms: dict[str, _Terms], worth: float) -> int:
        """Add what the terms of a field count; gives how many there are."""
        length, weights = 0, self.weights
        for word, count in counts.items():
            parts, names = terms[word]
            length += count * (len(parts) + len(names))
            for term in (*parts, *names):
                weights[term] = weights.get(term, 0.0) + worth * count
        return length


class _Writing:
    """Articles on their way into the tables."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        (last,) = connection.execute("SELECT max(number) FROM article").fetchone()
        self._next = (last or 0) + 1
        self._entries: dict[str, bytearray] = {}
        self._words: Counter[str] = Counter()
        self._held = 0

    def add(self, doc: SearchDoc) -> None:
        number, texts = self._next, texts_of(doc)
        read = _Read(texts)
        self._next += 1
        self._db.execute("INSERT INTO article VALUES(?, ?, ?)", (number, doc.id, read.length))
        self._db.execute("INSERT INTO shown VALUES(?, ?)", (number, zlib.compress(msgspec.json.encode(texts), 1)))
        self._db.execute(_placing("INSERT INTO place(rowid"), (number, *read.columns))
        for term, weight in read.weights.items():
            entry = _ENTRY.pack(number, weight)
            if term in self._entries:
                self._entries[term] += entry
            else:
                self._entries[term] = bytearray(entry)
        self._words.update(read.words)
        self._held += len(read.weights)
        if self._held > HELD:
            self.flush()

    def flush(self) -> None:
        self._db.executemany(
            "INSERT INTO posting VALUES(?, ?, ?)",
            ((term, _ENTRY.unpack_from(entries)[0], entries) for term, entries in sorted(self._entries.items())),
        )
        self._db.executemany(
            "INSERT INTO word VALUES(?, ?) ON CONFLICT(text) DO UPDATE SET articles = articles + excluded.articles",
            sorted(self._words.items()),
        )
        self._entries, self._words, self._held = {}, Counter(), 0


def _placing(start: str) -> str:
    names = (*FIELDS, *NAMES)
    return f"{start}, {', '.join(names)}) VALUES({'?, ' * start.count(',')}?, {', '.join('?' * len(names))})"


def _take_out(connection: sqlite3.Connection, key: str) -> None:
    """FTS5 forgets a row by being told what stood in it: read again as it was then."""
    row = connection.execute(
        "SELECT number, texts FROM article JOIN shown USING(number) WHERE key=?", (key,)
    ).fetchone()
    if row is None:
        return
    number, blob = row
    read = _Read(_texts.decode(zlib.decompress(blob)))
    connection.execute(_placing("INSERT INTO place(place, rowid"), ("delete", number, *read.columns))
    for term in read.weights:
        first, entries = connection.execute(
            "SELECT first, entries FROM posting WHERE term=? AND first<=? ORDER BY first DESC LIMIT 1", (term, number)
        ).fetchone()
        kept = b"".join(_ENTRY.pack(*entry) for entry in _ENTRY.iter_unpack(entries) if entry[0] != number)
        if kept:  # under the number it had: a list still begins there or later
            connection.execute("UPDATE posting SET entries=? WHERE term=? AND first=?", (kept, term, first))
        else:
            connection.execute("DELETE FROM posting WHERE term=? AND first=?", (term, first))
    words = [(word,) for word in read.words]
    connection.executemany("UPDATE word SET articles = articles - 1 WHERE text=?", words)
    connection.executemany("DELETE FROM word WHERE text=? AND articles <= 0", words)
    for table in ("article", "shown"):
        connection.execute(f"DELETE FROM {table} WHERE number=?", (number,))


class SqliteReader:
    """The tables, read."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._db = connection
        rows = connection.execute("SELECT number, length FROM article").fetchall()
        self._lengths: dict[int, int] = dict(rows)
        self.size = len(rows)
        self.mean_length = sum(self._lengths.values()) / max(1, self.size)

    def documents(self) -> set[int]:
        return set(self._lengths)

    def frequency(self, term: str) -> int:
        row = self._db.execute("SELECT sum(length(entries)) FROM posting WHERE term=?", (term,)).fetchone()
        return (row[0] or 0) // _ENTRY.size

    def weights(self, term: str) -> Iterator[tuple[int, float]]:
        for (entries,) in self._db.execute("SELECT entries FROM posting WHERE term=?", (term,)):
            yield from _ENTRY.iter_unpack(entries)

    def side_by_side(self, field: str, wanted: Sequence[str]) -> set[int]:
        alone = len(wanted) == 1
        fields = (field,) if field else FIELDS
        within = "{" + " ".join(fields) + "}"
        names = "{" + " ".join(f"{name}_names" for name in fields) + "}"
        said = " ".join(wanted)
        found = self._matching(f'{within} : "{said}"' if not alone else f'{within} : "{said}" OR {names} : "{said}"')
        return found if alone else found | self._through_names(fields, wanted, found)

    def _through_names(self, fields: Sequence[str], wanted: Sequence[str], found: set[int]) -> set[int]:
        """The documents in which a name, whole, is a word of the phrase."""
        either = " OR ".join(f'"{term}"' for term in dict.fromkeys(wanted))
        maybe: set[int] = set()
        for field in fields:
            every = " AND ".join(f'{{{field} {field}_names}} : "{term}"' for term in dict.fromkeys(wanted))
            if self._any(f"{field}_names : ({either})"):
                maybe |= self._matching(f"{field}_names : ({either}) AND {every}")
        return {
            document
            for document in maybe - found
            if any(_stands(self._texts(document)[field], wanted) for field in fields)
        }

    def _any(self, query: str) -> bool:
        return self._db.execute("SELECT 1 FROM place WHERE place MATCH ? LIMIT 1", (query,)).fetchone() is not None

    def _matching(self, query: str) -> set[int]:
        return {number for (number,) in self._db.execute("SELECT rowid FROM place WHERE place MATCH ?", (query,))}

    def length(self, document: int) -> int:
        return self._lengths[document]

    def near(self, word: str, distance: int) -> Iterator[tuple[str, int]]:
        first = word[0]
        rows = self._db.execute(
            "SELECT text, articles FROM word WHERE text >= ? AND text < ? AND length(text) BETWEEN ? AND ?",
            (first, chr(min(ord(first) + 1, sys.maxunicode)), len(word) - distance, len(word) + distance),
        )
        for text, articles in rows:
            if _edits(word, text, distance) <= distance:
                yield text, articles

    def key(self, document: int) -> str:
        return str(self._db.execute("SELECT key FROM article WHERE number=?", (document,)).fetchone()[0])

    def found(self, document: int) -> Found:
        texts = self._texts(document)
        return Found(self.key(document), texts["title"], texts["body"])

    def _texts(self, document: int) -> dict[str, str]:
        (blob,) = self._db.execute("SELECT texts FROM shown WHERE number=?", (document,)).fetchone()
        return _texts.decode(zlib.decompress(blob))

    def close(self) -> None:
        self._db.close()


def _stands(text: str, wanted: Sequence[str]) -> bool:
    """Whether the terms stand one after the other in `text`, names whole or in parts."""
    starts: set[int] | None = None
    places: dict[str, set[int]] = {}
    for term, position in positions(text):
        places.setdefault(term, set()).add(position)
    for offset, term in enumerate(wanted):
        here = {position - offset for position in places.get(term, ())}
        starts = here if starts is None else starts & here
    return bool(starts)


def _edits(one: str, other: str, most: int) -> int:
    """How many letters are to be put in, taken out or changed; more than `most` where it is more."""
    if len(set(one) ^ set(other)) > 2 * most:
        return most + 1
    row = list(range(len(other) + 1))
    for at, letter in enumerate(one, 1):
        above, row[0] = row[0], at
        for place, beside in enumerate(other, 1):
            above, row[place] = row[place], min(above + (letter != beside), row[place] + 1, row[place - 1] + 1)
        if min(row) > most:
            return most + 1
    return row[-1]

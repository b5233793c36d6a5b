"""The derived files of a base: one SQLite file in the user's cache, the truth being the article files.

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
from array import array
from collections import Counter
from contextlib import nullcontext
from functools import cached_property
from typing import TYPE_CHECKING, Any

import msgspec

from diagnose.errors import KbError, did_you_mean
from diagnose.knowledge import KnownPattern, Message, Pair, Wording
from diagnose.model import Problem
from diagnose.patterns import (
    FREQUENT_RATE,
    Matcher,
    Pattern,
    PatternError,
    compile_patterns,
    engine,
    load_patterns,
)
from diagnose.scan import SALIENT, SALIENT_REGEX
from kb.files import ArticleFile, find

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from kb.article import Article, Fault
    from kb.search import SearchDoc

    Building = Callable[[int], AbstractContextManager[object]]

FORMAT = 41
SCHEMA = """
CREATE TABLE file(path TEXT PRIMARY KEY, root TEXT, size INT, mtime_ns INT, article INT, faults BLOB) WITHOUT ROWID;
CREATE TABLE article(id INTEGER PRIMARY KEY, name TEXT UNIQUE, digest TEXT, problem BLOB, header BLOB, body TEXT,
  path TEXT, domain TEXT, declared INT, stated INT, length INT, products TEXT, terms BLOB, wording BLOB);
CREATE TABLE pattern(number INTEGER PRIMARY KEY, regex TEXT, caseless INT, literal TEXT, capturing INT, rate REAL,
  UNIQUE(regex, caseless, literal));
CREATE TABLE owner(pattern INT, article INT, signal TEXT, PRIMARY KEY(pattern, article, signal)) WITHOUT ROWID;
CREATE INDEX owner_article ON owner(article);
CREATE TABLE pair(number INTEGER PRIMARY KEY, key TEXT UNIQUE, df INT, messages BLOB);
CREATE TABLE message(number INTEGER PRIMARY KEY, article INT, text TEXT, pairs BLOB);
CREATE INDEX message_article ON message(article);
CREATE TABLE term(key TEXT PRIMARY KEY, postings BLOB) WITHOUT ROWID;
CREATE TABLE compiled(kind TEXT PRIMARY KEY, key TEXT, sum TEXT, blob BLOB) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""
_MANY = 500


class Listed(msgspec.Struct, frozen=True):
    """A row of `kb list`."""

    id: str
    title: str
    status: str
    products: tuple[str, ...]
    tags: tuple[str, ...]
    domain: str


def open_store(
    roots: Sequence[Path],
    cache: Path | None,
    note: Callable[[str], None] | None = None,
    building: Building | None = None,
) -> Store:
    """The store of the articles below `roots`, swept and up to date. `note` gets one line for what a person should know;
    `building` is held while articles that changed are read, called with their number."""
    files = find(roots)
    if cache is None:
        return Store(_connected(":memory:", files, building), None, roots)
    path = cache / f"kb-{_key(roots)}.sqlite"
    try:
        store = Store(_connected(str(path), files, building), cache, roots)
        _ = store.lines, store.squeezed  # read now what a diagnosis needs first: damage shows while it can be mended
        return store
    except (sqlite3.DatabaseError, msgspec.MsgspecError, _DamagedError) as error:
        if "locked" in str(error):
            raise KbError(str(path), "another kb is indexing", "try again in a moment") from None
        if "readonly" in str(error) or "unable to open" in str(error) or "full" in str(error):
            if note:
                note(f"{path}: cannot write the index ({error}); results from memory")
            return Store(_connected(":memory:", files, building), None, roots)
        if note:
            note(f"{path}: index damaged ({error}); rebuilt from {len(files)} articles")
        return Store(_connected(str(path), files, building, fresh=True), cache, roots)


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
    connection.execute("PRAGMA synchronous=NORMAL")
    known = connection.execute("SELECT count(*) FROM sqlite_master WHERE name='meta'").fetchone()[0]
    if not known or _meta(connection, "format") != str(FORMAT):
        connection.execute("BEGIN IMMEDIATE")
        for (name,) in connection.execute(
            "SELECT name FROM sqlite_master WHERE type='table' AND name NOT LIKE 'sqlite%'"
        ).fetchall():
            connection.execute(f'DROP TABLE "{name}"')
        for statement in SCHEMA.split(";")[:-1]:
            connection.execute(statement)
        connection.execute("INSERT INTO meta VALUES('format', ?)", (str(FORMAT),))
        connection.execute("COMMIT")
    _sweep(connection, files, building)
    return connection


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


def _sum(blob: bytes) -> str:
    """Against bit rot, not against people: the file is private to this user."""
    return f"{zlib.crc32(blob):08x}{len(blob):x}"


def _meta(connection: sqlite3.Connection, key: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
    return str(row[0]) if row else ""


def _sweep(connection: sqlite3.Connection, files: Sequence[ArticleFile], building: Building | None) -> None:
    """Bring the tables up to date with `files`."""
    known = {row[0]: (row[1], row[2]) for row in connection.execute("SELECT path, size, mtime_ns FROM file")}
    present = {file.path: (file.size, file.mtime_ns) for file in files}
    if known != present:
        from kb.refresh import refresh

        changed = sum(known.get(path) != state for path, state in present.items())
        connection.execute("BEGIN IMMEDIATE")
        try:
            with building(changed) if building else nullcontext():
                refresh(connection, files)
                _compile(connection)
            connection.execute("COMMIT")
        except BaseException:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
    elif _meta(connection, "engine") != engine():
        connection.execute("BEGIN IMMEDIATE")
        _compile(connection)
        connection.execute("COMMIT")


def _in_conditions(connection: sqlite3.Connection) -> set[int]:
    """Patterns of articles with a set or a sequence; the cached JSON leaves empty ones out."""
    rows = connection.execute(
        "SELECT DISTINCT o.pattern FROM owner o JOIN article a ON a.id = o.article"
        """ WHERE instr(a.problem, '"set":[') OR instr(a.problem, '"sequence":[')"""
    )
    return {number for (number,) in rows}


def _compile(connection: sqlite3.Connection) -> None:
    """Compile all patterns; one that the engine refuses is left out and told as a fault of its article."""
    from diagnose.match import prefix_length
    from diagnose.patterns import literal as as_literal

    rows = connection.execute("SELECT number, regex, caseless, literal, rate FROM pattern ORDER BY number").fetchall()
    lines = [Pattern(SALIENT, SALIENT_REGEX, True, True)]
    every = _in_conditions(connection)  # a condition wants every line of its patterns, not one a block
    lines += [
        Pattern(number, regex, bool(caseless), rate > FREQUENT_RATE and number not in every)
        for number, regex, caseless, _, rate in rows
    ]
    squeezed = [Pattern(SALIENT, r"\x00kb\x00", True, True)]
    for number, _, caseless, literal, _ in rows:
        if literal:
            data = literal.encode("utf-8", "surrogateescape")
            prefix = data[: prefix_length(data)].decode("utf-8", "ignore")
            squeezed.append(Pattern(number, as_literal(prefix), bool(caseless), False))
    for kind, patterns in (("lines", lines), ("squeezed", squeezed)):
        blob = _without_refused(connection, patterns).dump()
        connection.execute(
            "INSERT OR REPLACE INTO compiled VALUES(?, ?, ?, ?)",
            (kind, engine(), _sum(blob), blob),
        )
    connection.execute("INSERT OR REPLACE INTO meta VALUES('engine', ?)", (engine(),))


def _without_refused(connection: sqlite3.Connection, patterns: list[Pattern]) -> Matcher:
    while True:
        try:
            return compile_patterns(patterns)
        except PatternError as error:
            from kb.refresh import refuse

            refuse(connection, error)
            patterns = [pattern for pattern in patterns if pattern.number != error.number]


def _chunks(keys: Collection[Any]) -> Iterator[list[object]]:
    items = list(keys)
    for start in range(0, len(items), _MANY):
        yield items[start : start + _MANY]


def _ints(blob: bytes) -> array[int]:
    values = array("I")
    values.frombytes(blob)
    if sys.byteorder == "big":
        values.byteswap()
    return values


class Store:
    """A base as the core reads it (`diagnose.knowledge.Knowledge`), and the articles for people."""

    def __init__(self, connection: sqlite3.Connection, cache: Path | None, roots: Sequence[Path]) -> None:
        self._db = connection
        self.search_dir = cache / "search" if cache else None
        self.roots = tuple(roots)

    def _rows(self, query: str, keys: Collection[Any]) -> Iterator[Any]:
        for chunk in _chunks(keys):
            yield from self._db.execute(query.format(",".join("?" * len(chunk))), chunk)

    @cached_property
    def size(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM article").fetchone()[0])

    @cached_property
    def lines(self) -> Matcher:
        return self._matcher("lines")

    @cached_property
    def squeezed(self) -> Matcher:
        return self._matcher("squeezed")

    def _matcher(self, kind: str) -> Matcher:
        """The compiled patterns, compiled again where the cache does not fit this machine."""
        row = self._db.execute("SELECT sum, blob FROM compiled WHERE kind=?", (kind,)).fetchone()
        try:
            if row is None or _sum(row[1]) != row[0]:
                raise ValueError("damaged pattern cache")
            return load_patterns(row[1])
        except ValueError:
            _compile(self._db)
            row = self._db.execute("SELECT blob FROM compiled WHERE kind=?", (kind,)).fetchone()
            return load_patterns(row[0])

    def known(self, numbers: Collection[int]) -> dict[int, KnownPattern]:
        wanted = [n for n in numbers if n not in self._known]
        owners: dict[int, list[tuple[str, str]]] = {}
        query = (
            "SELECT o.pattern, a.name, o.signal FROM owner o JOIN article a ON a.id = o.article"
            " WHERE o.pattern IN ({}) ORDER BY a.name, o.signal"
        )
        for pattern, name, signal in self._rows(query, wanted):
            owners.setdefault(pattern, []).append((name, signal))
        query = "SELECT number, regex, caseless, literal, capturing, rate FROM pattern WHERE number IN ({})"
        for number, regex, caseless, literal, capturing, rate in self._rows(query, wanted):
            key = number
            self._known[key] = KnownPattern(
                key,
                regex,
                bool(caseless),
                literal,
                bool(capturing),
                rate,
                tuple(owners.get(key, ())),
            )
        return {n: self._known[n] for n in numbers if n in self._known}

    @cached_property
    def _known(self) -> dict[int, KnownPattern]:
        return {}

    def problems(self, ids: Iterable[str]) -> dict[str, Problem]:
        rows = self._rows("SELECT name, problem FROM article WHERE name IN ({})", list(ids))
        return {name: self._decoder.decode(blob) for name, blob in rows}

    @cached_property
    def _decoder(self) -> msgspec.json.Decoder[Problem]:
        return msgspec.json.Decoder(Problem)

    def wordings(self, ids: Iterable[str]) -> dict[str, Wording]:
        rows = self._rows("SELECT name, wording FROM article WHERE name IN ({})", list(ids))
        return {name: self._wording_decoder.decode(blob) for name, blob in rows}

    @cached_property
    def _wording_decoder(self) -> msgspec.json.Decoder[Wording]:
        return msgspec.json.Decoder(Wording)

    def pairs(self, keys: Collection[str]) -> dict[str, Pair]:
        rows = self._rows("SELECT key, number, df, messages FROM pair WHERE key IN ({})", keys)
        return {key: Pair(number, df, _ints(blob)) for key, number, df, blob in rows}

    def pair_counts(self, numbers: Collection[int]) -> dict[int, int]:
        rows = self._rows("SELECT number, df FROM pair WHERE number IN ({})", numbers)
        return dict(rows)

    def messages(self, numbers: Collection[int]) -> dict[int, Message]:
        query = "SELECT m.number, a.name, m.text, m.pairs FROM message m JOIN article a ON a.id = m.article WHERE m.number IN ({})"
        rows = self._rows(query, numbers)
        return {number: Message(number, name, text, _ints(blob)) for number, name, text, blob in rows}

    def postings(self, terms: Collection[str]) -> dict[str, array[int]]:
        rows = self._rows("SELECT key, postings FROM term WHERE key IN ({})", terms)
        return {key: _ints(blob) for key, blob in rows}

    def lengths(self) -> dict[int, int]:
        return self._lengths

    @cached_property
    def _lengths(self) -> dict[int, int]:
        return dict(self._db.execute("SELECT id, length FROM article"))

    def names(self, documents: Collection[int]) -> dict[int, str]:
        return dict(self._rows("SELECT id, name FROM article WHERE id IN ({})", documents))

    def products(self) -> dict[str, frozenset[str]]:
        return self._products

    @cached_property
    def _products(self) -> dict[str, frozenset[str]]:
        rows = self._db.execute("SELECT name, products FROM article WHERE products != ''")
        return {name: frozenset(products.split()) for name, products in rows}

    def product_words(self) -> dict[str, int]:
        return self._product_words

    @cached_property
    def _product_words(self) -> dict[str, int]:
        return Counter(word for words in self._products.values() for word in words)

    # --- for people ---

    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the article files, in order of path and line."""
        rows = self._db.execute("SELECT faults FROM file WHERE faults IS NOT NULL ORDER BY path").fetchall()
        if not rows:
            return ()
        from kb.article import Fault

        return tuple(fault for (blob,) in rows for fault in msgspec.json.decode(blob, type=list[Fault]))

    def article(self, name: str) -> Article:
        """The article with this id; KbError with the closest one where there is none."""
        from kb.article import Article, Header

        row = self._db.execute(
            "SELECT problem, header, body, path, domain, declared, stated FROM article WHERE name=?", (name.lower(),)
        ).fetchone()
        if row is None:
            names = [n for (n,) in self._db.execute("SELECT name FROM article")]
            close = did_you_mean(name.lower(), names) or "kb list shows all ids"
            raise KbError(name, "no article has this id", close)
        problem, header, body, path, domain, declared, stated = row
        return Article(
            problem=self._decoder.decode(problem),
            header=msgspec.json.decode(header, type=Header),
            body=body,
            path=path,
            domain=domain,
            declared=bool(declared),
            stated=bool(stated),
        )

    def ids(self) -> list[str]:
        return [name for (name,) in self._db.execute("SELECT name FROM article ORDER BY name")]

    def listing(self) -> list[Listed]:
        rows = self._db.execute("SELECT name, problem, domain FROM article ORDER BY domain, name").fetchall()
        result = []
        for name, blob, domain in rows:
            problem = self._decoder.decode(blob)
            products = tuple(p.product for p in problem.applies_to)
            result.append(Listed(name, problem.title, problem.status, products, problem.tags, domain))
        return result

    @property
    def documents_digest(self) -> str:
        """Changes with the content of any article."""
        rows = self._db.execute("SELECT name, digest FROM article ORDER BY name")
        import hashlib  # not needed for a diagnosis, and OpenSSL is slow to load

        return hashlib.sha256("\n".join(f"{name} {digest}" for name, digest in rows).encode()).hexdigest()

    def documents(self) -> Iterator[SearchDoc]:
        """Every article as the full-text index takes it."""
        from kb.search import SearchDoc

        for name, digest, blob, body in self._db.execute(
            "SELECT name, digest, problem, body FROM article ORDER BY name"
        ):
            problem = self._decoder.decode(blob)
            yield SearchDoc(
                id=name,
                title=problem.title,
                symptoms="\n".join(text for s in problem.signals.values() for text in s.contains),
                causes="\n".join(f"{c.id} {c.title} {c.summary}" for c in problem.causes),
                products=" ".join(f"{p.product} {p.versions}" for p in problem.applies_to),
                tags=" ".join(problem.tags),
                body=f"{problem.summary}\n{body}",
                digest=digest,
            )

    def close(self) -> None:
        self._db.close()

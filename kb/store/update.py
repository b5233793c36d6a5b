"""Changed article files to rows of the store. Imported only when something changed: it needs YAML and Markdown."""

from __future__ import annotations

import hashlib
import os
import re
import time
from typing import TYPE_CHECKING

import msgspec

from kb.articles.article import Article
from kb.articles.parse import parse
from kb.documents.fault import Fault
from kb.library.library import Library
from kb.safe_files import read
from kb.store.postings import Changes
from kb.store.rows import Indexed, index
from kb.store.schema import pressed, sealed, unsealed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence, Set

    from diagnose.scan.patterns import PatternError
    from kb.articles.files import ArticleFile

LARGEST = 1 << 20
_USES = re.compile(rb"\buse[ \t]*:")  # whether an article may use the library, and so changes with it
TICK_NS = 20_000_000


def refresh(db: sqlite3.Connection, files: Sequence[ArticleFile], changed: Set[str]) -> None:
    """Read every file that is new or `changed`, drop what is gone, and update the postings of just these."""
    _settle(files)
    changes = Changes(db)
    unread = to_read(db, files, changed)
    libraries: dict[str, Library] = {}
    for path, article in _stale(db, files, changed).items():
        if article is not None:
            changes.remove(article)
        db.execute("DELETE FROM file WHERE path=?", (path,))
    changes.take_out()
    for file in unread:
        if file.root not in libraries:
            libraries[file.root] = Library.of_base(file.root)
        library = libraries[file.root]
        if file.library:
            _note_library_file(db, library, file)
        else:
            _read(db, changes, file, library)
    changes.write()


def to_read(db: sqlite3.Connection, files: Sequence[ArticleFile], changed: Set[str]) -> list[ArticleFile]:
    """The files that are new, `changed`, or use a library that changed."""
    stale = _stale(db, files, changed)
    known = {path for (path,) in db.execute("SELECT path FROM file")}
    return [file for file in files if file.path not in known or file.path in stale]


def _stale(db: sqlite3.Connection, files: Sequence[ArticleFile], changed: Set[str]) -> dict[str, int | None]:
    """The paths whose rows are no longer true, in order, with the number of their article where they have one."""
    rows = db.execute("SELECT path, article, uses FROM file ORDER BY path").fetchall()
    known, present = {row[0] for row in rows}, {file.path for file in files}
    stale = changed & known
    libraries = {path for path, _, uses in rows if uses is None} | {file.path for file in files if file.library}
    if libraries & changed:
        stale |= {path for path, _, uses in rows if uses}
    if stale:  # what lost a clash of ids must be read again when the winner changes
        stale |= {path for path, article, uses in rows if article is None and uses is not None and path in present}
    return {path: article for path, article, _ in rows if path in stale}


def _note_library_file(db: sqlite3.Connection, library: Library, file: ArticleFile) -> None:
    """The row that shows a change of a library file, and what is wrong with it where it belongs to a base."""
    faults = library.faults_at(file.path)
    blob = sealed(msgspec.json.encode(faults)) if faults else None
    db.execute(
        "INSERT OR REPLACE INTO file VALUES(?, ?, ?, ?, ?, ?, NULL, ?, NULL)",
        (file.path, file.root, file.size, file.mtime_ns, file.ctime_ns, content_digest(file.path), blob),
    )


def _settle(files: Sequence[ArticleFile]) -> None:
    """Wait out the tick of the file system's clock in which the newest file was written: a later edit of the same size must
    show in its time."""
    newest = max((file.ctime_ns for file in files), default=0)
    if abs(time.time_ns() - newest) < TICK_NS:
        time.sleep(TICK_NS / 1e9)


def digest_of(data: bytes) -> str:
    """By which the content of an article file is known."""
    return hashlib.sha256(data).hexdigest()


def content_digest(path: str) -> str:
    """That of the file as it is now; empty where it cannot be read."""
    try:
        return digest_of(read(path, LARGEST))
    except OSError:
        return ""


def _read(db: sqlite3.Connection, changes: Changes, file: ArticleFile, library: Library) -> None:
    shown, data = file.path, b""
    try:
        data = read(file.path, LARGEST)
        article, faults = parse(shown, data, library)
    except OSError as error:
        article, faults = (
            None,
            (
                Fault(
                    path=shown,
                    line=1,
                    column=1,
                    what=error.strerror or str(error),
                    way_out="check the permissions",
                    severity="error",
                ),
            ),
        )
    number, digest = None, digest_of(data)
    if article is not None:
        taken = db.execute("SELECT path FROM article WHERE name=?", (article.problem.id,)).fetchone()
        if taken is None:
            number = _insert(db, changes, article, _digest(data, article), file)
        else:
            clash = Fault(
                path=shown,
                line=1,
                column=1,
                what=f"the id '{article.problem.id}' is taken by {taken[0]}",
                way_out="give one of them another id",
                severity="error",
            )
            faults = (*faults, clash)
    blob = sealed(msgspec.json.encode(faults)) if faults else None
    db.execute(
        "INSERT OR REPLACE INTO file VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            file.path,
            file.root,
            file.size,
            file.mtime_ns,
            file.ctime_ns,
            digest,
            number,
            blob,
            _USES.search(data) is not None,
        ),
    )


def _digest(data: bytes, article: Article) -> str:
    """Changes with the article, and with what it uses of the library."""
    return digest_of(data + (msgspec.json.encode(article.problem) if article.uses else b""))


def _insert(db: sqlite3.Connection, changes: Changes, article: Article, digest: str, file: ArticleFile) -> int:
    rows = index(article)
    domain = os.path.relpath(file.path, file.root).replace("\\", "/").split("/")[0]
    cursor = db.execute(
        "INSERT INTO article(name, digest, problem, header, path, domain, declared, stated, conditions, length, products, "
        "wording, uses, shown)"
        " VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            article.problem.id,
            digest,
            sealed(msgspec.json.encode(article.problem)),
            sealed(msgspec.json.encode(article.header)),
            file.path,
            "" if domain.endswith(".md") else domain,
            article.declared,
            article.stated,
            any(signal.set or signal.sequence for signal in article.problem.signals.values()),
            rows.length,
            " ".join(rows.products),
            sealed(msgspec.json.encode(rows.wording, order="deterministic")),
            sealed(msgspec.json.encode(article.uses)) if article.uses else None,
            sealed(msgspec.json.encode(rows.shown)),
        ),
    )
    number = int(cursor.lastrowid or 0)
    terms = msgspec.json.encode(sorted(rows.terms))
    prose = (number, pressed(article.body.encode()), pressed(terms), "\n".join(rows.codes))
    db.execute("INSERT INTO prose VALUES(?, ?, ?, ?)", prose)
    _insert_patterns(db, number, rows)
    changes.add(number, rows)
    return number


def _insert_patterns(db: sqlite3.Connection, article: int, rows: Indexed) -> None:
    for p in rows.patterns:
        key = (p.regex, p.caseless, p.literal)
        db.execute(
            "INSERT OR IGNORE INTO pattern(regex, caseless, literal, wider, capturing, rate) VALUES(?, ?, ?, ?, ?, ?)",
            (*key, p.wider, p.capturing, p.rate),
        )
        (number,) = db.execute("SELECT number FROM pattern WHERE regex=? AND caseless=? AND literal=?", key).fetchone()
        db.execute("INSERT OR IGNORE INTO owner VALUES(?, ?, ?)", (number, article, p.signal))


def refuse(db: sqlite3.Connection, error: PatternError) -> None:
    """Tell a pattern that the engine refused as a fault of every article that holds it, and drop it."""
    owners = db.execute(
        "SELECT f.path, o.signal, p.regex, f.faults FROM owner o JOIN pattern p ON p.number = o.pattern"
        " JOIN file f ON f.article = o.article WHERE o.pattern=?",
        (error.number,),
    ).fetchall()
    for path, signal, regex, blob in owners:
        faults = msgspec.json.decode(unsealed(blob), type=list[Fault]) if blob else []
        faults.append(
            Fault(
                path=path,
                line=1,
                column=1,
                what=f"signal '{signal}': the pattern {regex[:80]!r} cannot be used: {error.reason}",
                way_out="write it in RE2 syntax",
                severity="error",
            )
        )
        db.execute("UPDATE file SET faults=? WHERE path=?", (sealed(msgspec.json.encode(faults)), path))
    db.execute("DELETE FROM owner WHERE pattern=?", (error.number,))
    db.execute("DELETE FROM pattern WHERE number=?", (error.number,))

"""The patterns of a base as the engine compiled them, kept in its derived file.

Takes an open connection; gives matchers. An edit compiles only what it changed, as a second matcher beside the one of all
others, until that has grown to a share of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.scan.hits import SALIENT, SALIENT_REGEX
from diagnose.scan.patterns import (
    FREQUENT_RATE,
    Amended,
    Matcher,
    Pattern,
    PatternError,
    compile_patterns,
    engine,
    load_patterns,
)
from diagnose.scan.patterns import literal as as_literal
from kb.store.schema import DamagedError, meta_of, packed, sealed, unpacked, unsealed

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

# Patterns that may have changed before all are compiled again, at least and as a share: the second matcher costs every scan
# a second look at the text.
LEAST_CHANGED, MOST_CHANGED = 100, 0.05
_NOWHERE = Pattern(SALIENT, r"\x00kb\x00", True, True)


def matcher(connection: sqlite3.Connection, kind: str) -> Matcher:
    """The compiled patterns of a kind: `lines` or `squeezed`. ValueError where they are of another engine or processor,
    DamagedError where they are not as they were written."""
    found = _row(connection, kind)
    if found is None:
        raise DamagedError("the compiled patterns are missing")
    whole = load_patterns(unsealed(found[0]))
    changed = _row(connection, _changed(kind))
    if changed is None:
        return whole
    return Amended(whole, frozenset(unpacked(changed[1])), load_patterns(unsealed(changed[0])))


def _changed(kind: str) -> str:
    return f"{kind}, changed"


def _row(connection: sqlite3.Connection, kind: str) -> tuple[bytes, bytes] | None:
    """The compiled patterns, and what they were compiled of (of a changed kind: the numbers that it stands for or undoes)."""
    row: tuple[bytes, bytes] | None = connection.execute(
        "SELECT blob, patterns FROM compiled WHERE kind=?", (kind,)
    ).fetchone()
    return row


def compile_patterns_of(connection: sqlite3.Connection) -> None:
    """Compile what changed, or all where that is much or nothing is there that fits; a pattern that the engine refuses is
    left out and told as a fault of its article."""
    fits = meta_of(connection, "engine") == engine()
    for kind, patterns in (("lines", _lines(connection)), ("squeezed", _squeezed(connection))):
        if not (fits and _amended(connection, kind, patterns)):
            blob = _without_refused(connection, patterns).dump()
            ids = packed(map(_id, patterns))
            connection.execute("INSERT OR REPLACE INTO compiled VALUES(?, ?, ?)", (kind, sealed(blob), ids))
            connection.execute("DELETE FROM compiled WHERE kind=?", (_changed(kind),))
    connection.execute("INSERT OR REPLACE INTO meta VALUES('engine', ?)", (engine(),))


def _id(pattern: Pattern) -> int:
    """What a pattern is compiled of: under one number the text never changes."""
    return pattern.number << 1 | pattern.frequent


def _amended(connection: sqlite3.Connection, kind: str, patterns: Sequence[Pattern]) -> bool:
    """Whether it was enough to compile what changed since all were compiled."""
    whole = _row(connection, kind)
    if whole is None or not _loads(whole[0]):
        return False
    known, wanted = set(unpacked(whole[1])), set(map(_id, patterns))
    if len(known ^ wanted) > max(LEAST_CHANGED, MOST_CHANGED * len(known)):
        return False
    if known == wanted:
        connection.execute("DELETE FROM compiled WHERE kind=?", (_changed(kind),))
        return True
    fresh = [_NOWHERE, *(pattern for pattern in patterns if _id(pattern) not in known)]
    blob, undone = _without_refused(connection, fresh).dump(), packed(sorted(one >> 1 for one in known - wanted))
    connection.execute("INSERT OR REPLACE INTO compiled VALUES(?, ?, ?)", (_changed(kind), sealed(blob), undone))
    return True


def _loads(blob: bytes) -> bool:
    """Whether the engine takes it: it was compiled for this processor."""
    data = unsealed(blob)
    try:
        load_patterns(data)
    except ValueError:
        return False
    return True


def _lines(connection: sqlite3.Connection) -> list[Pattern]:
    """The patterns that lines are scanned for."""
    query = "SELECT DISTINCT o.pattern FROM owner o JOIN article a ON a.id = o.article WHERE a.conditions"
    every = {
        number for (number,) in connection.execute(query)
    }  # a condition wants every line of its patterns, not one a block
    rows = connection.execute("SELECT number, regex, caseless, rate, wider FROM pattern ORDER BY number")
    return [
        Pattern(SALIENT, SALIENT_REGEX, True, True),
        *(
            Pattern(number, regex, bool(caseless), rate > FREQUENT_RATE and number not in every, wider)
            for number, regex, caseless, rate, wider in rows
        ),
    ]


def _squeezed(connection: sqlite3.Connection) -> list[Pattern]:
    """The beginnings of literals that are looked for in text without its blanks."""
    from diagnose.match.rejoined import prefix_length

    found = [_NOWHERE]
    rows = connection.execute("SELECT number, caseless, literal FROM pattern WHERE literal != '' ORDER BY number")
    for number, caseless, literal in rows:
        data = literal.encode("utf-8", "surrogateescape")
        prefix = data[: prefix_length(data)].decode("utf-8", "ignore")
        found.append(Pattern(number, as_literal(prefix), bool(caseless), False))
    return found


def _without_refused(connection: sqlite3.Connection, patterns: list[Pattern]) -> Matcher:
    while True:
        try:
            return compile_patterns(patterns)
        except PatternError as error:
            from kb.store.update import refuse

            refuse(connection, error)
            patterns = [pattern for pattern in patterns if pattern.number != error.number]

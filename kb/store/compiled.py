"""The patterns of a base as the engine compiled them, kept in its derived file.

Takes an open connection; gives matchers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.scan.hits import SALIENT, SALIENT_REGEX
from diagnose.scan.patterns import (
    FREQUENT_RATE,
    Matcher,
    Pattern,
    PatternError,
    compile_patterns,
    engine,
    load_patterns,
)
from kb.store.schema import DamagedError, sealed, unsealed

if TYPE_CHECKING:
    import sqlite3


def matcher(connection: sqlite3.Connection, kind: str) -> Matcher:
    """The compiled patterns of a kind: `lines` or `squeezed`. ValueError where they are of another engine or processor,
    DamagedError where they are not as they were written."""
    row = connection.execute("SELECT blob FROM compiled WHERE kind=?", (kind,)).fetchone()
    if row is None:
        raise DamagedError("the compiled patterns are missing")
    return load_patterns(unsealed(row[0]))


def compile_all(connection: sqlite3.Connection) -> None:
    """Compile all patterns; one that the engine refuses is left out and told as a fault of its article."""
    from diagnose.match.rejoined import prefix_length
    from diagnose.scan.patterns import literal as as_literal

    rows = connection.execute("SELECT number, regex, caseless, literal, rate FROM pattern ORDER BY number").fetchall()
    lines = [Pattern(SALIENT, SALIENT_REGEX, True, True)]
    query = "SELECT DISTINCT o.pattern FROM owner o JOIN article a ON a.id = o.article WHERE a.conditions"
    every = {
        number for (number,) in connection.execute(query)
    }  # a condition wants every line of its patterns, not one a block
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
        connection.execute("INSERT OR REPLACE INTO compiled VALUES(?, ?)", (kind, sealed(blob)))
    connection.execute("INSERT OR REPLACE INTO meta VALUES('engine', ?)", (engine(),))


def _without_refused(connection: sqlite3.Connection, patterns: list[Pattern]) -> Matcher:
    while True:
        try:
            return compile_patterns(patterns)
        except PatternError as error:
            from kb.store.update import refuse

            refuse(connection, error)
            patterns = [pattern for pattern in patterns if pattern.number != error.number]

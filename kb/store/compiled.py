"""The patterns of a base as the engine compiled them, kept in its derived file.

Takes an open connection; gives matchers, compiled again where what is kept is damaged or of another engine.
"""

from __future__ import annotations

import zlib
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

if TYPE_CHECKING:
    import sqlite3


def matcher(connection: sqlite3.Connection, kind: str) -> Matcher:
    """The compiled patterns of a kind: `lines` or `squeezed`."""
    row = connection.execute("SELECT sum, blob FROM compiled WHERE kind=?", (kind,)).fetchone()
    try:
        if row is None or checksum(row[1]) != row[0]:
            raise ValueError("damaged pattern cache")
        return load_patterns(row[1])
    except ValueError:
        compile_all(connection)
        row = connection.execute("SELECT blob FROM compiled WHERE kind=?", (kind,)).fetchone()
        return load_patterns(row[0])


def checksum(blob: bytes) -> str:
    """Against bit rot, not against people: the file is private to this user."""
    return f"{zlib.crc32(blob):08x}{len(blob):x}"


def _in_conditions(connection: sqlite3.Connection) -> set[int]:
    """Patterns of articles with a set or a sequence; the cached JSON leaves empty ones out."""
    rows = connection.execute(
        "SELECT DISTINCT o.pattern FROM owner o JOIN article a ON a.id = o.article"
        """ WHERE instr(a.problem, '"set":[') OR instr(a.problem, '"sequence":[')"""
    )
    return {number for (number,) in rows}


def compile_all(connection: sqlite3.Connection) -> None:
    """Compile all patterns; one that the engine refuses is left out and told as a fault of its article."""
    from diagnose.match.rejoined import prefix_length
    from diagnose.scan.patterns import literal as as_literal

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
            (kind, engine(), checksum(blob), blob),
        )
    connection.execute("INSERT OR REPLACE INTO meta VALUES('engine', ?)", (engine(),))


def _without_refused(connection: sqlite3.Connection, patterns: list[Pattern]) -> Matcher:
    while True:
        try:
            return compile_patterns(patterns)
        except PatternError as error:
            from kb.store.update import refuse

            refuse(connection, error)
            patterns = [pattern for pattern in patterns if pattern.number != error.number]

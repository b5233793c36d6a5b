"""The catalogues that were taken in, in one SQLite file of the user's data: a line to what it says in English.

Each translation is found by the rarest of its words, so that a look-up costs some rows a line, however many there are. An edge
module: it reads a file.
"""

from __future__ import annotations

import sqlite3
from itertools import islice
from typing import TYPE_CHECKING, Any

import msgspec

from kb.catalogs.templates import Found, Pieces, Place, filled, find, folded, keys, weight
from kb.folders import catalogs_file

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

VERSION = 1
MOST_READINGS = 3  # of a line: several English messages may have one translation
MOST_LINES, LONGEST_LINE = 2_000, 2_000
MOST_CANDIDATES = 500  # of a line
DEEPEST = 3  # a value may be a message itself: "could not open file: no such file"
LEAST_INSIDE = 20  # letters that a message has which may stand anywhere in a line
_ENDS = ("", *":;.,!?()[]\"'、。：")
_MANY = 500
_DAMAGE = (sqlite3.DatabaseError, msgspec.MsgspecError)


class CatalogSource(msgspec.Struct, frozen=True):
    """A file that was taken in: its path, its language (empty where it does not say), how many messages."""

    path: str
    language: str
    messages: int


class Known(msgspec.Struct, frozen=True):
    """A translation as it is looked for, and what it is in English."""

    translated: Pieces
    english: Pieces
    weight: int


def opened(folder: Path | None) -> Catalog | None:
    """The catalogues below the user's data folder; None where none was taken in or the file is of another version."""
    if folder is None or not catalogs_file(folder).is_file():
        return None
    try:
        database = sqlite3.connect(f"{catalogs_file(folder).as_uri()}?mode=ro", uri=True, check_same_thread=False)
    except sqlite3.Error:
        return None
    try:
        known = database.execute("PRAGMA user_version").fetchone()[0] == VERSION
    except sqlite3.Error:
        known = False
    if known:
        return Catalog(database)
    database.close()
    return None


class Catalog:
    """Owns its connection: whoever opens it closes it."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._db = database
        self._known: dict[int, Known] = {}

    def close(self) -> None:
        self._db.close()

    def sources(self) -> list[CatalogSource]:
        rows = self._db.execute("SELECT path, language, messages FROM source ORDER BY path").fetchall()
        return [CatalogSource(*row) for row in rows]

    def english(self, lines: Collection[str]) -> dict[str, tuple[str, ...]]:
        """For every line that holds a message of a catalogue: the line with that message in English, in at most
        MOST_READINGS ways. Damage of the file reads as no catalogue: it may only add to an answer."""
        asked = {line: folded(line[:LONGEST_LINE]) for line in islice(dict.fromkeys(lines), MOST_LINES)}
        try:
            entries = self._entries({key for line in asked.values() for key in keys(line)})
            found = {line: self._readings(text, entries) for line, text in asked.items()}
        except _DAMAGE:
            return {}
        return {line: tuple(readings) for line, readings in found.items() if readings}

    def _entries(self, wanted: set[str]) -> dict[str, list[int]]:
        result: dict[str, list[int]] = {}
        for key, entry in self._rows(
            "SELECT key, entry FROM posting WHERE key IN ({}) ORDER BY key, entry", sorted(wanted)
        ):
            result.setdefault(key, []).append(entry)
        return result

    def _rows(self, query: str, values: Sequence[Any]) -> Iterator[Any]:
        for start in range(0, len(values), _MANY):
            chunk = values[start : start + _MANY]
            yield from self._db.execute(query.format(",".join("?" * len(chunk))), chunk).fetchall()

    def _readings(self, line: str, entries: dict[str, list[int]]) -> list[str]:
        found = sorted(
            (entries[key] for key in keys(line) if key in entries), key=len
        )  # what few messages have says most
        numbers = dict.fromkeys(entry for several in found for entry in several)
        if not numbers:
            return []
        candidates = self._of(list(numbers)[:MOST_CANDIDATES])
        return [reading for reading in _english(line, candidates, 0) if reading != line]

    def _of(self, numbers: Sequence[int]) -> list[Known]:
        missing = [number for number in numbers if number not in self._known]
        for number, translated, english, weight_ in self._rows(
            "SELECT id, translated, english, weight FROM entry WHERE id IN ({})", missing
        ):
            self._known[number] = Known(unpacked(translated), unpacked(english), weight_)
        return [self._known[number] for number in numbers if number in self._known]


def _english(line: str, candidates: Sequence[Known], depth: int) -> list[str]:
    """`line` with the widest message that stands in it in English, in each way that it has there; its values and what stands
    around it likewise."""
    held = [
        (known, found) for known in candidates if (found := find(known.translated, line)) and _holds(known, found, line)
    ]
    widest = max(((found.end - found.start, known.weight) for known, found in held), default=None)
    readings: dict[str, None] = {}
    for known, found in held:
        if (found.end - found.start, known.weight) != widest or len(readings) == MOST_READINGS:
            continue
        inner = [other for other, _ in held if other is not known] if depth < DEEPEST else []
        values = {name: _first(value, inner, depth) for name, value in found.values.items()}
        before, after = _first(line[: found.start], inner, depth), _first(line[found.end :], inner, depth)
        readings[before + filled(known.english, values) + after] = None
    return list(readings)


def _holds(known: Known, found: Found, line: str) -> bool:
    return known.weight >= LEAST_INSIDE or _alone(line, found)


def _alone(line: str, found: Found) -> bool:
    """Whether it is a part of the line by itself: a single word inside a sentence is not that message."""
    before, after = line[: found.start].rstrip(), line[found.end :].lstrip()
    return before[-1:] in _ENDS and after[:1] in _ENDS


def _first(text: str, candidates: Sequence[Known], depth: int) -> str:
    readings = _english(text, candidates, depth + 1) if candidates and weight((text,)) else []
    return readings[0] if readings else text


def packed(parts: Pieces) -> bytes:
    """Literals as texts, places as lists of one."""
    return msgspec.json.encode([part if isinstance(part, str) else [part.name] for part in parts])


def unpacked(data: bytes) -> Pieces:
    return tuple(
        part if isinstance(part, str) else Place(part[0])
        for part in msgspec.json.decode(data, type=list[str | list[str]])
    )

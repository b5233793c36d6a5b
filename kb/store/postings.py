"""What a change of articles changes in the postings: the terms and the pairs of words by which articles and their messages are found.

Takes rows of articles and the connection that they are written to.
"""

from __future__ import annotations

from array import array
from collections import Counter
from typing import TYPE_CHECKING

import msgspec

from kb.store.schema import packed, unpacked, unpressed

if TYPE_CHECKING:
    import sqlite3

    from kb.store.rows import Indexed

# Entries that are held in memory until they are written.
HELD = 2_000_000


class Changes:
    """Postings to take out and then to add, written in one go: each touched row is read and written once, or as often as what is
    held has grown to HELD."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db = db
        self._removed_terms: dict[str, set[int]] = {}
        self._removed_pairs: dict[int, set[int]] = {}
        self._lost: dict[int, int] = {}
        self._pairs: dict[str, int] = {}
        self._clear()

    def _clear(self) -> None:
        self._terms: dict[str, array[int]] = {}
        self._messages: dict[int, array[int]] = {}  # of each pair
        self._gained: Counter[int] = Counter()  # articles of each pair
        self._held = 0

    def add(self, article: int, rows: Indexed) -> None:
        """The terms and messages of a new article."""
        for term, frequency in rows.terms.items():
            self._terms.setdefault(term, array("I")).append(article << 8 | min(255, frequency))
        holding: set[int] = set()
        for text, keys in rows.messages:
            pairs = [self._pair(key) for key in keys]
            query = "INSERT INTO message(article, text, pairs) VALUES(?, ?, ?)"
            message = int(self._db.execute(query, (article, text, packed(pairs))).lastrowid or 0)
            for pair in pairs:
                self._messages.setdefault(pair, array("I")).append(message)
            holding.update(pairs)
            self._held += len(pairs)
        self._gained.update(holding)
        self._held += len(rows.terms)
        if self._held > HELD:
            self._write_held()

    def remove(self, article: int) -> None:
        """All that stands for it in the tables goes, its postings with `take_out`."""
        db = self._db
        (terms,) = db.execute("SELECT terms FROM prose WHERE article=?", (article,)).fetchone()
        for term in msgspec.json.decode(unpressed(terms)):
            self._removed_terms.setdefault(term, set()).add(article)
        touched: set[int] = set()
        for number, blob in db.execute("SELECT number, pairs FROM message WHERE article=?", (article,)).fetchall():
            for pair in unpacked(blob):
                self._removed_pairs.setdefault(pair, set()).add(number)
                touched.add(pair)
        for pair in touched:
            self._lost[pair] = self._lost.get(pair, 0) + 1
        db.execute("DELETE FROM message WHERE article=?", (article,))
        db.execute("DELETE FROM owner WHERE article=?", (article,))
        db.execute("DELETE FROM prose WHERE article=?", (article,))
        db.execute("DELETE FROM article WHERE id=?", (article,))

    def write(self) -> None:
        """What was added, and no pattern that nobody owns."""
        self._write_held()
        self._db.execute("DELETE FROM pattern WHERE number NOT IN (SELECT pattern FROM owner)")

    def _write_held(self) -> None:
        self._write_terms()
        self._write_pairs()
        self._clear()

    def take_out(self) -> None:
        """What was removed, before anything is added."""
        db = self._db
        for term, articles in self._removed_terms.items():
            row = db.execute("SELECT postings FROM term WHERE key=?", (term,)).fetchone()
            kept = [entry for entry in unpacked(row[0]) if entry >> 8 not in articles] if row else []
            if kept:
                db.execute("UPDATE term SET postings=? WHERE key=?", (packed(kept), term))
            else:
                db.execute("DELETE FROM term WHERE key=?", (term,))
        for pair, messages in self._removed_pairs.items():
            df, blob = db.execute("SELECT df, messages FROM pair WHERE number=?", (pair,)).fetchone()
            kept = [number for number in unpacked(blob) if number not in messages]
            db.execute("UPDATE pair SET df=?, messages=? WHERE number=?", (df - self._lost[pair], packed(kept), pair))
        if self._removed_pairs:
            db.execute("DELETE FROM pair WHERE messages = ?", (packed(()),))

    def _write_terms(self) -> None:
        db = self._db
        for term, entries in self._terms.items():
            row = db.execute("SELECT postings FROM term WHERE key=?", (term,)).fetchone()
            merged = sorted([*unpacked(row[0]), *entries]) if row else sorted(entries)
            db.execute("INSERT OR REPLACE INTO term VALUES(?, ?)", (term, packed(merged)))

    def _write_pairs(self) -> None:
        db = self._db
        for pair, messages in self._messages.items():
            df, blob = db.execute("SELECT df, messages FROM pair WHERE number=?", (pair,)).fetchone()
            merged = sorted([*unpacked(blob), *messages])
            db.execute(
                "UPDATE pair SET df=?, messages=? WHERE number=?", (df + self._gained[pair], packed(merged), pair)
            )

    def _pair(self, key: str) -> int:
        number = self._pairs.get(key)
        if number is None:
            row = self._db.execute("SELECT number FROM pair WHERE key=?", (key,)).fetchone()
            number = self._pairs[key] = int(row[0]) if row else self._new_pair(key)
        return number

    def _new_pair(self, key: str) -> int:
        return int(
            self._db.execute("INSERT INTO pair(key, df, messages) VALUES(?, 0, ?)", (key, packed(()))).lastrowid or 0
        )

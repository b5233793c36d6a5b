"""The tables of the SQLite file that a base is compiled to, how lists of integers lie in it, and the checksum of a value.

Sealed are: the blobs of article, prose, message, pair, term, compiled and file. Those of prose, nine tenths of all, are pressed:
nothing but an edit, the search index and a reader looks at them.
"""

from __future__ import annotations

import sys
import zlib
from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable


FORMAT = 56
# A pattern database is one value of half a megabyte and more: of large pages it takes a quarter of the reads.
PAGE = 16384
SCHEMA = """
CREATE TABLE file(path TEXT PRIMARY KEY, root TEXT, size INT, mtime_ns INT, ctime_ns INT, digest TEXT, article INT,
  faults BLOB, uses INT) WITHOUT ROWID;
CREATE TABLE article(id INTEGER PRIMARY KEY, name TEXT UNIQUE, digest TEXT, problem BLOB, header BLOB,
  path TEXT, domain TEXT, declared INT, stated INT, conditions INT, length INT, products TEXT, wording BLOB, uses BLOB,
  shown BLOB);
CREATE TABLE prose(article INTEGER PRIMARY KEY, body BLOB, terms BLOB, codes TEXT);
CREATE INDEX article_small ON article(id, name, length, products, conditions);
CREATE TABLE pattern(number INTEGER PRIMARY KEY AUTOINCREMENT, regex TEXT, wider TEXT, caseless INT, literal TEXT, capturing INT, rate REAL,
  UNIQUE(regex, caseless, literal));
CREATE TABLE owner(pattern INT, article INT, signal TEXT, PRIMARY KEY(pattern, article, signal)) WITHOUT ROWID;
CREATE INDEX owner_article ON owner(article);
CREATE TABLE pair(number INTEGER PRIMARY KEY, key TEXT UNIQUE, df INT, messages BLOB);
CREATE TABLE message(number INTEGER PRIMARY KEY, article INT, text TEXT, pairs BLOB);
CREATE INDEX message_article ON message(article);
CREATE TABLE term(key TEXT PRIMARY KEY, postings BLOB) WITHOUT ROWID;
CREATE TABLE compiled(kind TEXT PRIMARY KEY, blob BLOB, patterns BLOB);
CREATE TABLE meta(key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
"""


def meta_of(connection: sqlite3.Connection, key: str) -> str:
    row = connection.execute("SELECT value FROM meta WHERE key=?", (key,)).fetchone()
    return str(row[0]) if row else ""


class DamagedError(Exception):
    """The derived file holds what kb did not write."""


def sealed(data: bytes) -> bytes:
    """`data` with its checksum: against bit rot, not against people; the file is private to this user."""
    return zlib.crc32(data).to_bytes(4, "big") + data


def unsealed(blob: bytes) -> bytes:
    """What was sealed. DamagedError where it is no longer as it was."""
    data = blob[4:]
    if zlib.crc32(data) != int.from_bytes(blob[:4], "big"):
        raise DamagedError("a value is not as it was written")
    return data


def pressed(data: bytes) -> bytes:
    """Sealed, in a third of the room."""
    return sealed(zlib.compress(data, 1))


def unpressed(blob: bytes) -> bytes:
    try:
        return zlib.decompress(unsealed(blob))
    except zlib.error:
        raise DamagedError("a value is not as it was written") from None


def packed(values: Iterable[int]) -> bytes:
    """Sealed, too."""
    numbers = array("I", values)
    if sys.byteorder == "big":
        numbers.byteswap()
    return sealed(numbers.tobytes())


def unpacked(blob: bytes) -> array[int]:
    values = array("I")
    values.frombytes(unsealed(blob))
    if sys.byteorder == "big":
        values.byteswap()
    return values

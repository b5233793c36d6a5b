"""A base as bytes for workers elsewhere, and a base out of them, in memory: it travels whole and needs no folder there."""

from __future__ import annotations

import sqlite3
import zlib

from diagnose.scan.patterns import engine
from kb.store.compiled import compile_patterns_of
from kb.store.schema import meta_of
from kb.store.store import Store


def carried(store: Store) -> bytes:
    """All that a diagnosis reads of `store`."""
    return zlib.compress(store.serialized(), 1)


def arrived(data: bytes) -> Store:
    """The base of `data`, for one thread. Its patterns are compiled anew where the engine or processor is another."""
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    try:
        connection.deserialize(zlib.decompress(data))
        store = Store(connection, None, ())
        if not _fits(connection, store):
            compile_patterns_of(connection)
            store = Store(connection, None, ())
    except BaseException:
        connection.close()
        raise
    return store


def _fits(connection: sqlite3.Connection, store: Store) -> bool:
    if meta_of(connection, "engine") != engine():
        return False
    try:
        _ = store.lines, store.squeezed
    except ValueError:
        return False
    return True

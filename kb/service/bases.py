"""The base of a server that runs for months: opened once a thread, and swapped between two questions when its files
changed and stand still.

Takes folders; gives each thread its own `Store`, which no other thread uses. While a pull is writing, the base before it
answers.
"""

from __future__ import annotations

import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kb.articles.files import find_articles, library_files
from kb.folders import cache_dir
from kb.search.index import open_index
from kb.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from kb.search.index import Index
    from kb.store.store import Store

LOOK_EVERY = 2.0  # seconds between two looks at the files
LONGEST_PULL = 15.0  # seconds that a thread without a base waits for files that keep changing
STILL = 1.0  # seconds for which files must not have changed before they are read

State = tuple[tuple[str, int, int, int], ...]


class Desk:
    """What one thread answers from: a store, and the index of its articles, opened when first searched."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._index: Index | None = None

    @property
    def index(self) -> Index:
        if self._index is None:
            self._index = open_index(self.store.digests, self.store.documents, self.store.search_dir)
        return self._index

    def close(self) -> None:
        if self._index is not None:
            self._index.close()
        self.store.close()


class Bases:
    """The base below `roots`, for any number of threads. `note` gets a line for what its owner should know."""

    def __init__(
        self,
        roots: Sequence[Path],
        note: Callable[[str], None],
        *,
        cache: bool = True,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.roots = tuple(roots)
        self._note = note
        self._cached = cache
        self._clock = clock
        self._lock = threading.Lock()  # what is known of the files and of the open desks: held for a moment
        self._opening = threading.Lock()  # one thread at a time reads what changed, which may take a while
        self._own = threading.local()
        self._open: list[Desk] = []
        self._current = self._looked = state_of(self.roots)
        self._since = self._last = clock()
        self._version = 0
        self._told = -1  # the version whose faults were told

    @contextmanager
    def desk(self) -> Iterator[Desk]:
        """The desk of this thread, the same base from its first to its last question within the block."""
        self._look()
        own = self._own
        if getattr(own, "version", None) != self._version:
            self._change(own)
        try:
            yield own.desk
        except _damage():
            own.version = None  # damage that opening did not meet: opened, and mended, before the next question
            raise

    def _change(self, own: threading.local) -> None:
        """Give this thread a desk of the current base. One that has a desk keeps it while a pull is writing or another
        thread reads what changed; one that has none waits for their end."""
        old: Desk | None = getattr(own, "desk", None)
        until = self._clock() + LONGEST_PULL
        while self._opening.acquire(blocking=old is None):
            try:
                version, fresh = self._version, self._opened()
            finally:
                self._opening.release()
            if state_of(self.roots) == self._current or (old is None and self._clock() >= until):
                own.version, own.desk = version, fresh
                if old is not None:
                    self._closed(old)
                return
            self._closed(fresh)
            if old is not None:
                return
            time.sleep(STILL / 2)
            self._look()

    def _look(self) -> None:
        """Note a change of the files; it counts once they have not changed for a while."""
        with self._lock:
            now = self._clock()
            if now - self._last < (STILL if self._looked != self._current else LOOK_EVERY):
                return
            self._last = now
            found = state_of(self.roots)
            if found != self._looked:
                self._looked, self._since = found, now
            elif found != self._current and now - self._since >= STILL:
                self._current = found
                self._version += 1
                self._note("the articles changed; the next question is answered from them")

    def _opened(self) -> Desk:
        """A desk of the files as they are; the first thread reads what changed, the others find it ready."""
        store = open_store(self.roots, cache_dir() if self._cached else None, note=self._note)
        fresh = Desk(store)
        with self._lock:
            self._open.append(fresh)
        if self._told != self._version:
            self._told = self._version
            for fault in store.faults():
                if fault.severity == "error":
                    self._note(f"{fault}; article left out")
        return fresh

    def _closed(self, desk: Desk) -> None:
        with self._lock:
            self._open.remove(desk)
        desk.close()

    def close(self) -> None:
        """Close all desks, once no thread asks any more."""
        with self._lock:
            while self._open:
                self._open.pop().close()


def state_of(roots: Sequence[Path]) -> State:
    """The files that make a base, with what changes when they do."""
    files = [*find_articles(roots), *library_files(roots)]
    return tuple(sorted((file.path, file.size, file.mtime_ns, file.ctime_ns) for file in files))


def _damage() -> tuple[type[Exception], ...]:
    from kb.store.open import DAMAGE

    return DAMAGE

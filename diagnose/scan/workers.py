"""A few threads that run functions, and their results in order. An edge module: it starts threads.

The engine gives up the interpreter's lock while it scans, so that threads scan at once. `concurrent.futures` would do the
same for 50 ms of imports.
"""

from __future__ import annotations

import os
from _thread import allocate_lock, start_new_thread
from collections import deque
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")
MOST = 8
# A wait without an end cannot be interrupted by Ctrl-C on Windows.
PATIENCE = 0.5


def usual() -> int:
    """How many threads to use where nobody says: one for each processor, up to MOST."""
    return min(MOST, os.cpu_count() or 1)


class Ticket(Generic[T]):
    """A result that is still to come."""

    def __init__(self) -> None:
        self._value: T | None = None
        self._error: BaseException | None = None
        self._pending = allocate_lock()
        self._pending.acquire()

    def run(self, function: Callable[..., T], arguments: tuple[Any, ...]) -> None:
        try:
            self._value = function(*arguments)
        except BaseException as error:
            self._error = error
        self._pending.release()

    def done(self) -> bool:
        return not self._pending.locked()

    def result(self) -> T:
        """The result, waited for; what the function raised is raised here."""
        while not self._pending.acquire(timeout=PATIENCE):
            pass
        self._pending.release()
        if self._error is not None:
            raise self._error
        return self._value  # type: ignore[return-value]


class Workers:
    """`count` threads, started when first needed. With one, `submit` runs the function at once, in the caller's thread."""

    def __init__(self, count: int) -> None:
        self.count = max(1, count)
        self._lock = allocate_lock()
        self._waiting: deque[tuple[Ticket[Any], Callable[..., Any], tuple[Any, ...]]] = deque()
        self._running = 0

    @property
    def ahead(self) -> int:
        """How many results may be open before the caller should wait for one: more would only fill memory."""
        return 2 * self.count if self.count > 1 else 0

    def submit(self, function: Callable[..., T], *arguments: Any) -> Ticket[T]:
        """Run `function` in some thread."""
        ticket: Ticket[T] = Ticket()
        if self.count == 1:
            ticket.run(function, arguments)
            return ticket
        with self._lock:
            self._waiting.append((ticket, function, arguments))
            start = self._running < self.count
            self._running += start
        if start:
            start_new_thread(self._work, ())
        return ticket

    def drop(self) -> None:
        """Forget what no thread has begun: its result never comes."""
        with self._lock:
            self._waiting.clear()

    def _work(self) -> None:
        while True:
            with self._lock:
                if not self._waiting:
                    self._running -= 1
                    return
                ticket, function, arguments = self._waiting.popleft()
            ticket.run(function, arguments)

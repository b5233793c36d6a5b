"""What a person waits for, on standard error and only where it takes a while: how far the reading of the inputs is (on a
terminal alone), that an index is built."""

from __future__ import annotations

import sys
import time
from _thread import allocate_lock
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# A paste is answered at once: rich, which takes 50 ms to import, comes in when there is something to wait for.
PATIENCE = 0.7
LONG = 1.0  # seconds after which a silent step is announced


class Meter:
    """Called, from any thread, with the number of bytes just read. Use as a context: the bar is gone afterwards."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._read = 0
        self._start = time.monotonic()
        self._bar: Any = None
        self._task: Any = None
        self._lock = allocate_lock()

    def __enter__(self) -> Meter:
        return self

    def __exit__(self, *_: object) -> None:
        with self._lock:
            if self._bar is not None:
                self._bar.stop()

    def __call__(self, count: int) -> None:
        with self._lock:
            self._read += count
            if self._bar is None and time.monotonic() - self._start > PATIENCE:
                self._show()
            if self._bar is not None:
                self._bar.update(self._task, completed=self._read)

    def _show(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, DownloadColumn, Progress, TimeRemainingColumn, TransferSpeedColumn

        from diagnose.inputs.sources import size_of
        from kb.remote.opened import is_uri

        columns = (BarColumn(), DownloadColumn(), TransferSpeedColumn(), TimeRemainingColumn())
        self._bar = Progress(*columns, console=Console(file=sys.__stderr__), transient=True)
        total = None if any(map(is_uri, self._names)) else size_of(self._names)
        self._task = self._bar.add_task("reading", total=total or None)
        self._bar.start()


class Counter:
    """How many cases are done, or with `data` how many bytes, how fast, how long it will take: on a terminal alone."""

    def __init__(self, *, data: bool = False) -> None:
        self._data = data
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> Counter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, all_of_them: int) -> None:
        if sys.__stderr__ is None or not sys.__stderr__.isatty():
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import Progress, TimeRemainingColumn

            columns = (*self._columns(), TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(file=sys.__stderr__), transient=True)
            self._task = self._bar.add_task("", total=all_of_them, rate="")
            self._bar.start()
        speed = self._bar.tasks[0].speed
        self._bar.update(self._task, completed=done, rate=f"{speed:.1f}/s" if speed else "")

    def _columns(self) -> tuple[Any, ...]:
        from rich.progress import BarColumn, DownloadColumn, MofNCompleteColumn, TextColumn, TransferSpeedColumn

        if self._data:
            return BarColumn(), DownloadColumn(), TransferSpeedColumn()
        return BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[rate]}")


def meter(names: Sequence[str]) -> Meter | None:
    """A meter for the inputs `names`; None where nobody would see it."""
    return Meter(names) if names and sys.stderr is not None and sys.stderr.isatty() else None


@contextmanager
def told_late(message: str, after: float = LONG) -> Iterator[None]:
    """Tells `message` where what is done inside takes longer than `after` seconds."""
    from threading import Timer

    from kb.cli.output import tell

    timer = Timer(after, tell, [message])
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()

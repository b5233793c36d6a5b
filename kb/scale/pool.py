"""Work items to results, whatever becomes of the workers: who was at work when one died is tried again, alone.

Takes items, a function and a way to start executors of `concurrent.futures`; gives results as they come. Knows nothing of cases.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import FIRST_COMPLETED, BrokenExecutor, CancelledError, Future, wait
from typing import TYPE_CHECKING, Generic, TypeVar

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Executor

T = TypeVar("T")
R = TypeVar("R")
KILLED = "its process was killed, also when it was tried alone"
NO_MEMORY = "it wants more memory than there is, also when it was tried alone"
FRUITLESS = 5  # times that all workers may go away at once before anything is done


class LostError(Exception):
    """The workers that had an item died, one after the other; those of other items go on."""


class Done(Struct, Generic[T, R], frozen=True):
    """An item with its result, or why there is none."""

    item: T
    result: R | None = None
    error: str = ""


def results(
    items: Iterable[T], run: Callable[[T], R], start: Callable[[int], Executor], workers: int
) -> Iterator[Done[T, R]]:
    """A result for every item, in the order in which they come. At most twice as many as there are workers are under way."""
    waiting, suspects = deque(items), deque[T]()
    executor = start(workers)
    running: dict[Future[R], T] = {}
    fruitless = 0
    try:
        while waiting or running:
            while waiting and len(running) < 2 * workers:
                item = waiting.popleft()
                try:
                    running[executor.submit(run, item)] = item
                except BrokenExecutor:
                    waiting.appendleft(item)
                    break
            ready = wait(running, return_when=FIRST_COMPLETED).done if running else set()
            broken, away = not running, list[T]()
            for future in ready:
                item = running.pop(future)
                try:
                    done = Done[T, R](item, future.result())
                except BrokenExecutor:
                    broken = True
                    suspects.append(item)
                except CancelledError:
                    away.append(item)
                except (MemoryError, LostError):
                    suspects.append(item)
                else:
                    fruitless = 0
                    yield done
            if broken or away:
                # A process that broke is somebody's fault; where all workers are away, as with a scheduler, it is nobody's.
                fruitless += not broken
                again = waiting if away and not broken and fruitless < FRUITLESS else suspects
                again += (*away, *running.values())
                running.clear()
                executor.shutdown(wait=False, cancel_futures=True)
                yield from _alone(suspects, run, start)
                executor = start(workers)
        yield from _alone(suspects, run, start)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _alone(suspects: deque[T], run: Callable[[T], R], start: Callable[[int], Executor]) -> Iterator[Done[T, R]]:
    """Each of them by itself, in a process that nothing else shares."""
    executor: Executor | None = None
    try:
        while suspects:
            item = suspects[0]
            executor = executor or start(1)
            error = ""
            try:
                done = Done[T, R](item, executor.submit(run, item).result())
            except (BrokenExecutor, CancelledError, LostError):
                error = KILLED
            except MemoryError:
                error = NO_MEMORY
            suspects.popleft()
            if error:
                executor.shutdown(wait=False)
                executor, done = None, Done(item, error=error)
            yield done
    finally:
        if executor:
            executor.shutdown(wait=False)

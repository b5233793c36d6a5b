"""The threads that answer: each with a base of its own, few enough for the machine, and large bodies on some of them only.

What a thread waits for is the client; so an upload that trickles must never keep a pasted error from its answer.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Barrier, BrokenBarrierError
from typing import TYPE_CHECKING, TypeVar

from kb.serve.problems import RequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.service.bases import Bases, Desk

    Given = TypeVar("Given")

MOST_WAITING = 128


class Pool:
    """`threads` threads over one base."""

    def __init__(self, bases: Bases, threads: int) -> None:
        self.bases = bases
        self._number = threads
        self._threads = ThreadPoolExecutor(threads, "kb")
        self._large = asyncio.Semaphore(max(1, threads // 2))
        self._waiting = 0
        self._meet = Barrier(threads)

    async def ask(self, question: Callable[[Desk], Given], *, large: bool = False) -> Given:
        """The answer of `question`, asked in a thread with its desk. RequestError where too many wait."""
        if self._waiting >= MOST_WAITING:
            raise RequestError(503, "too many questions at once; ask again in a few seconds")
        self._waiting += 1
        try:
            if not large:
                return await self._asked(question)
            async with self._large:
                return await self._asked(question)
        finally:
            self._waiting -= 1

    async def _asked(self, question: Callable[[Desk], Given]) -> Given:
        def run() -> Given:
            with self.bases.desk() as desk:
                return question(desk)

        return await asyncio.get_running_loop().run_in_executor(self._threads, run)

    def warm(self) -> None:
        """Have every thread open its base now, so that the first question does not wait for it."""

        def open_one() -> None:
            with self.bases.desk(), suppress(BrokenBarrierError):
                self._meet.wait()

        for _ in range(self._number):
            self._threads.submit(open_one)

    def close(self) -> None:
        """Close the bases once the questions that are being answered have their answer; those that wait get none."""
        self._meet.abort()
        self._threads.shutdown(wait=True, cancel_futures=True)
        self.bases.close()

"""Where work is done, behind the protocol of `concurrent.futures`.

An executor runs one kind of work for one base. An edge module: it starts processes.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor
from typing import TYPE_CHECKING

from kb.scale.answering import begin

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.scale.answering import Work


def usual_jobs() -> int:
    """One process for each processor that this one may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def processes(work: Work) -> Callable[[int], Executor]:
    """Processes of this machine, each with the base open. They are begun anew and inherit nothing, on every system."""
    from multiprocessing import get_context

    def start(count: int) -> Executor:
        return ProcessPoolExecutor(count, get_context("spawn"), initializer=begin, initargs=(work,))

    return start


def end_processes() -> None:
    """End all processes that were begun here, whatever they do."""
    from multiprocessing import active_children

    for child in active_children():
        child.terminate()

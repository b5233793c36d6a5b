"""Where work is done, behind the protocol of `concurrent.futures`: processes of this machine, or a cluster that exists.

An executor runs one kind of work for one base. A kind of cluster is a row in CLUSTERS. An edge module: it starts processes.
"""

from __future__ import annotations

import os
from concurrent.futures import Executor, ProcessPoolExecutor
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

from msgspec import Struct

from diagnose.errors import KbError
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


class Cluster(Protocol):
    """Machines that work for one base. `workers` items are done at once; `open_to_all` where anybody may give it work."""

    workers: int
    open_to_all: bool

    def start(self, count: int) -> Executor: ...

    def close(self) -> None: ...


class Kind(Struct, frozen=True):
    """A kind of cluster: the schemes of its addresses, and what connects to it (`module:function`)."""

    name: str
    schemes: tuple[str, ...]
    open: str


CLUSTERS = (Kind("dask", ("tcp", "tls", "ws", "wss"), "kb.scale.dask_cluster:DaskCluster"),)


def cluster_at(address: str, tls: str, work: Work, base: bytes) -> Cluster:
    """The cluster at `address` (the first of CLUSTERS where no scheme says which), connected, its workers looked at, with
    `base` on each of them. `tls` is a folder with ca.pem, cert.pem and key.pem. KbError where that cannot be."""
    scheme, found, _ = address.partition("://")
    for kind in CLUSTERS:
        if not found or scheme in kind.schemes:
            module, _, name = kind.open.partition(":")
            made: Cluster = getattr(import_module(module), name)(address, tls, work, base)
            return made
    known = ", ".join(f"{scheme}://" for kind in CLUSTERS for scheme in kind.schemes)
    raise KbError(f"--cluster {address}", f"{scheme}:// is no scheme of a cluster", f"write one of {known} or a file")


def end_processes() -> None:
    """End all processes that were begun here, whatever they do."""
    from multiprocessing import active_children

    for child in active_children():
        child.terminate()

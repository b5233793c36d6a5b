"""A Dask cluster that exists, behind the protocol of `concurrent.futures`. An edge module: it connects to its scheduler.

The base goes to every worker once, as a plugin, to those that come later as well. Dask gives the work of a worker that died to
others; an item that loses several, or whose worker stays paused for want of memory, ends as a `LostError`. Where the scheduler
went away, what was under way is cancelled, and the next `start` connects anew.
"""

from __future__ import annotations

import logging
import platform
import time
import uuid
from asyncio import CancelledError as AsyncCancelledError
from concurrent.futures import BrokenExecutor, CancelledError, Executor, Future
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from diagnose.errors import KbError
from kb import __version__
from kb.scale.answering import carry
from kb.scale.pool import LostError

try:
    from distributed import Client, WorkerPlugin
    from distributed.scheduler import KilledWorker
    from distributed.security import Security
except ImportError:
    raise KbError("--cluster", "wants the extra cluster", "pip install 'kb-diagnose[cluster]'") from None

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.scale.answering import Work

PATIENCE = 15  # seconds for a scheduler to answer
WORKERS = 60  # seconds for the first worker to be there
LOOK, LOOKS = 5, 4  # seconds between two looks at the workers, and looks after which a paused one is given up
TRIES = 10  # of bringing the base to workers that die
PACKAGE = "kb-diagnose"
LOCAL = ("127.0.0.1", "localhost", "::1", "")


class DaskCluster:
    """Connected to the scheduler at an address, or to that of a scheduler file. KbError where there is none, no worker, or
    one with another kb or Python."""

    def __init__(self, address: str, tls: str, work: Work, base: bytes) -> None:
        _quiet()
        self._address = address
        self._where = f"--cluster {address}"
        self._work = work
        self._base = base
        self._security = self._secured(tls) if tls else None
        self._client = self._connected()
        self.workers = sum(self._client.nthreads().values())
        at = urlsplit(self._client.scheduler.address)
        self.open_to_all = at.scheme in ("tcp", "ws") and at.hostname not in LOCAL

    def start(self, count: int) -> Executor:
        """An executor of all workers: Dask spreads the work, however many items are under way."""
        if self._client.status != "running":
            self.close()
            self._client = self._connected()
        return _Handing(self._client)

    def close(self) -> None:
        with suppress(Exception):  # it is gone as well as may be
            self._client.close(timeout=2)

    def _secured(self, folder: str) -> Any:
        paths = [Path(folder, name) for name in ("ca.pem", "cert.pem", "key.pem")]
        if missing := [path.name for path in paths if not path.is_file()]:
            raise KbError(
                f"--cluster-tls {folder}", f"has no {' and no '.join(missing)}", "name the folder of all three"
            )
        ca, cert, key = map(str, paths)
        return Security(tls_ca_file=ca, tls_client_cert=cert, tls_client_key=key, require_encryption=True)

    def _connected(self) -> Any:
        client = None
        try:
            client = Client(**self._named(), timeout=PATIENCE, security=self._security, set_as_default=False, name="kb")
            client.wait_for_workers(1, timeout=WORKERS)
            self._check(client)
            name = f"kb-{self._work.digest[:16]}-{uuid.uuid4().hex[:8]}"
            _bring(client, _Base(self._work.digest, self._base), name)
            return client
        except BaseException as error:
            if client is not None:
                client.close(timeout=2)
            raise self._refused(error) from None

    def _named(self) -> dict[str, str]:
        is_file = Path(self._address).is_file()
        if self._address.endswith(".json") and not is_file:  # the client would wait for it
            raise KbError(self._where, "no such file", "name the scheduler file that the scheduler wrote")
        return {"scheduler_file" if is_file else "address": self._address}

    def _refused(self, error: BaseException) -> BaseException:
        if isinstance(error, KbError) or not isinstance(error, Exception):
            return error
        if isinstance(error, TimeoutError) and "workers" in str(error):
            return KbError(self._where, f"no worker came within {WORKERS} s", "start some: dask worker ADDRESS")
        what = " ".join(str(error).split())[:200] or type(error).__name__
        return KbError(self._where, f"no scheduler of Dask there ({what})", "check the address and the certificates")

    def _check(self, client: Any) -> None:
        """KbError unless all workers run this kb and this Python."""
        versions = client.get_versions(packages=[PACKAGE, "kb"])["workers"]
        for worker, found in sorted(versions.items()):
            python = str(found["host"]["python"]).split(".")
            kb = found["packages"].get(PACKAGE) or found["packages"].get("kb")
            if kb is None:
                what = "has no kb"
            elif kb != __version__:
                what = f"has kb {kb}, not {__version__}"
            elif python[:2] != list(platform.python_version_tuple()[:2]):
                what = f"has Python {'.'.join(python[:2])}, not {'.'.join(platform.python_version_tuple()[:2])}"
            else:
                continue
            raise KbError(f"{self._where}: the worker {worker}", what, "install the same on every machine")


def _quiet() -> None:
    """No traceback of Dask's own: what it loses is told by its futures, in a line of kb."""
    for name in [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)


def _workers(client: Any) -> dict[str, Any]:
    """What the scheduler knows of each worker; some versions tell of five alone unless they are asked for all."""
    try:
        info = client.scheduler_info(n_workers=-1)
    except TypeError:
        info = client.scheduler_info()
    return dict(info["workers"])


def _bring(client: Any, plugin: WorkerPlugin, name: str) -> None:
    """The plugin to all workers; one that dies meanwhile ends the call for all of them, not what came of it."""
    for left in reversed(range(TRIES)):
        try:
            client.register_plugin(plugin, name=name)
            return
        except OSError:
            if not left or client.status != "running":
                raise
            time.sleep(1)


class _Base(WorkerPlugin):  # type: ignore[misc]
    """Brings the base to a worker."""

    def __init__(self, digest: str, data: bytes) -> None:
        self.digest = digest
        self.data = data

    def setup(self, worker: Any) -> None:
        carry(self.digest, self.data)


class _Handing(Executor):
    """Hands work to a client. Its errors are those of `kb.scale.pool`, also where the scheduler goes away at any moment: what
    Dask's own executor then leaves open for ever is cancelled here."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self._under_way: dict[Future[Any], Any] = {}
        self._ended = Event()
        Thread(target=self._watch, daemon=True).start()

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        if self._client.status != "running":
            raise BrokenExecutor("the scheduler is away")
        outer: Future[Any] = Future()
        inner = self._client.submit(fn, *args, pure=False, **kwargs)
        self._under_way[outer] = inner
        inner.add_done_callback(partial(self._done, outer))
        return outer

    def _watch(self) -> None:
        """A worker that is short of memory is paused by Dask, with all that it was given, it may be for ever."""
        paused: dict[str, int] = {}  # how many looks in a row
        while not self._ended.wait(LOOK):
            with suppress(Exception):  # where the scheduler is away, the work itself tells
                states = {name: one["status"] for name, one in _workers(self._client).items()}
                paused = {name: paused.get(name, 0) + 1 for name, state in states.items() if state == "paused"}
                stuck = {name for name, looks in paused.items() if looks >= LOOKS}
                if stuck:
                    self._lose(stuck, everything=len(stuck) == len(states))

    def _lose(self, stuck: set[str], *, everything: bool) -> None:
        held = self._client.processing()
        keys = {key for name in stuck for key in held.get(name, ())}
        for outer, inner in list(self._under_way.items()):
            if (everything or inner.key in keys) and self._under_way.pop(outer, None) is not None:
                outer.set_exception(LostError("a worker is out of memory"))
                inner.cancel()

    def _done(self, outer: Future[Any], inner: Any) -> None:
        if self._under_way.pop(outer, None) is None:
            return
        try:
            result = inner.result()
        except (CancelledError, AsyncCancelledError):
            outer.cancel()
            outer.set_running_or_notify_cancel()
        except KilledWorker as error:
            outer.set_exception(LostError(str(error)))
        except Exception as error:
            outer.set_exception(error)
        else:
            outer.set_result(result)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        self._ended.set()
        if self._client.status == "running" and (cancel_futures or not wait):
            self._client.cancel(list(self._under_way.values()))

"""The server's processes: one socket, one or several workers, connections that must say something soon. An edge module."""

from __future__ import annotations

import logging
import socket
import sys
from typing import TYPE_CHECKING

import uvicorn
from msgspec.structs import replace
from uvicorn.protocols.http.h11_impl import H11Protocol

from diagnose.errors import KbError
from kb.serve.app import application
from kb.serve.signing import OwnCounter

if TYPE_CHECKING:
    import asyncio

    from starlette.types import ASGIApp

    from kb.serve.settings import Settings
    from kb.serve.signing import Counter

HEADERS_WITHIN = 10.0  # seconds for the head of a request
LARGEST_HEAD = 64 << 10
MOST_CONNECTIONS = 4096
BACKLOG = 1024


def listening(host: str, port: int) -> socket.socket:
    """A socket that listens on one address; KbError where that cannot be."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform != "win32":  # there it would let two programs listen on one port
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host.strip("[]"), port))
        made.listen(BACKLOG)
    except (OSError, OverflowError) as error:
        made.close()
        said = getattr(error, "strerror", None) or str(error)
        raise KbError(f"{host}:{port}", said, "choose another one with --port") from None
    made.set_inheritable(True)
    return made


def run(settings: Settings, sock: socket.socket, workers: int, used: Counter | None = None) -> None:
    """Serve until stopped. `settings.port` becomes that of `sock`."""
    made = Making(replace(settings, port=sock.getsockname()[1]), used or counter(workers))
    config = config_of(made, workers)
    try:
        if workers > 1:
            from uvicorn.supervisors import Multiprocess

            Multiprocess(config, sockets=[sock]).run()
        else:
            uvicorn.Server(config).run([sock])
    except KeyboardInterrupt:
        pass  # the usual way to end it


def config_of(made: Making, workers: int) -> uvicorn.Config:
    """How uvicorn is to serve what `made` makes."""
    return uvicorn.Config(
        made,
        factory=True,
        http=Patient,
        ws="none",
        loop="asyncio",
        workers=workers,
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=True,
        h11_max_incomplete_event_size=LARGEST_HEAD,
        limit_concurrency=MOST_CONNECTIONS,
        backlog=BACKLOG,
        timeout_keep_alive=5,
        timeout_graceful_shutdown=5,
    )


def counter(workers: int) -> Counter:
    """What the workers share of the links that sign in."""
    if workers == 1:
        return OwnCounter()
    import multiprocessing

    return multiprocessing.get_context("spawn").Value("q", 0)


class Making:
    """Makes the application in each worker; travels to it whole."""

    def __init__(self, settings: Settings, used: Counter) -> None:
        self.settings = settings
        self.used = used

    def __call__(self) -> ASGIApp:
        logging.getLogger("uvicorn").setLevel(logging.CRITICAL)  # what a broken request is told needs no line of ours
        return application(self.settings, self.used, _said, _said)


def _said(line: str) -> None:
    sys.stderr.write(f"{line}\n" if line.startswith("{") else f"kb: {line}\n")
    sys.stderr.flush()


class Patient(H11Protocol):
    """Ends connections whose request does not come within `HEADERS_WITHIN` seconds, from its first byte or the connection's."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.cycle is not None and not self.cycle.response_complete:
            self._stop()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop()
        super().connection_lost(exc)

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEADERS_WITHIN, self._late)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        self._timer = None
        if not self.transport.is_closing() and (self.cycle is None or self.cycle.response_complete):
            self.transport.close()

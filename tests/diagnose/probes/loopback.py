"""Servers on the loopback interface that behave as they are told, in threads of their own."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable, Iterator

from diagnose.probes import ProbeLimits

HERE = ProbeLimits(seconds=0.6, named=frozenset({"127.0.0.1", "localhost"}))
Talk = Callable[[socket.socket], None]


@contextlib.contextmanager
def serving(talk: Talk) -> Iterator[str]:
    """The port of a server that calls `talk` with every connection."""
    listener = socket.create_server(("127.0.0.1", 0))
    listener.settimeout(0.05)
    over = threading.Event()

    def one(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError, ssl.SSLError):
            connection.settimeout(2)
            talk(connection)

    def accept() -> None:
        talks = []
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                connection, _ = listener.accept()
                talks.append(threading.Thread(target=one, args=(connection,), daemon=True))
                talks[-1].start()
        for thread in talks:
            thread.join(3)

    thread = threading.Thread(target=accept, daemon=True)
    thread.start()
    try:
        yield str(listener.getsockname()[1])
    finally:
        over.set()
        thread.join(5)
        listener.close()


def saying(data: bytes) -> Talk:
    """A server that says `data`, then waits until the other end goes away."""

    def talk(connection: socket.socket) -> None:
        connection.sendall(data)
        while connection.recv(4096):
            pass

    return talk


def closing(connection: socket.socket) -> None:
    """A server that hangs up at once."""


def silent(connection: socket.socket) -> None:
    """A server that takes everything and says nothing."""
    while connection.recv(4096):
        pass


def endless(piece: bytes) -> Talk:
    """A server that never stops saying `piece`, nor listens."""

    def talk(connection: socket.socket) -> None:
        while True:
            connection.sendall(piece)

    return talk


def dripping(data: bytes) -> Talk:
    """A server that says `data` again and again, one byte each 50 ms: always something, never all."""

    def talk(connection: socket.socket) -> None:
        pause = threading.Event()
        for _ in range(200):
            for byte in data:
                connection.sendall(bytes((byte,)))
                pause.wait(0.05)

    return talk


def resetting(connection: socket.socket) -> None:
    """A server that answers with a reset."""
    connection.recv(1)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")

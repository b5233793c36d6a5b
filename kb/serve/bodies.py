"""The body of a request as it comes: bounded in size and in time, never kept whole unless it is small, never on a disk.

`Body` is read in the event loop; `Pulled` is the same body for the thread that diagnoses it, which waits for each piece.
"""

from __future__ import annotations

import asyncio
import time
from concurrent.futures import TimeoutError as LateError
from typing import TYPE_CHECKING

from kb.serve.problems import GoneError, RequestError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.types import Receive, Scope

SMALL = 4 << 20  # bytes of JSON, and of the fields of a form
WHOLE_WITHIN = 10.0  # seconds for a small body
PIECE = 1 << 18
PIECE_WITHIN = 20.0  # seconds for the next piece of a large one


class Body:
    """The body of one request, read once."""

    def __init__(self, scope: Scope, receive: Receive, most: int) -> None:
        self._receive = receive
        self._most = most
        self._read = 0
        self._ended = False
        self.length = _length(scope)
        if self.length is not None and self.length > most:
            raise _too_large(most)

    async def piece(self, within: float = PIECE_WITHIN) -> bytes:
        """The next piece; empty at the end. RequestError where it is late or too much, GoneError where nobody is there."""
        while not self._ended:
            try:
                message = await asyncio.wait_for(self._receive(), within)
            except TimeoutError:
                raise RequestError(408, f"nothing came for {within:.0f} seconds") from None
            if message["type"] == "http.disconnect":
                raise GoneError
            piece: bytes = message.get("body", b"")
            self._ended = not message.get("more_body", False)
            self._read += len(piece)
            if self._read > self._most:
                raise _too_large(self._most)
            if piece:
                return piece
        return b""

    async def whole(self) -> bytes:
        """A small body, all of it."""
        until = time.monotonic() + WHOLE_WITHIN
        pieces = []
        while piece := await self.piece(max(0.01, until - time.monotonic())):
            pieces.append(piece)
        return b"".join(pieces)


class Held:
    """A small body that came whole: no thread waits for its client."""

    def __init__(self, data: bytes) -> None:
        self._left = memoryview(data)

    def read(self, count: int = -1, /) -> bytes:
        piece = self._left if count < 0 else self._left[:count]
        self._left = self._left[len(piece) :]
        return bytes(piece)


async def opened(body: Body) -> tuple[Held | Pulled, bool]:
    """The body as a file for a thread, and whether it is a large one, which is read while it comes."""
    if body.length is not None and body.length <= SMALL:
        return Held(await body.whole()), False
    return Pulled(body, asyncio.get_running_loop()), True


def pieces_of(file: Held | Pulled) -> Iterator[bytes]:
    """What is left of a body, piece after piece."""
    while piece := file.read(PIECE):
        yield piece


class Pulled:
    """A body as a file that a thread reads, piece after piece, while the loop goes on with others."""

    def __init__(self, body: Body, loop: asyncio.AbstractEventLoop) -> None:
        self._body = body
        self._loop = loop
        self._left = b""

    def read(self, count: int = -1, /) -> bytes:
        """At most `count` bytes, as many as came; empty at the end."""
        piece = self._left or self._next()
        if 0 <= count < len(piece):
            piece, self._left = piece[:count], piece[count:]
        else:
            self._left = b""
        return piece

    def _next(self) -> bytes:
        waiting = asyncio.run_coroutine_threadsafe(self._body.piece(), self._loop)
        try:
            return waiting.result(PIECE_WITHIN + 5)
        except (LateError, asyncio.CancelledError):
            raise GoneError from None


def _length(scope: Scope) -> int | None:
    told = next((value for name, value in scope["headers"] if name == b"content-length"), b"")
    return int(told) if told.isdigit() and len(told) < 20 else None


def _too_large(most: int) -> RequestError:
    said = f"{most >> 30} GiB" if most >= 1 << 30 else f"{most >> 20} MiB" if most >= 1 << 20 else f"{most} bytes"
    return RequestError(413, f"the body is larger than {said}", code="KB-E013")

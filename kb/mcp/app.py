"""The two ways in: standard input and output for a program that starts kb, and an ASGI application for `kb serve --mcp`."""

from __future__ import annotations

import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from mcp.server.streamable_http_manager import StreamableHTTPSessionManager

from kb.mcp.server import server

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.types import Receive, Scope, Send

    from kb.mcp.server import Ask
    from kb.mcp.tools import Asked
    from kb.service.bases import Bases

LARGEST = 16 << 20  # bytes of a request: a text of the largest size, as JSON writes it


class HttpFace:
    """Streamable HTTP without sessions, as an ASGI application. It answers while `running` is entered, to whoever has the token:
    `knows` tells whether a bearer token is the right one. Host and Origin are the business of what mounts it."""

    def __init__(self, ask: Ask, asked: Asked, knows: Callable[[str], bool]) -> None:
        self._knows = knows
        self._manager = StreamableHTTPSessionManager(
            app=server(ask, asked), json_response=True, stateless=True, max_request_body_size=LARGEST
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[None]:
        async with self._manager.run():
            yield

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = dict(scope["headers"])
        kind, _, token = headers.get(b"authorization", b"").decode("latin-1").partition(" ")
        if kind.lower() != "bearer" or not self._knows(token.strip()):
            start: dict[str, Any] = {"type": "http.response.start", "status": 401}
            await send({**start, "headers": [(b"www-authenticate", b"Bearer"), (b"content-length", b"0")]})
            await send({"type": "http.response.body", "body": b""})
            return
        await self._manager.handle_request(scope, receive, send)


def http_app(ask: Ask, asked: Asked, knows: Callable[[str], bool]) -> HttpFace:
    """The application to mount at one path: enter its `running` for as long as the server lives."""
    return HttpFace(ask, asked, knows)


def serve_stdio(bases: Bases, asked: Asked) -> None:
    """Serve whoever started this process, until it closes standard input."""
    from contextlib import redirect_stdout

    import anyio

    # The protocol goes to the stream itself: what a program reads needs no screening, and is bytes.
    with redirect_stdout(sys.__stdout__):
        anyio.run(_stdio, bases, asked)


async def _stdio(bases: Bases, asked: Asked) -> None:
    from mcp.server.stdio import stdio_server

    face = server(asker(bases), asked)
    async with stdio_server() as (read, write):
        await face.run(read, write, face.create_initialization_options())


def asker(bases: Bases) -> Ask:
    """Asks in a thread of its own, one question after the other: each thread keeps a desk."""
    import anyio
    from anyio import to_thread

    limiter = anyio.CapacityLimiter(1)

    async def ask(question: Callable[[Any], Any]) -> Any:
        def run() -> Any:
            with bases.desk() as desk:
                return question(desk)

        return await to_thread.run_sync(run, limiter=limiter)

    return ask


def note(line: str) -> None:
    """A line for the owner: standard output belongs to the protocol."""
    print(f"kb: {line}", file=sys.stderr)

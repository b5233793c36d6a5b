"""Values as answers: JSON, problem details, one event of a stream. Pure but for the classes of starlette."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from starlette.responses import Response

from kb.serve.problems import JSON_PROBLEM, problem_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request
    from starlette.types import Receive, Scope, Send

    from diagnose.errors import KbError
    from kb.serve.problems import RequestError


class Events(Response):
    """A stream of events. Unlike starlette's own it leaves the body of the request to whoever reads it meanwhile."""

    media_type = "text/event-stream"

    def __init__(self, events: AsyncIterator[bytes]) -> None:
        super().__init__()
        del self.headers["content-length"]
        self._events = events

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async for data in self._events:
            await send({"type": "http.response.body", "body": data, "more_body": True})
        await send({"type": "http.response.body", "body": b""})


def json_of(value: object) -> bytes:
    return msgspec.json.encode(value)


def answered(value: object) -> Response:
    """`value` as JSON."""
    return Response(json_of(value), media_type="application/json")


def refused(error: RequestError | KbError, request: Request) -> Response:
    """`error` as problem details."""
    problem = problem_of(error, request.state.request)
    headers = {"www-authenticate": "Bearer"} if problem.status == 401 else {}
    headers |= {"retry-after": "5"} if problem.status == 503 else {}
    return Response(json_of(problem), problem.status, headers, JSON_PROBLEM)


def event(name: str, value: object) -> bytes:
    """A server-sent event whose data is one line of JSON."""
    return b"event: " + name.encode() + b"\ndata: " + json_of(value) + b"\n\n"

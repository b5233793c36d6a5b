"""What every request passes first: the server's own name, and no foreign page behind it; and what
every answer carries: the policy of the page, a request id, one line in the log.

An ASGI layer around the application; it reads no body.
"""

from __future__ import annotations

import json
import secrets
import sys
import time
from typing import TYPE_CHECKING, Any

from diagnose.text.sanitize import clip, neutral
from kb.serve.problems import JSON_PROBLEM, GoneError, RequestError, problem_of
from kb.serve.render import json_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from kb.serve.settings import Settings

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = (
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"same-origin"),  # without any, browsers send no Origin along with forms
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
)


class Guard:
    """The layer. `log` takes one line of JSON for each request."""

    def __init__(self, app: ASGIApp, settings: Settings, log: Callable[[str], None]) -> None:
        self._app = app
        self._settings = settings
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
        elif scope["type"] == "http":
            await _Passing(self, scope, receive, send).run()

    async def answered(self, scope: Scope, receive: Receive, send: Send) -> None:
        check(scope, self._settings)
        scope["app"] = self  # by which starlette's routes know that their refusals are answered further out
        await self._app(scope, receive, send)

    def log(self, line: dict[str, Any]) -> None:
        self._log(json.dumps(line))


class _Passing:
    """One request on its way."""

    def __init__(self, guard: Guard, scope: Scope, receive: Receive, send: Send) -> None:
        self._guard = guard
        self._scope = scope
        self._to, self._from = send, receive
        self._began = time.monotonic()
        self._status = self._read = self._sent = 0
        self._error = ""
        self.id = scope.setdefault("state", {})["request"] = secrets.token_hex(8)

    async def run(self) -> None:
        try:
            await self._guard.answered(self._scope, self._receive, self._send)
        except GoneError:
            self._error = "the client went away"
        except RequestError as error:
            await self._refused(error)
        except Exception as error:
            frame = sys.exc_info()[2]
            while frame is not None and frame.tb_next is not None:
                frame = frame.tb_next
            place = f"{frame.tb_frame.f_code.co_filename.rpartition('/')[2]}:{frame.tb_lineno}" if frame else "?"
            self._error = f"{type(error).__name__} at {place}"
            await self._refused(RequestError(500, "a bug in kb; the log has its place", code="KB-E070"))
        finally:
            self._told()

    async def _refused(self, error: RequestError) -> None:
        if self._status:  # the answer has begun: cut it, so that nobody takes it for whole
            raise error
        body = json_of(problem_of(error, self.id))
        headers = [(b"content-type", JSON_PROBLEM.encode()), (b"content-length", str(len(body)).encode())]
        await self._send({"type": "http.response.start", "status": error.status, "headers": headers})
        await self._send({"type": "http.response.body", "body": body})

    async def _receive(self) -> Message:
        message = await self._from()
        self._read += len(message.get("body", b""))
        return message

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._status = message["status"]
            given = {name.lower() for name, _ in message["headers"]}
            more = [(b"x-request-id", self.id.encode()), *HEADERS]
            if b"cache-control" not in given:
                more.append((b"cache-control", b"private, no-cache"))  # kept for Back, asked for again otherwise
            message = {**message, "headers": [*message["headers"], *more]}
        self._sent += len(message.get("body", b""))
        await self._to(message)

    def _told(self) -> None:
        """One line, without what was pasted, searched or typed: of the address only its path."""
        line = {
            "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "request": self.id,
            "method": clip(neutral(self._scope["method"]), 10),
            "path": clip(neutral(self._scope["path"]), 200),
            "status": self._status,
            "ms": round((time.monotonic() - self._began) * 1000),
            "in": self._read,
            "out": self._sent,
        }
        self._guard.log({**line, "error": self._error} if self._error else line)


def check(scope: Scope, settings: Settings) -> None:
    """RequestError for a request that does not come from the server's own page or a program of its owner."""
    headers: dict[bytes, list[str]] = {}
    for name, value in scope["headers"]:
        headers.setdefault(name.lower(), []).append(value.decode("latin-1"))
    names = headers.get(b"host", [])
    host = names[0].lower() if len(names) == 1 else ""
    if host not in settings.hosts:
        raise RequestError(421, "the Host header names no address of this server; --trusted-host adds one")
    origins = headers.get(b"origin", [])
    if origins and (len(origins) > 1 or origins[0].lower() not in settings.origins(host)):
        raise RequestError(403, "the request comes from a page of another origin")
    site = headers.get(b"sec-fetch-site", ["none"])[-1]
    if site not in ("same-origin", "none") and not _follows_a_link(scope, headers):
        raise RequestError(403, "the request comes from a page of another site")


def _follows_a_link(scope: Scope, headers: dict[bytes, list[str]]) -> bool:
    """Whether somebody came over from another page: that reads, and reads only what anybody may, as no cookie comes along."""
    told = (headers.get(b"sec-fetch-mode"), headers.get(b"sec-fetch-dest"))
    return scope["method"] == "GET" and told == (["navigate"], ["document"])

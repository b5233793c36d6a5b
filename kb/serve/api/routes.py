"""The calls of the API: each decodes its request, asks kb.service in a thread, and gives what that gives as JSON."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from msgspec.structs import replace
from starlette.concurrency import run_in_threadpool
from starlette.routing import Route

from diagnose.errors import KbError
from diagnose.model import Platform
from kb import __version__
from kb.serve.api.openapi import document
from kb.serve.api.requests import AnswerRequest, DiagnoseRequest, Health, Listing, WhyRequest
from kb.serve.bodies import SMALL, Body, opened
from kb.serve.forms import named
from kb.serve.problems import GoneError, RequestError, problem_of
from kb.serve.render import Events, answered, event, refused
from kb.service import diagnosing, reading
from kb.service.diagnosing import Answer, Wishes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request
    from starlette.responses import Response

    from kb.serve.site import Site
    from kb.service.bases import Desk

    Call = Callable[["Api", Request], Awaitable[Response]]
    Given = TypeVar("Given")

EVENT_EVERY = 0.5  # seconds between two events of progress
MOST_HITS = 100


class Api:
    """The API of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def routes(self) -> list[Route]:
        return [
            Route("/openapi.json", self._of(Api.openapi), methods=["GET"]),
            Route("/api/v1/health", self._of(Api.health), methods=["GET"]),
            Route("/api/v1/diagnose", self._of(Api.diagnose), methods=["POST"]),
            Route("/api/v1/answer", self._of(Api.answer), methods=["POST"]),
            Route("/api/v1/why", self._of(Api.why), methods=["POST"]),
            Route("/api/v1/search", self._of(Api.search), methods=["GET"]),
            Route("/api/v1/articles", self._of(Api.articles), methods=["GET"]),
            Route("/api/v1/articles/{id}", self._of(Api.article), methods=["GET"]),
            Route("/api/v1/codes/{value}", self._of(Api.code), methods=["GET"]),
        ]

    def _of(self, call: Call) -> Callable[[Request], Awaitable[Response]]:
        """`call` for whoever has the token, its errors as problem details."""

        async def run(request: Request) -> Response:
            try:
                self._check(request)
                return await call(self, request)
            except (RequestError, KbError) as error:
                return refused(error, request)

        return run

    def _check(self, request: Request) -> None:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not self._site.signing.knows(token.strip()):
            raise RequestError(401, "send the token as Authorization: Bearer TOKEN")

    # --- the calls ---

    async def openapi(self, request: Request) -> Response:
        return answered(document(self._site.settings.root_path))

    async def health(self, request: Request) -> Response:
        size = await self._site.pool.ask(lambda desk: desk.store.size)
        return answered(Health(status="ok", kb=__version__, articles=size))

    async def diagnose(self, request: Request) -> Response:
        kind = _kind(request)
        if kind == "application/octet-stream":
            return await self._streamed(request)
        if request.query_params:
            raise RequestError(422, "the query is for a log as the body; in JSON all of it stands inside")
        wanted = await _decoded(request, DiagnoseRequest)
        return answered(await self._begun(lambda: diagnosing.pasted(wanted.text), wanted))

    async def answer(self, request: Request) -> Response:
        wanted = await _decoded(request, AnswerRequest)
        site = self._site

        def go_on(desk: Desk) -> Answer:
            options = diagnosing.options_of(wanted, site.note)
            reply = wanted.reply()
            sources = diagnosing.pasted(wanted.text)
            return diagnosing.go_on(wanted.handle, sources, desk.store, options, site.key, site.now(), reply)

        return answered(await site.pool.ask(go_on))

    async def why(self, request: Request) -> Response:
        wanted = await _decoded(request, WhyRequest)

        def explained(desk: Desk) -> object:
            options = diagnosing.options_of(wanted, self._site.note)
            return reading.why(desk, wanted.article, diagnosing.pasted(wanted.text), options)

        return answered(await self._site.pool.ask(explained))

    async def search(self, request: Request) -> Response:
        query, limit = request.query_params.get("q", ""), _number(request, "limit", 10, MOST_HITS)
        if not query.strip():
            raise RequestError(422, "q, the words to search for, is missing")
        return answered(await self._site.pool.ask(lambda desk: reading.search(desk, query, limit)))

    async def articles(self, request: Request) -> Response:
        given = [request.query_params.get(name, "") for name in ("domain", "product", "tag")]
        return answered(Listing(articles=await self._site.pool.ask(lambda desk: reading.listed(desk, *given))))

    async def article(self, request: Request) -> Response:
        name, values = request.path_params["id"], _query(request)
        platform = _platform(values.pop("platform", ""))
        return answered(await self._site.pool.ask(lambda desk: reading.article(desk, name, values, platform)))

    async def code(self, request: Request) -> Response:
        value = request.path_params["value"]
        return answered(await self._site.pool.ask(lambda desk: reading.code(desk, value)))

    # --- large bodies ---

    async def _begun(self, sources: Any, wanted: Wishes, *, large: bool = False) -> Answer:
        site = self._site

        def begin(desk: Desk) -> Answer:
            options = diagnosing.options_of(wanted, site.note)
            return diagnosing.begin(sources(), desk.store, options, site.key, site.now())

        return await site.pool.ask(begin, large=large)

    async def _streamed(self, request: Request) -> Response:
        """A log as the body itself; with `Accept: text/event-stream` how far it was read, while it is."""
        query = _query(request)
        name = named(query.pop("name", "upload"))
        wanted = _wishes(query)
        body = Body(request.scope, request.receive, self._site.settings.max_upload)
        file, large = await opened(body)
        read = [0]

        def counted(size: int) -> None:
            read[0] += size

        asked = self._begun(lambda: diagnosing.streamed(name, file, counted), wanted, large=large)  # type: ignore[arg-type]
        if "text/event-stream" not in request.headers.get("accept", ""):
            return answered(await asked)
        return Events(self._told(asked, read, body.length, request))

    async def _told(
        self, asked: Awaitable[Answer], read: list[int], length: int | None, request: Request
    ) -> AsyncIterator[bytes]:
        task = asyncio.ensure_future(asked)
        try:
            while not (await asyncio.wait([task], timeout=EVENT_EVERY))[0]:
                yield event("progress", {"bytes": read[0], "of": length})
            yield event("progress", {"bytes": read[0], "of": length})
            yield event("answer", task.result())
        except (RequestError, KbError) as error:
            yield event("problem", problem_of(error, request.state.request))
        except GoneError:
            return
        finally:
            task.cancel()


async def _decoded(request: Request, wanted: type[Given]) -> Given:
    """The JSON of the request as `wanted`: 415 for another type, 400 for no JSON, 422 for other JSON."""
    if _kind(request) != "application/json":
        raise RequestError(415, "send JSON as Content-Type: application/json")
    body = await Body(request.scope, request.receive, SMALL).whole()
    return await run_in_threadpool(_json, body, wanted) if len(body) > 1 << 16 else _json(body, wanted)


def _json(body: bytes, wanted: type[Given]) -> Given:
    try:
        msgspec.json.decode(body)  # first whether it is JSON at all: what is wrong with it says the other
        return msgspec.json.decode(body, type=wanted)
    except msgspec.ValidationError as error:
        raise RequestError(422, str(error)) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        said = "is nested too deep" if isinstance(error, RecursionError) else str(error)
        raise RequestError(400, f"the body is no JSON: {said}") from None


def _kind(request: Request) -> str:
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def _query(request: Request) -> dict[str, str]:
    """The names and values of the address; RequestError for a name that stands there twice."""
    pairs = request.query_params.multi_items()
    if len(found := dict(pairs)) < len(pairs):
        raise RequestError(422, "a name stands twice in the query")
    return found


def _wishes(query: dict[str, str]) -> Wishes:
    """What the address says of how an answer is wanted: platform, top, personal; all else are values of parameters."""
    told: dict[str, Any] = {name: query.pop(name) for name in ("top", "personal") if name in query}
    platform = query.pop("platform", None)
    try:
        wishes = msgspec.convert({**told, "values": query}, Wishes, strict=False)
        return wishes if platform is None else replace(wishes, platform=msgspec.convert(platform, Platform))
    except msgspec.ValidationError as error:
        raise RequestError(422, str(error)) from None


def _platform(name: str) -> Any:
    return _wishes({"platform": name} if name else {}).platform


def _number(request: Request, name: str, usual: int, most: int) -> int:
    text = request.query_params.get(name, "")
    if not text:
        return usual
    if not (text.isascii() and text.isdigit() and len(text) < 6 and 1 <= int(text) <= most):
        raise RequestError(422, f"{name} is a number from 1 to {most}")
    return int(text)

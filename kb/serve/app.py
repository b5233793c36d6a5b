"""The application of one worker: the routes of page and API behind the guard."""

from __future__ import annotations

from contextlib import asynccontextmanager, nullcontext
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException
from starlette.middleware.exceptions import ExceptionMiddleware
from starlette.routing import Route, Router

from kb.serve.api.routes import Api
from kb.serve.guard import Guard
from kb.serve.page.routes import Page
from kb.serve.problems import RequestError
from kb.serve.render import refused
from kb.serve.site import Site

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp

    from kb.mcp.app import HttpFace
    from kb.serve.settings import Settings
    from kb.serve.signing import Counter


def application(settings: Settings, used: Counter, note: Callable[[str], None], log: Callable[[str], None]) -> ASGIApp:
    """The server as an ASGI application; `note` takes lines for the owner, `log` a line for each request."""
    site = Site(settings, used, note)
    api, page = Api(site), Page(site)
    face = _for_assistants(site) if settings.mcp else None

    @asynccontextmanager
    async def life(_: Router) -> AsyncIterator[None]:
        site.pool.warm()
        async with face.running() if face else nullcontext():
            yield
        site.pool.close()

    async def missing(request: Request, error: Exception) -> Response:
        """A path or a method that no route has."""
        assert isinstance(error, HTTPException)
        what = "the path is none of this server's" if error.status_code == 404 else "the path takes another method"
        refusal = RequestError(error.status_code, what)
        of_api = request.url.path.startswith("/api/")
        answer = refused(refusal, request) if of_api else page.refusal(request, refusal)
        answer.headers.update(error.headers or {})
        return answer

    routes = [Route("/mcp", face)] if face else []
    router = Router([*routes, *api.routes(), *page.routes()], lifespan=life)
    return Guard(ExceptionMiddleware(router, handlers={404: missing, 405: missing}), settings, log)


def _for_assistants(site: Site) -> HttpFace:
    """The MCP server at one path, over the same threads, with the same token and key of handles as the API."""
    from kb.mcp.app import http_app
    from kb.mcp.tools import Asked

    return http_app(site.pool.ask, Asked(site.key, site.now, site.note), site.signing.knows)

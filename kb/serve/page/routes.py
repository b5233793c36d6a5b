"""The pages: each takes a form or an address, asks kb.service in a thread, and fills a template with its view."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from diagnose.errors import KbError
from diagnose.view.make import view_of
from diagnose.view.steps import check_view, step_view
from kb.serve.bodies import Body, opened, pieces_of
from kb.serve.forms import Form, boundary_of
from kb.serve.page.assets import ASSETS
from kb.serve.page.shown import chosen, proving, questions, values
from kb.serve.page.templates import Templates
from kb.serve.problems import RequestError, problem_of
from kb.serve.signing import SIGNED_IN
from kb.service import diagnosing, reading
from kb.service.diagnosing import Answer, Reply, Wishes

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence

    from starlette.requests import Request

    from kb.serve.site import Site
    from kb.service.bases import Desk

    Call = Callable[["Page", Request], Awaitable[Response]]
    Given = TypeVar("Given")
    Fields = Mapping[str, Sequence[str]]

PLATFORMS = ("windows", "linux", "macos")
HITS = 20
EXPORTS = {
    "markdown": ("text/markdown", "md"),
    "html": ("text/html", "html"),
    "text": ("text/plain", "txt"),
    "json": ("application/json", "json"),
    "case": ("application/json", "case.json"),
}


class Page:
    """The pages of one site."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._templates = Templates(site.path(""), ASSETS)

    def routes(self) -> list[Route]:
        return [
            Route("/", self._of(Page.home), methods=["GET"]),
            Route("/signin", self.signin, methods=["GET"]),
            Route("/signin", self.sign_in, methods=["POST"]),
            Route("/signout", self._of(Page.sign_out), methods=["POST"]),
            Route("/link", self._of(Page.link), methods=["POST"]),
            Route("/diagnose", self._of(Page.home), methods=["GET"]),
            Route("/diagnose", self._of(Page.diagnose), methods=["POST"]),
            Route("/answer", self._of(Page.home), methods=["GET"]),
            Route("/answer", self._of(Page.answer), methods=["POST"]),
            Route("/export", self._of(Page.export), methods=["POST"]),
            Route("/search", self._of(Page.search), methods=["GET"]),
            Route("/articles", self._of(Page.articles), methods=["GET"]),
            Route("/articles/{id}", self._of(Page.article), methods=["GET"]),
            Route("/codes", self._of(Page.codes), methods=["GET"]),
            Route("/assets/{name}", self.asset, methods=["GET"]),
        ]

    def _of(self, call: Call) -> Callable[[Request], Awaitable[Response]]:
        """`call` for whoever is signed in, its errors as a page."""

        async def run(request: Request) -> Response:
            request.state.session = self._session(request)
            if not request.state.session:
                return self._sign_in_page(request, 200 if request.url.path == "/" else 401)
            try:
                return await call(self, request)
            except (RequestError, KbError) as error:
                return self.refusal(request, error)

        return run

    def refusal(self, request: Request, error: RequestError | KbError) -> Response:
        """An error as a page."""
        problem = problem_of(error, request.state.request)
        return self._shown(request, "problem.html", problem.status, problem=problem)

    def _session(self, request: Request) -> str:
        site = self._site
        return site.signing.session(request.cookies.get(site.settings.cookie, ""), site.clock())

    def _shown(self, request: Request, name: str, status: int = 200, /, **given: Any) -> Response:
        session = getattr(request.state, "session", "")
        form = self._site.signing.form(session) if session else ""
        return Response(self._templates.filled(name, form=form, **given), status, media_type="text/html")

    # --- who may ---

    def _sign_in_page(self, request: Request, status: int, code: str = "", said: str = "") -> Response:
        return self._shown(request, "signin.html", status, code=code[:200], said=said)

    async def signin(self, request: Request) -> Response:
        return self._sign_in_page(request, 200, request.query_params.get("code", ""))

    async def sign_in(self, request: Request) -> Response:
        """The code of a link, or the token, becomes a cookie."""
        try:
            body = Body(request.scope, request.receive, 1 << 14)
            boundary = boundary_of(request.headers.get("content-type", ""))
            fields = Form(iter([await body.whole()]), boundary).fields()
        except RequestError as error:
            return self.refusal(request, error)
        code = fields.get("code", [""])[0].strip()
        signing, settings = self._site.signing, self._site.settings
        if not (signing.take(code) or signing.knows(code)):
            return self._sign_in_page(request, 403, said="That code is none of ours, or was used before.")
        answer = RedirectResponse(self._site.path("/"), 303)
        answer.set_cookie(
            settings.cookie,
            signing.cookie(self._site.clock()),
            max_age=SIGNED_IN,
            path=self._site.path("/"),
            secure=request.headers.get("origin", "").startswith("https:"),
            httponly=True,
            samesite="strict",
        )
        return answer

    async def sign_out(self, request: Request) -> Response:
        await self._form(request, lambda desk, fields, form: None)
        answer = RedirectResponse(self._site.path("/"), 303)
        answer.delete_cookie(self._site.settings.cookie, path=self._site.path("/"))
        return answer

    async def link(self, request: Request) -> Response:
        """A link that signs another browser in."""
        await self._form(request, lambda desk, fields, form: None)
        return self._shown(request, "link.html", code=self._site.signing.code())

    # --- the loop ---

    async def home(self, request: Request) -> Response:
        size = await self._site.pool.ask(lambda desk: desk.store.size)
        return self._shown(request, "home.html", articles=size, platforms=PLATFORMS)

    async def diagnose(self, request: Request) -> Response:
        site = self._site

        def begin(desk: Desk, fields: Fields, form: Form) -> Answer:
            wanted = _wishes(fields)
            options = diagnosing.options_of(wanted, site.note)
            return diagnosing.begin(_sources(fields, form), desk.store, options, site.key, site.now())

        return self._answered(request, await self._form(request, begin))

    async def answer(self, request: Request) -> Response:
        site = self._site

        def go_on(desk: Desk, fields: Fields, form: Form) -> Answer:
            wanted = _wishes(fields)
            reply = Reply(
                outcomes=chosen(fields),
                skip=tuple(fields.get("skip", ())),
                values=wanted.values,
                after_fix=bool(fields.get("after_fix")),
            )
            options = diagnosing.options_of(wanted, site.note)
            sources = _sources(fields, form)
            return diagnosing.go_on(
                _one(fields, "handle").strip(), sources, desk.store, options, site.key, site.now(), reply
            )

        return self._answered(request, await self._form(request, go_on))

    def _answered(self, request: Request, given: tuple[Answer, Fields]) -> Response:
        answer, fields = given
        return self._shown(
            request,
            "answer.html",
            answer=answer,
            view=view_of(answer.diagnosis, answer.steps),
            questions=questions(answer.diagnosis),
            proving=proving(answer.diagnosis),
            platform=_one(fields, "platform"),
            platforms=PLATFORMS,
            empty=all(item.blank for item in answer.diagnosis.inputs),
        )

    async def export(self, request: Request) -> Response:
        site = self._site

        def exported(desk: Desk, fields: Fields, form: Form) -> tuple[str, str]:
            kind = _one(fields, "format")
            if kind not in EXPORTS:
                raise RequestError(422, f"format is one of {', '.join(EXPORTS)}")
            options = diagnosing.options_of(_wishes(fields), site.note)
            return kind, diagnosing.exported(
                _one(fields, "handle").strip(), kind, desk.store, options, site.key, site.now()
            )

        (kind, text), _ = await self._form(request, exported)
        media, suffix = EXPORTS[kind]
        headers = {"content-disposition": f'attachment; filename="kb-case.{suffix}"'}
        return Response(text.encode("utf-8", "replace"), headers=headers, media_type=media)

    async def _form(self, request: Request, job: Callable[[Desk, Fields, Form], Given]) -> tuple[Given, Fields]:
        """`job` with the fields of the form, in a thread, while its files come; 403 for a form that is not of this session."""
        body = Body(request.scope, request.receive, self._site.settings.max_upload)
        boundary = boundary_of(request.headers.get("content-type", ""))
        file, large = await opened(body)
        session = request.state.session

        def run(desk: Desk) -> tuple[Given, Fields]:
            form = Form(pieces_of(file), boundary)
            fields = form.fields()
            if not self._site.signing.made_here(_one(fields, "form"), session):
                raise RequestError(403, "the form is not of this session; open the page again")
            done = job(desk, fields, form)
            for _ in pieces_of(file):  # a browser that still sends would not read the answer
                pass
            return done, fields

        return await self._site.pool.ask(run, large=large)

    # --- the articles ---

    async def search(self, request: Request) -> Response:
        query = request.query_params.get("q", "")
        found = await self._site.pool.ask(lambda desk: reading.search(desk, query, HITS)) if query.strip() else None
        part = request.query_params.get("part") == "1"
        return self._shown(request, "hits.html" if part else "search.html", query=query, found=found)

    async def articles(self, request: Request) -> Response:
        domain, product = (request.query_params.get(name, "") for name in ("domain", "product"))
        rows = await self._site.pool.ask(reading.listed)
        shown = [
            row for row in rows if (not domain or row.domain == domain) and (not product or product in row.products)
        ]
        groups: dict[str, list[Any]] = {}
        for row in shown:
            groups.setdefault(row.domain if row.domain != row.id else (row.products or ("",))[0], []).append(row)
        return self._shown(
            request,
            "articles.html",
            groups=sorted(groups.items()),
            count=len(shown),
            domain=domain,
            product=product,
            domains=sorted({row.domain for row in rows if row.domain != row.id}),
            products=sorted({name for row in rows for name in row.products}),
        )

    async def article(self, request: Request) -> Response:
        name = request.path_params["id"]
        given = {name: value.strip() for name, value in request.query_params.items() if value.strip()}
        wanted = _wishes({"platform": [given.pop("platform", "")]})
        read = await self._site.pool.ask(lambda desk: reading.article(desk, name, given, wanted.platform, html=True))
        return self._shown(
            request,
            "article.html",
            article=read,
            checks=[check_view(check) for check in read.checks],
            causes=[(cause, [step_view(step, read.checks) for step in cause.remediation]) for cause in read.causes],
            platform=wanted.platform or "",
            platforms=PLATFORMS,
        )

    async def codes(self, request: Request) -> Response:
        value = request.query_params.get("value", "").strip()
        found = await self._site.pool.ask(lambda desk: reading.code(desk, value)) if value else None
        return self._shown(request, "codes.html", value=value, found=found)

    async def asset(self, request: Request) -> Response:
        asset = ASSETS.get(request.path_params["name"])
        if asset is None:
            return self.refusal(request, RequestError(404, "the path is none of this server's"))
        headers = {"cache-control": "public, max-age=31536000, immutable"}
        return Response(asset.data, headers=headers, media_type=asset.media)


def _one(fields: Fields, name: str) -> str:
    return fields.get(name, ("",))[-1]


def _wishes(fields: Fields) -> Wishes:
    platform: Any = _one(fields, "platform")
    return Wishes(platform=platform if platform in PLATFORMS else None, values=values(fields))


def _sources(fields: Fields, form: Form) -> Iterator[Any]:
    yield from diagnosing.pasted(_one(fields, "text"))
    for name, file in form.files():
        yield from diagnosing.streamed(name, file)  # type: ignore[arg-type]

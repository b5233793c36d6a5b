"""Questions to the articles: searched, listed, read with values filled in, codes decoded, and why one did not match.

Takes a desk and plain values; gives records that are JSON as they stand. What is not there is a `KbError`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.codes.explain import CodeReading
from diagnose.commands.shown import shown_check, shown_step
from diagnose.diagnosis import ShownCheck, ShownRemediation
from diagnose.errors import KbError
from diagnose.explain import Why
from diagnose.explain import why as explained_why
from diagnose.facts import merge, refused_values
from diagnose.model import ParamType
from diagnose.pipeline import gather
from diagnose.text.sanitize import clip
from kb.articles.render import html_body, markdown
from kb.ask import redactor_for
from kb.codes.articles import naming
from kb.codes.own import explained
from kb.redaction import renamed, shown_why
from kb.store.store import Listed as Listed

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from diagnose.inputs.sources import InputError, Source
    from diagnose.model import Platform, Problem
    from diagnose.options import Options
    from kb.articles.article import Article
    from kb.service.bases import Desk

LONGEST_QUERY = 4096
LONGEST_CODE = 200


class NotThereError(KbError):
    """An article that was asked for by its id and is not there."""


class Hit(Struct, frozen=True, kw_only=True):
    """A found article; `snippet` is text in pieces, each with whether it matched."""

    id: str
    title: str
    score: float
    snippet: tuple[tuple[str, bool], ...]


class Found(Struct, frozen=True, kw_only=True):
    """What a search found, best first; `did_you_mean` is the query with its unknown words mended, or empty."""

    query: str
    hits: tuple[Hit, ...]
    did_you_mean: str = ""
    note: str = ""


class Asked(Struct, frozen=True, kw_only=True):
    """A value that commands of an article need: its type, the question for it, and what it is now (empty: missing)."""

    name: str
    type: ParamType
    ask: str
    value: str


class ArticleCause(Struct, frozen=True, kw_only=True):
    """A cause of an article, the most likely ones first as the article has them, with its steps filled in."""

    id: str
    title: str
    likelihood: str
    summary: str
    remediation: tuple[ShownRemediation, ...]


class ArticleRead(Struct, frozen=True, kw_only=True):
    """An article, its checks and steps filled in for given values. `html` is clean, `markdown` the whole as text."""

    id: str
    title: str
    status: str
    domain: str
    summary: str
    products: tuple[str, ...]
    tags: tuple[str, ...]
    values: tuple[Asked, ...]
    causes: tuple[ArticleCause, ...]
    checks: tuple[ShownCheck, ...]
    markdown: str
    html: str = ""


class NamedCode(Struct, frozen=True, kw_only=True):
    """One reading of a code, and the ids of the articles that name it."""

    reading: CodeReading
    articles: tuple[str, ...]


class CodeRead(Struct, frozen=True, kw_only=True):
    """A code with its readings, most usual first; without any, `tried` names the tables and `nearest` what is close."""

    value: str
    readings: tuple[NamedCode, ...]
    tried: tuple[str, ...] = ()
    nearest: str = ""


def search(desk: Desk, query: str, limit: int = 10) -> Found:
    """The articles that `query` finds, in the language of `kb search`."""
    if len(query) > LONGEST_QUERY:
        raise KbError(
            "q", f"is longer than {LONGEST_QUERY} characters", "search for a few words; diagnose a longer text"
        )
    result = desk.index.search(query, limit)
    hits = tuple(
        Hit(id=hit.id, title=hit.title, score=hit.score, snippet=tuple((text, bool(on)) for text, on in hit.snippet))
        for hit in result.hits
    )
    return Found(query=query, hits=hits, did_you_mean=result.did_you_mean, note=result.note)


def listed(desk: Desk, domain: str = "", product: str = "", tag: str = "") -> tuple[Listed, ...]:
    """The articles of a domain, of products that hold a text, with a tag; all without."""
    return tuple(
        row
        for row in desk.store.listing()
        if (not domain or row.domain == domain)
        and (not product or any(product.casefold() in name.casefold() for name in row.products))
        and (not tag or tag.casefold() in (name.casefold() for name in row.tags))
    )


def article(
    desk: Desk, name: str, given: Mapping[str, str], platform: Platform | None = None, *, html: bool = False
) -> ArticleRead:
    """The article `name`, filled in with `given`. KbError where there is none, or for a value that is not of its type."""
    read = _article(desk, name)
    problem = read.problem
    for parameter, expected in refused_values(problem.params, given).items():
        raise KbError(f"{parameter}={clip(given[parameter], 80)}", f"is not {expected}", "give a plain value")
    values = merge((), problem.params, given).values
    return ArticleRead(
        id=problem.id,
        title=problem.title,
        status=problem.status,
        domain=read.domain,
        summary=problem.summary,
        products=tuple(f"{p.product} {p.versions}".strip() for p in problem.applies_to),
        tags=problem.tags,
        values=_asked(problem, values),
        causes=tuple(
            ArticleCause(
                id=cause.id,
                title=cause.title,
                likelihood=cause.likelihood,
                summary=cause.summary,
                remediation=tuple(shown_step(step, problem.params, values, platform) for step in cause.remediation),
            )
            for cause in problem.causes
        ),
        checks=tuple(shown_check(n, check, problem.params, values, platform) for n, check in problem.checks.items()),
        markdown=markdown(read),
        html=html_body(read) if html else "",
    )


def _asked(problem: Problem, values: Mapping[str, str]) -> tuple[Asked, ...]:
    return tuple(
        Asked(name=name, type=param.type, ask=param.ask or f"which {name}?", value=values.get(name, ""))
        for name, param in problem.params.items()
    )


def code(desk: Desk, value: str) -> CodeRead:
    """What an error code means in any notation, and which articles name it."""
    if len(value) > LONGEST_CODE:
        raise KbError("code", f"is longer than {LONGEST_CODE} characters", "ask for one code at a time")
    found = explained(value.strip())
    articles = naming(desk.store, [reading for reading in found.readings if reading.kind != "kb"])
    return CodeRead(
        value=found.value,
        readings=tuple(
            NamedCode(reading=reading, articles=tuple(articles.get(reading, ()))) for reading in found.readings
        ),
        tried=found.tried,
        nearest=found.nearest,
    )


def why(desk: Desk, name: str, sources: Iterable[Source | InputError], options: Options) -> Why:
    """What of the article `name` stands in `sources` and what does not, and where its number comes from, without secrets."""
    problem = _article(desk, name).problem
    redactor = redactor_for(options.personal)
    gathered = gather(renamed(sources, redactor), desk.store, options.setup)
    return shown_why(explained_why(problem, gathered, desk.store, options), gathered.passages, redactor)


def _article(desk: Desk, name: str) -> Article:
    try:
        return desk.store.article(clip(name, 200))
    except KbError as error:
        raise NotThereError(error.where, error.what, error.way_out) from None

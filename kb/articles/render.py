"""A whole article for people: text for a terminal, Markdown, one HTML page, JSON."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from diagnose.templates import SLOT
from diagnose.text.sanitize import json_text, neutral
from kb.library.listing import came_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diagnose.model import Problem
    from kb.articles.article import Article


def _head(article: Article) -> Iterator[str]:
    """What the front matter says, as Markdown that stands before the body."""
    problem = article.problem
    if problem.summary:
        yield problem.summary + "\n"
    if problem.applies_to:
        yield "Applies to: " + "; ".join(f"{p.product} {p.versions}".strip() for p in problem.applies_to) + "\n"


def _causes(article: Article) -> Iterator[str]:
    """Causes, checks and references as Markdown that stands after the body."""
    problem = article.problem
    if problem.causes:
        yield "## Root causes and their remediation\n"
    for cause in problem.causes:
        yield f"### {cause.title} ({cause.likelihood})\n"
        for step in cause.remediation:
            yield f"- {step.kind}: {step.text}"
            yield from (f"    - {shell}: `{line}`" for shell, lines in step.commands.items() for line in lines)
        yield ""
    if problem.checks:
        yield "## Checks\n"
    sources = {use.part: came_from(use) for use in article.uses if use.kind == "check"}
    for name, check in problem.checks.items():
        yield f"- **{name}**: {check.title}{f' ({sources[name]})' if name in sources else ''}"
        yield from (f"    - {shell}: `{line}`" for shell, lines in check.commands.items() for line in lines)
    if problem.references:
        yield "\n## References\n"
    yield from (f"- [{reference.title or reference.url}]({reference.url})" for reference in problem.references)


def markdown(article: Article) -> str:
    body = article.body.strip()
    title = "" if body.startswith("# ") else f"# {article.problem.title}\n\n"
    parts = (title + "\n".join(_head(article)), body, "\n".join(_causes(article)))
    return neutral("\n\n".join(part.strip() for part in parts if part.strip()), newlines=True) + "\n"


def _rendered(article: Article) -> str:
    from kb.markdown.render import render

    made = render(markdown(article))
    return neutral((f"<p><em>{escape(made.note)}</em></p>" if made.note else "") + made.html, newlines=True)


def _with_blanks(made: str, problem: Problem, form: str) -> str:
    """The rendered text with the parameters of the problem as blanks to fill in; other ${...} are a shell's own."""
    return SLOT.sub(lambda slot: form.format(slot[1]) if slot[1] in problem.params else slot[0], made)


def article_lines(article: Article) -> str:
    import shutil

    from kb.markdown.render import to_text

    width = max(40, min(100, shutil.get_terminal_size((100, 24)).columns))
    shown = _with_blanks(to_text(_rendered(article), width), article.problem, "<{}>")
    return neutral(f"{article.problem.id} ({article.problem.status})\n\n{shown}", newlines=True)


def html_body(article: Article) -> str:
    """The article as clean HTML, to stand in a page."""
    return _with_blanks(_rendered(article), article.problem, "&lt;{}&gt;")


def html(article: Article) -> str:
    policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
    style = "body{font:16px/1.5 system-ui,sans-serif;max-width:55rem;margin:2rem auto;padding:0 1rem}pre,code{white-space:pre-wrap}"
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{policy}">'
        f"<title>{escape(neutral(article.problem.title))}</title><style>{style}</style></head>\n<body>\n{html_body(article)}\n</body></html>\n"
    )


def json(article: Article) -> str:
    value = {"problem": article.problem, "header": article.header, "body": article.body}
    value |= {"uses": article.uses} if article.uses else {}
    return json_text(value) + "\n"


RENDERERS: dict[str, Callable[[Article], str]] = {
    "text": article_lines,
    "markdown": markdown,
    "html": html,
    "json": json,
}

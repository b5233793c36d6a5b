"""`kb show`: read an article."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from diagnose.errors import KbError, did_you_mean
from kb.cli.browsing.completing import articles_and_causes
from kb.cli.pager import page
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.articles.article import Article


@click.command()
@click.argument("name", metavar="ID[/CAUSE]", shell_complete=articles_and_causes)
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "html", "json"]), default="text", show_default=True
)
@click.pass_obj
def command(session: Session, /, name: str, format_: str) -> int:
    """Read the article with this ID: its text, causes, checks and remediation. ARTICLE/CAUSE: only this cause.

    What a command needs stands in it as <name>. A long text comes page by page at a terminal (PAGER).
    """
    from kb.articles.render import RENDERERS

    wanted, slash, cause = name.partition("/")
    article = session.store().article(wanted)
    page(RENDERERS[format_](of_cause(article, cause) if slash else article))
    return 0


def of_cause(article: Article, name: str) -> Article:
    """The article with one cause alone and the checks that speak for or against it; KbError where it has none such."""
    problem = article.problem
    cause = next((cause for cause in problem.causes if cause.id == name), None)
    if cause is None:
        ids = [cause.id for cause in problem.causes]
        hint = did_you_mean(name, ids) or f"it has {', '.join(ids) or 'none'}"
        raise KbError(f"{problem.id}/{name}", "the article has no such cause", hint)
    named = {clue.check.partition(".")[0] for clue in cause.evidence} | {
        step.verify.partition(".")[0] for step in cause.remediation
    }
    checks = {check: found for check, found in problem.checks.items() if check in named}
    return replace(article, body="", problem=replace(problem, causes=(cause,), checks=checks, references=()))

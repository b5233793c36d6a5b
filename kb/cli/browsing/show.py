"""`kb show`: read an article."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from diagnose.errors import KbError, did_you_mean
from kb.cli.browsing.completing import articles_and_causes
from kb.cli.pager import page
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.articles.article import Article
    from kb.library.files import Kind


@click.command()
@click.argument("name", metavar="ID[/CAUSE]", shell_complete=articles_and_causes)
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "html", "json"]), default="text", show_default=True
)
@click.option("--review", is_flag=True, help="Show its second reading instead: the day, the verdict, what is open.")
@click.pass_obj
def command(session: Session, /, name: str, format_: str, review: bool) -> int:
    """Read the article with this ID: its text, causes, checks and remediation. ARTICLE/CAUSE: only this cause; check:NAME
    and signal:NAME: that of the library.

    What a command needs stands in it as <name>. A long text comes page by page at a terminal (PAGER).
    """
    if review:
        return _review(session, name, format_)
    kind, _, entry = name.partition(":")
    if entry and kind in ("check", "signal"):
        return _entry(session, "check" if kind == "check" else "signal", entry, format_)
    from kb.articles.render import RENDERERS

    wanted, slash, cause = name.partition("/")
    article = session.store(scans=False).article(wanted)
    page(RENDERERS[format_](of_cause(article, cause) if slash else article))
    return 0


def _review(session: Session, name: str, format_: str) -> int:
    from diagnose.errors import KbError
    from diagnose.text.sanitize import json_text, neutral
    from kb.articles.review import changed, review_of

    article = session.store(scans=False).article(name)
    found = review_of(article)
    if found is None:
        way_out = "read it as CONTRIBUTING.md says, and write review.md"
        raise KbError(name, "has no review.md beside it: nobody has read it a second time", way_out)
    overtaken = changed(article) if found.dated and found.date < changed(article) else ""
    if format_ == "json":
        told = {"article": article.problem.id, "date": found.date, "verdict": found.verdict, "text": found.text}
        click.echo(json_text({**told, "changed": changed(article), "overtaken": bool(overtaken)}))
        return 0
    click.echo(neutral(found.text, newlines=True).rstrip())
    if overtaken:
        click.echo(f"\nThe article was changed on {overtaken}, after this reading.")
    return 0


def _entry(session: Session, kind: Kind, name: str, format_: str) -> int:
    from diagnose.errors import KbError
    from kb.library.listing import as_value, entry, shown

    made, where = entry(kind, name, session.bases)
    if format_ == "html":
        raise KbError("--format html", f"a {kind} of the library is shown as text, markdown or json", "choose one")
    if format_ == "json":
        import msgspec

        sys.stdout.write(msgspec.json.format(msgspec.json.encode(as_value(made, where)), indent=2).decode() + "\n")
        return 0
    from diagnose.text.sanitize import neutral

    sys.stdout.write(neutral(shown(made, where), newlines=True))
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

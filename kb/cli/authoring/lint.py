"""`kb lint`: faults of articles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from kb.cli.browsing.completing import articles
from kb.cli.output import write_output
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.articles.article import Article
    from kb.store.store import Store


@click.command()
@click.argument("names", nargs=-1, metavar="[FOLDER|ID]...", shell_complete=articles)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "github", "sarif"]), default="text", show_default=True
)
@click.option(
    "--deep", is_flag=True, help="Also check the base as a whole: collisions, untested signals, stray samples."
)
@click.option("--health", is_flag=True, help="Show the state of the base instead: one row an article, and the sums.")
@click.pass_obj
def command(session: Session, names: tuple[str, ...], format_: str, deep: bool, health: bool) -> int:
    """Check the articles of the base in use, or below FOLDERs, or those with these IDs. Of plain Markdown articles it lists
    what they are matched by.

    Status: 0 clean, 1 for a finding, 2 it could not run.
    """
    from kb.authoring.linting.lint import lint
    from kb.authoring.linting.report import FORMATS
    from kb.authoring.matched import matched_by

    store, articles = session.chosen(names, warn=False)
    if health:
        return _health(store, articles, format_)
    wanted = {article.path for article in articles}
    found = [
        *(fault for fault in store.faults() if len(articles) == store.size or fault.path in wanted),
        *lint(articles, datetime.now(UTC).date()),
    ]
    if deep:
        from kb.authoring.linting.base import deep as deeply

        found += deeply(store, articles)
    faults = sorted(found, key=lambda f: (f.path, f.line, f.column))
    write_output(FORMATS[format_](faults, len(articles), list(matched_by(store, articles))), None)
    return 1 if faults else 0


def _health(store: Store, articles: list[Article], format_: str) -> int:
    from diagnose.text.sanitize import json_text, neutral
    from kb.authoring.linting.health import health, table

    rows = health(store, articles, datetime.now(UTC).date())
    if format_ == "json":
        click.echo(json_text({"articles": rows}))
    for line in table(rows) if format_ == "text" else ():
        click.echo(neutral(line))
    return 0

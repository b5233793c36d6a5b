"""`kb lint`: faults of articles."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.articles.article import Article
    from kb.store.store import Store


@click.command()
@click.argument("folders", nargs=-1, metavar="[FOLDER]...")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option(
    "--deep", is_flag=True, help="Also check the base as a whole: collisions, untested signals, stray samples."
)
@click.option("--health", is_flag=True, help="Show the state of the base instead: one row an article, and the sums.")
@click.pass_obj
def command(session: Session, folders: tuple[str, ...], format_: str, deep: bool, health: bool) -> int:
    """Check the articles of the base in use, or below FOLDERs. Status 1 for a finding. Of plain Markdown articles it lists
    what they are matched by."""
    from diagnose.text.sanitize import json_text, neutral
    from kb.authoring.linting.lint import lint
    from kb.authoring.matched import matched_by

    session.named.extend(folders)
    store = session.store(warn=False)
    articles = [store.article(name) for name in store.ids()]
    if health:
        return _health(store, articles, format_)
    found = [*store.faults(), *lint(articles, datetime.now(UTC).date())]
    if deep:
        from kb.authoring.linting.base import deep as deeply

        found += deeply(store, articles)
    faults = sorted(found, key=lambda f: (f.path, f.line, f.column))
    matched = list(matched_by(articles))
    if format_ == "json":
        click.echo(json_text({"articles": len(articles), "faults": faults, "matched": matched}))
    else:
        for item in matched:
            click.echo(neutral(str(item), newlines=True))
        for fault in faults:
            click.echo(f"{neutral(str(fault))} ({fault.severity})")
        click.echo(f"{len(articles)} articles, {len(faults)} findings")
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

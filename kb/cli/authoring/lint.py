"""`kb lint`: faults of articles."""

from __future__ import annotations

from datetime import UTC, datetime

import click

from kb.cli.browsing.completing import articles
from kb.cli.output import write_output
from kb.cli.session import Session


@click.command()
@click.argument("names", nargs=-1, metavar="[FOLDER|ID]...", shell_complete=articles)
@click.option(
    "--format", "format_", type=click.Choice(["text", "json", "github", "sarif"]), default="text", show_default=True
)
@click.option(
    "--deep", is_flag=True, help="Also check the base as a whole: collisions, untested signals, stray samples."
)
@click.pass_obj
def command(session: Session, names: tuple[str, ...], format_: str, deep: bool) -> int:
    """Check the articles of the base in use, or below FOLDERs, or those with these IDs.

    Status: 0 clean, 1 there is something to say, 2 it could not run.
    """
    from kb.authoring.lint import lint
    from kb.authoring.lint_report import FORMATS

    store, articles = session.chosen(names, warn=False)
    wanted = {article.path for article in articles}
    found = [
        *(fault for fault in store.faults() if len(articles) == store.size or fault.path in wanted),
        *lint(articles, datetime.now(UTC).date()),
    ]
    if deep:
        from kb.authoring.lint_base import deep as deeply

        found += deeply(store, articles)
    faults = sorted(found, key=lambda f: (f.path, f.line, f.column))
    write_output(FORMATS[format_](faults, len(articles)), None)
    return 1 if faults else 0

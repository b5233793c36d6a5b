"""`kb show`: read an article."""

from __future__ import annotations

import click

from kb.cli.output import write_output
from kb.cli.session import Session


@click.command()
@click.argument("name", metavar="ID")
@click.option(
    "--format", "format_", type=click.Choice(["text", "markdown", "html", "json"]), default="text", show_default=True
)
@click.pass_obj
def command(session: Session, /, name: str, format_: str) -> int:
    """Read the article with this ID: its text, causes, checks and remediation."""
    from kb.articles.render import RENDERERS

    article = session.store().article(name)
    text = RENDERERS[format_](article)
    write_output(text, None)
    return 0

"""`kb list`: the articles in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.pager import page
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.store.store import Listed


@click.command()
@click.option("--product", default="", metavar="TEXT", help="Only articles of a product that holds TEXT.")
@click.option("--tag", default="", metavar="TAG", help="Only articles with this tag.")
@click.option(
    "--status", type=click.Choice(["draft", "test", "stable", "deprecated"]), help="Only articles of this status."
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(session: Session, /, product: str, tag: str, status: str | None, format_: str) -> int:
    """List the articles by domain (imported ones by product): id, status and title."""
    from diagnose.text.sanitize import json_text, neutral

    rows = [
        row
        for row in session.store().listing()
        if (not product or any(product.lower() in name.lower() for name in row.products))
        and (not tag or tag.lower() in (t.lower() for t in row.tags))
        and (status is None or row.status == status)
    ]
    if format_ == "json":
        click.echo(json_text(rows))
        return 0 if rows else 1
    lines: list[str] = []
    heading = None
    for row in sorted(rows, key=lambda row: (_heading(row), row.id)):
        if _heading(row) != heading:
            heading = _heading(row)
            lines.append(f"{neutral(heading) or '(no domain)'}:")
        lines.append(f"  {row.id}  [{row.status}]\n      {neutral(row.title)}")
    if lines:
        page("\n".join(lines) + "\n")
    return 0 if rows else 1


def _heading(row: Listed) -> str:
    """The folder that articles share; where each has only a folder of its own, as after an import, the product."""
    if row.domain != row.id:
        return row.domain
    return row.products[0] if row.products else ""

"""`kb list`: the articles in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.pager import page
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.library.files import Kind
    from kb.store.store import Listed


@click.command()
@click.option("--product", default="", metavar="TEXT", help="Only articles of a product that holds TEXT.")
@click.option("--tag", default="", metavar="TAG", help="Only articles with this tag.")
@click.option(
    "--status", type=click.Choice(["draft", "test", "stable", "deprecated"]), help="Only articles of this status."
)
@click.option("--checks", "kind", flag_value="check", help="List the checks of the library instead.")
@click.option("--signals", "kind", flag_value="signal", help="List the signals of the library instead.")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(session: Session, /, product: str, tag: str, status: str | None, format_: str, kind: Kind | None) -> int:
    """List the articles by domain (imported ones by product): id, status and title. With --checks or --signals, what articles
    may use by name."""
    from diagnose.text.sanitize import json_text, neutral

    if kind:
        if product or tag or status:
            raise click.UsageError(f"--{kind}s lists the library, not articles of a product, tag or status")
        return _library(session, kind, format_)
    rows = [
        row
        for row in session.store(scans=False).listing()
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


def _library(session: Session, kind: Kind, format_: str) -> int:
    import msgspec

    from diagnose.text.sanitize import neutral
    from kb.library.listing import rows

    found = rows(kind, session.bases)
    if format_ == "json":
        click.echo(msgspec.json.format(msgspec.json.encode(found), indent=2).decode())
        return 0
    for row in found:
        where = "" if row.origin == "shipped with kb" else f"  [{neutral(row.origin)}]"
        click.echo(
            f"{row.name}({', '.join(row.values)}){where}\n    {neutral(row.title)}\n    {', '.join(row.outcomes)}"
        )
    return 0


def _heading(row: Listed) -> str:
    """The folder that articles share; where each has only a folder of its own, as after an import, the product."""
    if row.domain != row.id:
        return row.domain
    return row.products[0] if row.products else ""

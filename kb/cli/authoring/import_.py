"""`kb import FORMAT PATH --to DIR`: a foreign knowledge base as articles."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.errors import KbError
from kb.cli.output import tell
from kb.folders import own_articles
from kb.importers import IMPORTERS


@click.command(
    epilog="\b\nFormats:\n" + "\n".join(f"  {name:<10} {what}" for name, (_, what) in IMPORTERS.items()),
)
@click.argument("format_", metavar="FORMAT", type=click.Choice(list(IMPORTERS)))
@click.argument("path", metavar="PATH", type=click.Path(path_type=Path))
@click.option(
    "--to",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder for the articles; a base. Without it, your own folder, which is read beside the shipped ones.",
)
def command(format_: str, path: Path, to: Path | None) -> int:
    """Turn a foreign knowledge base below PATH into articles below DIR, which is made if missing.

    Importing again writes only what changed and takes nothing away. What cannot be brought over is listed.
    """
    from diagnose.text.sanitize import neutral
    from kb.importers import reader
    from kb.importers.write import write

    to = to or own_articles()
    if to is None:
        raise KbError("kb import", "there is no home folder to keep them in", "name a folder: --to DIR")
    report = write(reader(format_)(path), to, format_)
    for left in report.left:
        tell(str(left))
    whole = sum(not left.part for left in report.left)
    parts = len(report.left) - whole
    total = len(report.written) + len(report.unchanged)
    click.echo(
        f"{total} articles in {neutral(str(to))}: {len(report.written)} written, {len(report.unchanged)} unchanged, "
        f"{len(report.drafts)} of them drafts; {whole} left out, {parts} in part"
    )
    held = ", ".join(f"{count} with {what}" for what, count in report.holding.items())
    click.echo(
        f"{held}; {len(report.unfindable)} with nothing to be found by but their words{_some(report.unfindable)}"
    )
    return 0 if total else 1


def _some(ids: tuple[str, ...]) -> str:
    """The first few of many, for the reader to look at."""
    from diagnose.text.sanitize import neutral

    return f": {', '.join(map(neutral, ids[:5]))}{', ...' if len(ids) > 5 else ''}" if ids else ""

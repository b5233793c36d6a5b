"""`kb import FORMAT PATH --to DIR`: a foreign knowledge base as articles; `kb import catalog PATH...`: message catalogues."""

from __future__ import annotations

from pathlib import Path

import click

from diagnose.errors import KbError
from kb.cli.output import tell
from kb.folders import data_dir, own_articles
from kb.importers import IMPORTERS

CATALOG, BASE = "catalog", "base"
FORMATS = {
    **{name: what for name, (_, what) in IMPORTERS.items()},
    CATALOG: "message catalogues (.mo, .po, .mui, .catalog of systemd, sys.messages as .csv)",
    BASE: "a base that kb export base wrote, in the place of the one before; --undo goes back",
}


@click.command(
    epilog="\b\nFormats:\n" + "\n".join(f"  {name:<10} {what}" for name, what in FORMATS.items()),
)
@click.argument("format_", metavar="FORMAT", type=click.Choice(list(FORMATS)))
@click.argument("paths", metavar="PATH...", nargs=-1, type=click.Path(path_type=Path))
@click.option(
    "--to",
    metavar="DIR",
    type=click.Path(path_type=Path),
    help="The folder for the articles; a base. Without it, your own folder, which is read beside the shipped ones.",
)
@click.option("--digest", default="", metavar="SHA256", help="base: the digest that it must have.")
@click.option("--undo", is_flag=True, help="base: put the one before back.")
@click.option("--force", is_flag=True, help="base: put articles aside that no import brought.")
def command(format_: str, paths: tuple[Path, ...], to: Path | None, digest: str, undo: bool, force: bool) -> int:
    """Turn a foreign knowledge base below PATH into articles below DIR, which is made if missing; or take message catalogues
    into your own data, by which errors in another language are also read in English.

    Importing again writes only what changed and takes nothing away. What cannot be brought over is listed.
    """
    if not paths and not (format_ == BASE and undo):
        raise click.UsageError("Missing argument 'PATH...'")
    if format_ != BASE and (digest or undo or force):
        raise click.UsageError("--digest, --undo and --force are for kb import base")
    if format_ == CATALOG:
        return _catalogs(paths, to)
    if len(paths) > 1:
        raise click.UsageError(f"kb import {format_} takes one PATH")
    if format_ == BASE:
        return _base(paths, to, digest, undo=undo, force=force)
    return _articles(format_, paths[0], to)


def _base(paths: tuple[Path, ...], to: Path | None, digest: str, *, undo: bool, force: bool) -> int:
    """A base file in, whole or not at all; or the base before it back."""
    from diagnose.text.sanitize import neutral
    from kb.transfer import swap
    from kb.transfer.take_in import take_in

    target = to or own_articles()
    if target is None:
        raise KbError("kb import base", "there is no home folder to keep it in", "name a folder: --to DIR")
    if undo:
        if paths:
            raise click.UsageError("--undo takes no PATH")
        swap.undo(target)
        click.echo(f"the base before is back in {neutral(str(target))}")
        return 0
    taken = take_in(str(paths[0]), target, digest, force=force)
    for fault in taken.faults:
        tell(f"{fault}; article left out")
    click.echo(f"{taken.articles} articles in {neutral(str(target))}, digest {taken.digest}")
    if taken.kept:
        click.echo("the base before is kept: kb import base --undo" + (f" --to {neutral(str(to))}" if to else ""))
    return 0


def _catalogs(paths: tuple[Path, ...], to: Path | None) -> int:
    from diagnose.text.sanitize import neutral
    from kb.catalogs.take_in import take_in

    folder = data_dir()
    if to is not None:
        raise click.UsageError("--to is for articles; catalogues are kept in your own data")
    if folder is None:
        raise KbError("kb import catalog", "there is no home folder to keep them in", "set HOME (on Windows APPDATA)")
    taken = take_in(paths, folder)
    for left in taken.left:
        tell(str(left))
    click.echo(f"{taken.messages:,} messages of {len(taken.files)} catalogues in {neutral(str(folder))}")
    return 2 if taken.left else 0


def _articles(format_: str, path: Path, to: Path | None) -> int:
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

"""`kb export ripgrep|loki|clickhouse|sigma`: the base's signals as queries that fetch every line which may matter."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from diagnose.errors import KbError
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence


def command(name: str) -> click.Command:
    """The command of one dialect."""

    @click.command(name)
    @click.option("--to", "target", default=".", show_default=True, metavar="DIR", help="Write the files there.")
    @click.option("--articles", multiple=True, metavar="ID", help="Only for this article (repeatable).")
    @click.option("--force", is_flag=True, help="Overwrite files.")
    @click.pass_obj
    def run(session: Session, target: str, articles: Sequence[str], force: bool) -> int:
        return _export(session, name, target, articles, force)

    run.help = (
        f"Write queries for {name} that fetch every line in which a signal of the base may be, and a page that says how they are"
        " run and for which patterns that cannot be promised.\n\nStatus: 0 written, 2 the call was wrong."
    )
    return run


def _export(session: Session, name: str, target: str, articles: Sequence[str], force: bool) -> int:
    from kb.exporters.needles import Wanted, needles_of
    from kb.exporters.queries import made
    from kb.safe_files import write

    store = session.store()
    for article in articles:
        store.article(article)
    owned = store.patterns(articles)
    every = [Wanted(regex, tuple(f"{article}: {signal}" for article, signal in owners)) for regex, owners in owned]
    by_article: dict[str, list[Wanted]] = {}
    for wanted, (_, owners) in zip(every, owned, strict=True):
        for article, _ in owners:
            by_article.setdefault(article, []).append(wanted)
    needles = needles_of(every)
    files = made(name, needles, {article: needles_of(own) for article, own in sorted(by_article.items())})
    folder = Path(target)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for file, text in files.items():
            write(folder / file, text.encode("utf-8", "surrogateescape"), force=force)
    except FileExistsError as error:
        raise KbError(str(error.filename), "exists", "name another folder with --to, or add --force") from None
    except OSError as error:
        raise KbError(f"--to {target}", error.strerror or str(error), "name a folder that can be written") from None
    left = f", {len(needles.left):,} not promised" if needles.left else ""
    click.echo(
        f"{len(every):,} patterns as {len(needles.texts):,} texts{left}: {', '.join(str(folder / file) for file in files)}"
    )
    return 0

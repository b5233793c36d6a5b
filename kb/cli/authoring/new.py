"""`kb new`: the draft of an article from an error text."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from diagnose.errors import KbError
from kb.cli.output import tell
from kb.safe_files import read, write

LARGEST = 1 << 20


@click.command()
@click.argument("article", metavar="ID")
@click.option("--from", "source", metavar="FILE", help="The error text: a file, or - for standard input.")
@click.option("--text", metavar="TEXT", help="The error text itself.")
@click.option("--to", "folder", default=".", show_default=True, metavar="DIR", help="Make DIR/ID there.")
@click.option(
    "--redact",
    type=click.Choice(["secrets", "personal"]),
    default="secrets",
    show_default=True,
    help="With personal, leave out data of persons too.",
)
def command(article: str, source: str | None, text: str | None, folder: str, redact: str) -> int:
    """Draft the article ID from an error text: its messages with what varies as patterns, codes, events, values to capture;
    wordings and checks of the library that fit; a cause and a check to fill in; a sample.

    While it says status: draft it is answered as possible at most. The text is redacted first. Nothing is written over. A text in which nothing is telling is refused. The draft passes
    kb lint; whether it finds its own sample (kb test) is tried and told.
    """
    from diagnose.redact.redactor import Redactor
    from kb.articles.ids import identifier
    from kb.authoring.drafting.draft import draft
    from kb.importers.write import render

    if identifier(article) != article:
        raise KbError(article, "no valid id", f"name it like {identifier(article)}")
    place = Path(folder) / article
    if os.path.lexists(place):
        raise KbError(str(place), "exists", "choose another id or folder")
    sample = Redactor(personal=redact == "personal").redact(_read(source, text))
    made = draft(article, sample.split("\n"))
    if not made.front.get("symptoms"):
        raise KbError(
            source or "--text",
            "no message, error code or event in it tells this error from what ordinary logs hold",
            "give the whole message as it was printed, with the lines around it",
        )
    try:
        (place / "samples" / "symptom").mkdir(parents=True)
        (place / "samples" / "other").mkdir()
        write(place / "samples" / "symptom" / "first.txt", sample.encode(), force=False)
        write(place / "article.md", render(made.front, made.body), force=False)
    except OSError as error:
        raise KbError(str(place), error.strerror or str(error), "name a folder that can be written") from None
    click.echo(f"{place / 'article.md'}: {len(made.front['signals'])} signals to choose from")
    if made.uses:
        click.echo(f"from the library: {', '.join(made.uses)} (kb show NAME)")
    failure = _failure(place)
    if failure:
        tell(
            f"by itself the draft does not find its own sample yet, which {failure}: add signals from the lines around it"
        )
    click.echo(f"next: fill it in, then kb lint --kb {folder} and kb test --kb {folder}")
    return 0


def _failure(place: Path) -> str:
    """What the sample does wrong against the draft alone; empty if it finds it."""
    from kb.authoring.samples import run
    from kb.store.open import open_store

    with open_store([place], None) as store:
        return next((failure.what for failure in run(store, [store.article(place.name)]).failures), "")


def _read(source: str | None, text: str | None) -> str:
    """The error text as UTF-8 with LF; an empty one is an error."""
    from diagnose.text.decode import sniff, to_utf8, valid_utf8

    if (source is None) == (text is None):
        raise click.UsageError("give the error text with --from FILE or with --text TEXT")
    if text is not None:
        data = text.encode("utf-8", "surrogateescape")
    else:
        try:
            data = sys.stdin.buffer.read(LARGEST + 1) if source == "-" else read(str(source), LARGEST)
        except OSError as error:
            raise KbError(str(source), error.strerror or str(error), "check the name and the permissions") from None
    if len(data) > LARGEST:
        raise KbError(str(source), "longer than 1 MiB", "give the lines around the error")
    encoding, mark = sniff(data)
    lines = valid_utf8(b"".join(to_utf8([data[mark:]], encoding))).decode("utf-8", "replace")
    if not lines.strip():
        raise KbError(source or "--text", "is empty", "give the error as it was printed")
    return lines if lines.endswith("\n") else lines + "\n"

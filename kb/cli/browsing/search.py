"""`kb search`: find articles."""

from __future__ import annotations

import click

from kb.cli.output import coloured, tell
from kb.cli.session import Session


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("query", nargs=-1, required=True, metavar="QUERY...")
@click.option("--limit", type=click.IntRange(min=1, max=1000), default=10, show_default=True, metavar="N")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(session: Session, /, query: tuple[str, ...], limit: int, format_: str) -> int:
    """Search the articles for QUERY: words, '"a phrase"', field:word, -word, OR.

    Articles with more of the words, and rarer ones, come first; phrases and fields must be there. Fields: id, title,
    symptom, cause, product, tag, body. Several lines are a paste, in which nothing is special. Status 1 if nothing is
    found.
    """
    from diagnose.text.sanitize import json_text, neutral
    from kb.cli.progress import told_late
    from kb.search.index import open_index

    text = " ".join(query)
    store = session.store(scans=False)
    with told_late(f"building the search index of {store.size} articles; the next call finds it ready"):
        index = open_index(store.digests, store.documents, store.search_dir)
    with index:
        result = index.search(text, limit)
    if result.note:
        tell(result.note)
    if format_ == "json":
        hits = [
            {"id": h.id, "title": h.title, "score": h.score, "snippet": "".join(t for t, _ in h.snippet)}
            for h in result.hits
        ]
        answer = {"query": text, "hits": hits, "did_you_mean": result.did_you_mean}
        click.echo(json_text(answer))
        return 0 if hits else 1
    colour = coloured()
    for hit in result.hits:
        click.echo(f"{hit.id}\n    {neutral(hit.title)}")
        click.echo("    " + "".join(_span(neutral(t), marked, colour) for t, marked in hit.snippet) + "\n")
    if not result.hits:
        tell("nothing found")
    if result.did_you_mean:
        tell(f"did you mean: {result.did_you_mean}")
    return 0 if result.hits else 1


def _span(text: str, marked: bool, colour: bool) -> str:
    return f"\x1b[1;33m{text}\x1b[0m" if marked and colour else text

"""`kb code`: what error codes mean, and which articles name them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.codes.explain import CodeReading, Explained

FORMS = ("win32", "hresult", "ntstatus")
_MOST_SHOWN = 8


@click.command(context_settings={"ignore_unknown_options": True})
@click.argument("values", nargs=-1, required=True, metavar="VALUE...")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(session: Session, values: tuple[str, ...], format_: str) -> int:
    """Tell what error codes mean in any notation, the most usual reading first, and which articles name them.

    0x800706BA, -2147023174, 1722, ECONNREFUSED, 08001, 18456, 4625, 137, -9, 0x7B, ORA-12541, 203/EXEC, KB-E014. A word
    before the number tells whose it is: event:4625, mysql:1045, curl:6, http:503, kerberos:0x18, x509:20, stop:7b.

    Status 1 if a VALUE is not known.
    """
    from diagnose.text.sanitize import json_text
    from kb.codes.own import explained as meaning_of

    explained = {value: meaning_of(value) for value in values}
    articles = _articles(session, [r for e in explained.values() for r in e.readings])
    if format_ == "json":
        told = {value: [_told(r, articles[r]) for r in e.readings] for value, e in explained.items()}
        click.echo(json_text(told))
    else:
        for one in explained.values():
            click.echo("\n".join(_lines(one, articles)))
    return 0 if all(e.readings for e in explained.values()) else 1


def _articles(session: Session, readings: Sequence[CodeReading]) -> dict[CodeReading, list[str]]:
    """The ids of the articles that name each of `readings`; none names a code of kb's own."""
    from kb.codes.articles import naming

    of_others = [reading for reading in readings if reading.kind != "kb"]
    found: dict[CodeReading, list[str]] = {reading: [] for reading in readings}
    return found | (naming(session.store(scans=False), of_others) if of_others else {})


def _told(reading: CodeReading, articles: list[str]) -> dict[str, object]:
    import msgspec

    return {**msgspec.to_builtins(reading), "articles": articles}


def _lines(one: Explained, articles: dict[CodeReading, list[str]]) -> Iterator[str]:
    from diagnose.text.sanitize import neutral

    if not one.readings:
        yield f"{neutral(one.value)}: unknown"
        yield f"  tried: {', '.join(one.tried)}"
        if one.nearest:
            yield f"  {neutral(one.nearest)}"
        return
    yield f"{neutral(one.value)}:"
    for reading in one.readings[:_MOST_SHOWN]:
        yield from _reading(reading, articles[reading])
    if (more := len(one.readings) - _MOST_SHOWN) > 0:
        yield f"  and {more} more: --format json has them all"


def _reading(r: CodeReading, articles: list[str]) -> Iterator[str]:
    facility = f" (facility {r.facility})" if r.facility else ""
    notations = f"  [{' = '.join(r.notations)}]" if r.notations else ""
    yield f"  {r.kind:<11} {r.value:<11} {r.name}{': ' if r.name else ''}{r.meaning}{facility}{notations}"
    yield f"{'':14}{r.label}: {r.where}"
    if r.why:
        yield f"{'':14}first, because {r.why}"
    if articles:
        yield f"{'':14}articles: {', '.join(articles)}"

"""`kb why`: what of an article was found in an input, what was not, and by how much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from kb.cli.browsing.completing import articles
from kb.cli.call import options_of, sources_of
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import options
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.explain import SignalReport, Why
    from diagnose.model import Score


@click.command(cls=KbCommand)
@click.argument("article", metavar="ID", shell_complete=articles)
@options(
    "inputs", "texts", "params", "encoding", "max_bytes", "since", "until", "around", "zone", "threads", "raw", "redact"
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.pass_obj
def command(session: Session, /, article: str, format_: str, **given: Any) -> int:
    """Show what of the article ID was found in INPUTs, what was not and how near it came, and where its number comes from.

    Status: 0 the article is the answer, 1 it is not, 2 an input could not be read or the call was wrong.
    """
    from diagnose.explain import why
    from diagnose.pipeline import gather
    from diagnose.text.sanitize import json_text, neutral
    from kb.ask import redactor_for
    from kb.redaction import renamed, shown_why

    store = session.store()
    problem = store.article(article).problem
    call = Call(explain=True, no_learned=True, **given)
    options = options_of(call)
    redactor = None if call.raw else redactor_for(options.personal)
    gathered = gather(renamed(sources_of(call), redactor), store, options.setup)
    found = shown_why(why(problem, gathered, store, options), gathered.passages, redactor)
    if format_ == "json":
        click.echo(json_text(found))
    else:
        for line in _lines(found):
            click.echo(neutral(line))
    if gathered.read.skipped:
        return 2
    return 0 if found.reported else 1


def _lines(found: Why) -> Iterator[str]:
    yield f"{found.article}: {found.title}"
    if found.reported:
        yield f"is the answer, {found.probability:.0%}; unknown {found.unknown:.0%}"
    else:
        leads = f"{found.leader} leads with {found.leader_probability:.0%}" if found.leader else "nothing leads"
        yield f"is not the answer: {found.probability:.1%}; {leads}; unknown {found.unknown:.0%}"
    yield ""
    yield "Signals:"
    for signal in found.signals:
        yield from _signal(signal)
    if found.messages:
        yield ""
        yield "Known messages:"
        for message in found.messages:
            yield f"  {message.share:>4.0%}  {message.source}:{message.line}  {message.text[:100]}"
    yield ""
    yield "Causes, if the article is right:"
    for cause in found.causes:
        yield f"  {cause.share:>4.0%}  {cause.id}: {cause.title}"
        if cause.seen:
            yield "        seen: " + ", ".join(f"{name} {weight:+.2f}" for name, weight in cause.seen)
        if cause.open:
            yield "        not seen: " + ", ".join(cause.open)
    yield ""
    if found.score is None:
        yield "Nothing of it was found, so it did not compete."
        return
    yield "Its number (natural logarithms; above 0 it beats unknown):"
    yield from _tree(found.score, "  ")


def _signal(signal: SignalReport) -> Iterator[str]:
    mark = {"found": "+", "not found": "-", "cannot tell": "?"}[signal.state]
    kind = ", a symptom" if signal.symptom else ""
    yield f"  {mark} {signal.name}{kind}: {signal.state}{f', {signal.why}' if signal.why else ''}"
    for item in signal.seen:
        part = f" ({item.strength:.0%} of it)" if item.strength < 1 else ""
        yield f"      {item.source}:{item.line}{part}  {item.quote[:110]}"
    for miss in signal.near:
        end = f", but for '{miss.missing}'" if miss.missing else ""
        yield f"      {miss.share:.0%} of {miss.pattern[:60]!r}: '{miss.piece[:60]}' at {miss.source}:{miss.line}{end}"
    if signal.members_missing:
        yield f"      not found of it: {', '.join(signal.members_missing)}"


def _tree(score: Score, indent: str) -> Iterator[str]:
    yield f"{indent}{score.value:+8.3f}  {score.because}"
    for part in score.parts:
        if part.value or part.parts:
            yield from _tree(part, indent + "  ")

"""The audit for a ticket, in Markdown; text from outside is escaped or stands in code."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.audit.shown.groups import (
    TITLES,
    groups,
    headline,
    is_same_check,
    names,
    open_title,
    rival_line,
    ruling,
    tally,
)
from diagnose.report.markdown import code, escaped, fenced
from diagnose.text.sanitize import neutral
from diagnose.view.words import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.audit.model import Audit


def render(audit: Audit) -> str:
    return "\n".join(_lines(audit)) + "\n"


def _lines(audit: Audit) -> Iterator[str]:
    yield f"# {escaped(headline(audit))}"
    yield ""
    yield f"{code(audit.report)} against {', '.join(map(code, names(audit)))}: {tally(audit) or 'nothing to check'}."
    if not audit.complete:
        yield from ("", "Not all of the logs was read: what is not found is not called absent.")
    for verdict, claims in groups(audit):
        yield from ("", f"## {TITLES[verdict]} ({len(claims)})", "")
        for claim in claims:
            yield f"- line {claim.line}: {code(ruling(claim))}: {escaped(claim.why)}"
            for item in claim.shows[:2]:
                yield f"  - {code(place(item.source, item.line))} {code(item.quote)}"
    if audit.rivals:
        yield from ("", f"## {open_title(audit)}", "")
    for rival in audit.rivals:
        yield f"- {escaped(rival_line(rival))}"
        if rival.check and not is_same_check(audit, rival):
            yield from ("", f"  {escaped(rival.asks)}", "")
            yield from (f"  {line}" for line in fenced(neutral("\n".join(rival.commands), newlines=True)).split("\n"))
            yield ""

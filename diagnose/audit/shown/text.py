"""The audit for a terminal."""

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
from diagnose.report.paper import Paper
from diagnose.text.sanitize import neutral
from diagnose.view.words import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.audit.model import Audit, Checked
    from diagnose.report.style import Style

_COLOURS = {
    "contradicted": "unknown",
    "absent": "unknown",
    "not checkable": "strong",
    "reworded": "likely",
    "supported": "confirmed",
}
MOST_SHORT = 8  # claims of a group that needs nobody's attention, unless all are asked for


def render(audit: Audit, style: Style) -> str:
    return "\n".join(_lines(audit, Paper(style), whole=style.depth == "full")) + "\n"


def _lines(audit: Audit, paper: Paper, *, whole: bool) -> Iterator[str]:
    yield paper.paint(headline(audit).upper(), "unknown" if audit.faulty else "confirmed")
    yield from paper.wrapped(
        neutral(f"{audit.report} against {', '.join(names(audit))}: {tally(audit) or 'nothing to check'}"), "  "
    )
    if not audit.complete:
        yield from paper.wrapped("Not all of the logs was read: what is not found is not called absent.", "  ")
    for verdict, claims in groups(audit):
        calm = verdict not in ("contradicted", "absent") and not whole
        yield ""
        yield paper.paint(f"{TITLES[verdict].upper()} ({len(claims)})", _COLOURS[verdict])
        for claim in claims[:MOST_SHORT] if calm else claims:
            yield from _claim(claim, paper, short=calm)
        if calm and len(claims) > MOST_SHORT:
            yield f"  and {len(claims) - MOST_SHORT} more: -v shows all"
    if audit.rivals:
        yield ""
        yield from paper.wrapped(f"{open_title(audit).upper()} ({len(audit.rivals)})", "")
    for rival in audit.rivals:
        yield from paper.wrapped(neutral(rival_line(rival)), "        ", "  ")
        if rival.check and is_same_check(audit, rival):
            yield "        Would tell: the check above"
        elif rival.check:
            yield from paper.wrapped(neutral(f"Would tell: {rival.asks}"), "        ", "        ")
            yield from (f"        {paper.paint(neutral(command), 'command')}" for command in rival.commands)


def _claim(claim: Checked, paper: Paper, *, short: bool) -> Iterator[str]:
    at = f"line {claim.line}"
    about = paper.cut(neutral(ruling(claim)), len(at) + 4)
    yield f"  {paper.paint(at, 'faint')}  {about}"
    if short and claim.verdict == "supported":
        return
    yield from paper.wrapped(neutral(claim.why), "          ")
    for item in claim.shows[:2]:
        where = neutral(place(item.source, item.line))
        yield f"          {paper.paint(paper.place(where, 30), 'faint')}"
        for line in paper.wrapped(neutral(item.quote), " " * 10)[:2]:
            yield paper.cut(line, 0)

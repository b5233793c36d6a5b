"""The audit as one HTML file: no script, nothing loaded from elsewhere, every text escaped."""

from __future__ import annotations

from html import escape
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
from diagnose.report.html_style import PAGE
from diagnose.text.sanitize import neutral
from diagnose.view.words import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.audit.model import Audit, Checked, Rival, Verdict

_TONES = {
    "contradicted": "unknown",
    "absent": "unknown",
    "not checkable": "possible",
    "reworded": "likely",
    "supported": "confirmed",
}


def _e(text: str) -> str:
    return escape(neutral(text), quote=True)


def render(audit: Audit) -> str:
    return PAGE.format(title=_e(headline(audit)), body="\n".join(_body(audit)))


def _body(audit: Audit) -> Iterator[str]:
    yield f"<main class={'unknown' if audit.faulty else 'confirmed'}><header>"
    yield f"<p class=verdict>{_e(tally(audit) or 'nothing to check')}</p><h1>{_e(headline(audit))}</h1>"
    yield f"<p class=faint>{_e(audit.report)} against {_e(', '.join(names(audit)))}</p>"
    if not audit.complete:
        yield "<p class=note>Not all of the logs was read: what is not found is not called absent.</p>"
    yield "</header></main>"
    for verdict, claims in groups(audit):
        yield _group(verdict, claims)
    if audit.rivals:
        items = "".join(_rival(rival, again=is_same_check(audit, rival)) for rival in audit.rivals)
        yield f"<main class=possible><header><h2>{_e(open_title(audit))}</h2></header><ul>{items}</ul></main>"


def _group(verdict: Verdict, claims: list[Checked]) -> str:
    items = f"<ul style='padding-left:2.2rem'>{''.join(map(_claim, claims))}</ul>"
    title = f"{_e(TITLES[verdict])} ({len(claims)})"
    if verdict == "supported":
        return f"<details><summary>{title}</summary>{items}</details>"
    return f"<main class={_TONES[verdict]}><header><h2 class=verdict>{title}</h2></header>{items}</main>"


def _claim(claim: Checked) -> str:
    shows = "".join(
        f"<pre><span class=place>{_e(place(item.source, item.line))}</span>\n{_e(item.quote)}</pre>"
        for item in claim.shows[:2]
    )
    return f"<li><span class=faint>line {claim.line}</span> <code>{_e(ruling(claim))}</code><br>{_e(claim.why)}{shows}</li>"


def _rival(rival: Rival, *, again: bool) -> str:
    check = f"<br>{_e(rival.asks)}<pre>{_e_lines(rival.commands)}</pre>" if rival.check and not again else ""
    return f"<li>{_e(rival_line(rival))}{check}</li>"


def _e_lines(commands: tuple[str, ...]) -> str:
    return "\n".join(map(_e, commands))

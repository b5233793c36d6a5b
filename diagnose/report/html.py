"""The report as one HTML file: no script, nothing loaded from elsewhere, every text escaped."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from diagnose.report.sections import sections_of
from diagnose.report.words import (
    DETAILED,
    assumption,
    effect,
    percent,
    place,
    question,
    related,
    shown,
    summary,
    way_on,
)
from diagnose.text.sanitize import neutral

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.diagnosis import Command, Diagnosis, Finding, Step
    from diagnose.model import Score
    from diagnose.report.sections import Part
    from diagnose.report.style import Style

_POLICY = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'"
_STYLE = """
:root { color-scheme: light dark }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
section { border-left: .3rem solid #8888; padding-left: 1rem; margin: 2rem 0 }
code, pre { font: .9em ui-monospace, monospace; overflow-wrap: anywhere; white-space: pre-wrap }
.odds { font-size: 1.4rem } .faint { opacity: .7 } li { margin: .3rem 0 }
"""


def _e(text: str) -> str:
    return escape(neutral(text), quote=True)


def render(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    body = "\n".join(_body(diagnosis, style, timeline))
    return (
        f'<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8"><meta http-equiv="Content-Security-Policy" content="{_POLICY}">'
        f'<meta name="viewport" content="width=device-width"><title>{_e(summary(diagnosis))}</title>'
        f"<style>{_STYLE}</style></head>\n<body>\n{body}\n</body></html>\n"
    )


def _body(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step]) -> Iterator[str]:
    yield f"<h1>{_e(summary(diagnosis))}</h1>"
    yield f"<p>Probability that none of the known causes applies: {_e(percent(diagnosis.unknown))}</p>"
    if diagnosis.verdict == "unknown":
        items = (
            f"<li>{_e(percent(a.probability))} {_e(a.title)} <code>{_e(a.id)}</code></li>" for a in related(diagnosis)
        )
        if related(diagnosis):
            yield f"<p>Possibly related, not an answer:</p><ul>{''.join(items)}</ul>"
    else:
        for rank, finding in enumerate(diagnosis.causes, 1):
            yield from _finding(finding, style, rank == 1 or finding.probability >= DETAILED)
        if diagnosis.next_check:
            yield f"<p><b>Next:</b> check <code>{_e(diagnosis.next_check.check)}</code>; {_e(diagnosis.next_check.why)}</p>"
    for section in sections_of(diagnosis, timeline):
        items = (f"<li>{'<br>'.join(_part(part) for part in item if part.text)}</li>" for item in section.items)
        yield f"<h2>{_e(section.title)}</h2><ul>{''.join(items)}</ul>"
    if diagnosis.codes:
        items = (f"<li><code>{_e(c.text)}</code> {_e(c.name)} {_e(c.meaning)}</li>" for c in diagnosis.codes)
        yield f"<h2>Codes</h2><ul>{''.join(items)}</ul>"
    if diagnosis.unexplained:
        items = (
            f"<li><code>{_e(place(n.source, n.line))}</code> <code>{_e(n.quote)}</code></li>"
            for n in diagnosis.unexplained
        )
        yield f"<h2>Not explained</h2><ul>{''.join(items)}</ul>"
    inputs = (
        f"<li><code>{_e(i.name)}</code> {i.bytes} bytes, {i.lines} lines {_e(i.error or '')}</li>"
        for i in diagnosis.inputs
    )
    yield f"<h2>Inputs</h2><ul>{''.join(inputs)}</ul>"


def _part(part: Part) -> str:
    return f"<code>{_e(part.text)}</code>" if part.code else _e(part.text)


def _finding(finding: Finding, style: Style, detailed: bool) -> Iterator[str]:
    yield f"<section><h2><span class=odds>{_e(percent(finding.probability))}</span> {_e(finding.title)}</h2>"
    learned = f"; {_e(finding.learned)}" if finding.learned else ""
    yield f"<p class=faint><code>{_e(finding.id)}</code>, {finding.verdict}{learned}</p><ul>"
    for item in finding.evidence:
        yield f"<li>{_e(effect(item))}: <code>{_e(place(item.source, item.line))}</code> <code>{_e(item.quote)}</code></li>"
    yield "</ul>"
    for check in finding.checks if detailed else ():
        unclear = f" unclear: {_e(check.unclear)}" if check.unclear else ""
        result = f" <b>{_e(check.outcome)}</b>" if check.outcome else unclear
        yield f"<h3>Check {_e(check.id)}: {_e(check.title)}{result}</h3>"
        yield _commands(check.commands)
        yield "".join(f"<p>{_e(question(name, check.asks))}</p>" for name in check.missing)
        yield "".join(f"<p>{_e(assumption(name, value))}</p>" for name, value in check.assumed.items())
    for step in finding.remediation if detailed else ():
        yield f"<h3>{_e(step.kind.capitalize())}</h3><p>{'<br>'.join(map(_e, step.text.splitlines()))}</p>"
        yield _commands(step.commands)
        yield f"<p>Risk: {_e(step.risk)}</p>" if step.risk != "none" else ""
        yield f"<p>Undo: {_e(step.undo)}</p>" if step.undo else ""
        yield f"<p>Proved by <code>{_e(step.verify)}</code></p>" if step.verify else ""
    if detailed and way_on(finding):
        yield f"<p>{_e(way_on(finding))}</p>"
    if style.explain and finding.score:
        yield f"<ul>{_tree(finding.score)}</ul>"
    yield "</section>"


def _commands(commands: tuple[Command, ...]) -> str:
    items = (
        f"<li>{command.shell}{' (not ready)' if command.missing else ''}: <code>{_e(command.command)}</code></li>"
        for command in shown(commands)
    )
    return f"<ul>{''.join(items)}</ul>"


def _tree(score: Score) -> str:
    parts = "".join(map(_tree, score.parts))
    return f"<li>{score.value:+.3f} {_e(score.because)}{f'<ul>{parts}</ul>' if parts else ''}</li>"

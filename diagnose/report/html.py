"""The report as one HTML file: no script, nothing loaded from elsewhere, every text escaped.

The verdict and what to run now stand on top; depth folds into <details>. Light and dark, and printable.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from diagnose.report.html_style import PAGE
from diagnose.text.sanitize import neutral
from diagnose.view.make import RARE, view_of
from diagnose.view.words import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.model import Score
    from diagnose.report.style import Style
    from diagnose.view.sections import Part, Section
    from diagnose.view.view import (
        CauseView,
        CheckView,
        CommandView,
        ProblemView,
        QuoteView,
        StepView,
        UnknownView,
        View,
    )


def _e(text: str) -> str:
    return escape(neutral(text), quote=True)


def render(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    view = view_of(diagnosis, timeline, style.options)
    return PAGE.format(title=_e(view.summary), body="\n".join(_body(view, style)))


def _body(view: View, style: Style) -> Iterator[str]:
    for problem in view.problems:
        yield f"<main class={problem.verdict}>{''.join(_problem(problem, style))}</main>"
    if view.unknown:
        yield f"<main class=unknown>{''.join(_unknown(view.unknown))}</main>"
    yield "".join(f"<p class=note>{_e(note)}</p>" for note in view.notes)
    yield "".join(_section(section, shown=True) for section in (view.proofs, view.loose) if section)
    if view.open_line:
        yield f"<p class=note>Not explained: {_quote(view.open_line)}</p>"
    yield "".join(map(_section, view.folded))
    yield _fold("Codes", _items(f"<code>{_e(text)}</code> {_e(meaning)}" for text, meaning in view.codes))
    yield _fold("Not explained", _items(map(_quote, view.open_lines)))
    yield _fold("Read", _items(map(_e, view.inputs)))
    if style.explain:
        yield _fold(
            "How the numbers come about", _items(f"{_e(name)}<ul>{_tree(score)}</ul>" for name, score in view.scores)
        )


def _problem(problem: ProblemView, style: Style) -> Iterator[str]:
    yield "<header>"
    yield f"<p class=verdict>{_e(problem.headline)}{'' if problem.tie else f' <b>{_e(percent(problem.probability))}</b>'}</p>"
    yield "" if problem.tie else _bar(problem.probability)
    yield f"<h1>{_e(problem.title)}</h1>"
    yield "" if problem.tie else f"<p class=faint>Symptom: {_e(problem.symptom)}</p>"
    yield "" if problem.reviewed else "<p class=note>The article is not yet reviewed.</p>"
    yield "</header>"
    yield from _next(problem)
    yield f"<div class=columns><section><h2>Evidence</h2>{_items(map(_evidence, problem.lead.evidence))}</section>"
    yield f"<section><h2>Causes</h2>{_causes(problem)}</section></div>"
    yield _steps(problem)
    checks = "".join(
        _cause(cause, style) for cause in problem.causes if cause.probability >= RARE or cause is problem.lead
    )
    yield _fold("Every cause: evidence and checks", checks)
    out = (
        f"{_e(out.title)} ({_e(percent(out.probability))}){_items(map(_evidence, out.against))}"
        for out in problem.ruled_out
    )
    yield _fold(f"Ruled out ({len(problem.ruled_out)})", _items(out))
    yield f"<p class=faint>The article: <code>kb show {_e(problem.article)}</code></p>"


def _next(problem: ProblemView) -> Iterator[str]:
    step = problem.next
    if step is None:
        yield f"<section class=next><h2>Look at</h2><p>{_e(problem.look)}</p></section>" if problem.look else ""
        return
    yield f"<section class=next><h2>Run this now <span class=faint>{_e(step.check.facts)}</span></h2>"
    yield f"<p>{_e(step.check.title)}</p>{_check(step.check)}"
    rows = (
        f"<tr><td><code>{_e(o.looks)}</code></td><td>{_e(o.then).replace(' %', '&nbsp;%')}</td></tr>"
        for o in step.outcomes
    )
    yield f"<table class=outcomes>{''.join(rows)}</table>" if step.outcomes else ""
    yield (
        f"<p>Save what it prints and give both files:</p><pre>{_e(step.again)}</pre>"
        if step.again
        else "<p>Paste what it prints together with the error.</p>"
    )
    yield "</section>"


def _causes(problem: ProblemView) -> str:
    rows = [
        _row(c.probability, f"{c.number}. {c.title}")
        for c in problem.causes
        if c.probability >= RARE or c is problem.lead
    ]
    rare = (
        f"<tr><td>&lt;1 %</td><td></td><td>{_e(counted(problem.rare, 'more cause'))}</td></tr>" if problem.rare else ""
    )
    return f"<table class=causes>{''.join(rows)}{rare}{_row(problem.none, 'none of these')}</table>"


def _row(probability: float, title: str) -> str:
    return f"<tr><td>{_e(percent(probability))}</td><td>{_bar(probability)}</td><td>{_e(title)}</td></tr>"


def _bar(probability: float) -> str:
    return f'<span class=bar><span style="width:{100 * probability:.0f}%"></span></span>'


def _steps(problem: ProblemView) -> str:
    """The steps: open where the cause is confirmed and somebody reviewed them."""
    if not problem.fixable:
        return ""
    confirmed = problem.verdict == "confirmed"
    head = ("Fix" if confirmed else "Fix if confirmed") + ("" if problem.reviewed else " (not yet reviewed)")
    return _fold(head, "".join(map(_step, problem.lead.steps)), shown=confirmed and problem.reviewed)


def _step(step: StepView) -> str:
    told = (step.where, *(f"First: {first}" for first in step.first))
    facts = (
        f"Risk: {step.risk}" if step.risk != "none" else "",
        f"Why this risk: {step.reason}" if step.reason else "",
        f"Undo: {step.undo}" if step.undo else "",
        f"Fixed when: {step.proof}" if step.proof else "",
    )
    return (
        f"<section><h3>{_e(step.kind.capitalize())}</h3>"
        + (f"<p class=note>Before: {_e(step.before)}</p>" if step.before else "")
        + f"<p>{'<br>'.join(map(_e, step.text.splitlines()))}</p>{_paragraphs(told)}{_commands(step.commands)}"
        + f"<div class=faint>{_paragraphs(facts)}</div></section>"
    )


def _cause(cause: CauseView, style: Style) -> str:
    score = f"<ul>{_tree(cause.score)}</ul>" if style.explain and cause.score else ""
    learned = f"; {cause.learned}" if cause.learned else ""
    return (
        f"<section><h3>{cause.number}. {_e(cause.title)}, {_e(percent(cause.probability))}</h3>"
        f"<p class=faint><code>{_e(cause.id)}</code>, {_e(cause.verdict)}{_e(learned)}</p>{_items(map(_evidence, cause.evidence))}"
        + "".join(_asked(check) for check in cause.checks)
        + (f"<p>{_e(cause.more)}</p>" if cause.more else "")
        + f"{score}</section>"
    )


def _asked(check: CheckView) -> str:
    told = (
        f" <b>{_e(check.outcome)}</b>" if check.outcome else f" unclear: {_e(check.unclear)}" if check.unclear else ""
    )
    return f"<p>{_e(check.title)} <code>{_e(check.id)}</code>{told}</p>{'' if check.outcome else _check(check)}"


def _check(check: CheckView) -> str:
    told = (check.where, *(f"First: {first}" for first in check.first), *check.notes)
    return _paragraphs(told) + _commands(check.commands)


def _commands(commands: Sequence[CommandView]) -> str:
    return "".join(
        f"<p class=shell>{_e(c.shell)}{'' if c.ready else ', not ready'}</p><pre>{_e(c.text)}</pre>" for c in commands
    )


def _evidence(quote: QuoteView) -> str:
    signal = f"{_e(quote.signal)}, " if quote.weight else ""
    why = f", {_e(quote.why)}" if quote.why else ""
    often = f"<br><span class=faint>{_e(quote.often)}</span>" if quote.often else ""
    around = f"<pre class=faint>{_e_lines(quote.context)}</pre>" if quote.context else ""
    return f"{_quote(quote)}<br><span class=faint>{signal}{_e(quote.effect)}{why}</span>{often}{around}"


def _quote(quote: QuoteView) -> str:
    mark = f"<mark>{_e(quote.matched)}</mark>" if quote.matched else ""
    return f"<span class=place>{_e(quote.place)}</span> <code>{_e(quote.before)}{mark}{_e(quote.after)}</code>"


def _unknown(unknown: UnknownView) -> Iterator[str]:
    yield f"<header><p class=verdict>{_e(unknown.headline)} <b>{_e(percent(unknown.probability))}</b></p>"
    yield "<h1>No known cause explains this</h1></header>"
    yield f"<p>Most error-like line: {_quote(unknown.line)}</p>" if unknown.line else ""
    near = (
        f"{_e(percent(n.probability))} {_e(n.title)} <code>kb show {_e(n.article)}</code><br><span class=faint>{_e(n.why)}</span>"
        for n in unknown.nearest
    )
    yield f"<section><h2>Possibly related, not an answer</h2>{_items(near)}</section>" if unknown.nearest else ""
    yield "<section class=next><h2>What helps</h2>"
    yield f"<p>Search:</p><pre>kb search &quot;{_e(unknown.search)}&quot;</pre>" if unknown.search else ""
    yield "<p>20 lines before the error, the full code, the command typed.</p>"
    yield "<p>A log of the same thing from when it worked: <code>--baseline good.log</code></p>"
    yield f"<p>Solved it? Keep it for the next time:</p><pre>{_e(unknown.draft)}</pre></section>"


def _section(section: Section, *, shown: bool = False) -> str:
    return _fold(
        section.title,
        _items("<br>".join(map(_part, (p for p in item if p.text))) for item in section.items),
        shown=shown,
    )


def _part(part: Part) -> str:
    return f"<code>{_e(part.text)}</code>" if part.code else _e(part.text)


def _fold(title: str, body: str, *, shown: bool = False) -> str:
    return f"<details{' open' * shown}><summary>{_e(title)}</summary>{body}</details>" if body else ""


def _items(items: Iterable[str]) -> str:
    made = "".join(f"<li>{item}</li>" for item in items)
    return f"<ul>{made}</ul>" if made else ""


def _paragraphs(texts: Iterable[str]) -> str:
    return "".join(f"<p>{_e(text)}</p>" for text in texts if text)


def _e_lines(texts: Iterable[str]) -> str:
    return "\n".join(map(_e, texts))


def _tree(score: Score) -> str:
    parts = "".join(map(_tree, score.parts))
    return f"<li>{score.value:+.3f} {_e(score.because)}{f'<ul>{parts}</ul>' if parts else ''}</li>"

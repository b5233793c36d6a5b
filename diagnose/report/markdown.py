"""The report for a ticket, in Markdown. Text from outside is escaped, quotes and commands stand in code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.text.sanitize import neutral
from diagnose.view.make import RARE, view_of
from diagnose.view.words import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.model import Score
    from diagnose.report.style import Style
    from diagnose.view.sections import Section
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


def escaped(text: str) -> str:
    """`text` as plain words in Markdown: nothing in it is markup, a link or a tag."""
    return re.sub(r"([\\`*_{}\[\]()<>#+!|~-])", r"\\\1", neutral(text)).replace("&", "&amp;")


def lines(text: str) -> str:
    """`text` as plain words that keep their line ends."""
    return "  \n".join(escaped(line.strip()) for line in text.split("\n") if line.strip())


def code(text: str) -> str:
    """`text` as inline code, whatever backticks it holds."""
    clean = neutral(text)
    longest = max((len(run) for run in re.findall(r"`+", clean)), default=0)
    fence = "`" * (longest + 1)
    pad = " " if clean.startswith("`") or clean.endswith("`") else ""
    return f"{fence}{pad}{clean}{pad}{fence}"


def fenced(text: str) -> str:
    """`text` as a block of code to copy."""
    longest = max((len(run) for run in re.findall(r"`+", text)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}\n{text}\n{fence}"


def render(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    return "\n".join(_lines(view_of(diagnosis, timeline, style.options), style)) + "\n"


def _lines(view: View, style: Style) -> Iterator[str]:
    for problem in view.problems:
        yield from _problem(problem)
    if view.unknown:
        yield from _unknown(view.unknown, view)
    for note in view.notes:
        yield from ("", escaped(note))
    for section in (view.proofs, view.loose):
        yield from _section(section) if section else ()
    if view.open_line:
        yield from ("", f"**Not explained:** {_quote(view.open_line)}")
    for problem in view.problems:
        yield from _details(problem, style)
    for section in view.folded:
        yield from _section(section)
    if view.codes:
        yield from ("", "## Codes", "", *(f"- {code(text)} {escaped(meaning)}" for text, meaning in view.codes))
    if view.open_lines:
        yield from ("", "## Not explained", "", *(f"- {_quote(line)}" for line in view.open_lines))
    yield from ("", "## Read", "", *(f"- {escaped(line)}" for line in view.inputs)) if view.inputs else ()
    if style.explain:
        for name, score in view.scores:
            yield from ("", escaped(name), "", *_tree(score, ""))


def _problem(problem: ProblemView) -> Iterator[str]:
    share = "" if problem.tie else f", {percent(problem.probability)}"
    yield f"# {escaped(problem.headline)}{share}: {escaped(problem.title)}"
    yield from ("", f"Symptom: {escaped(problem.symptom)} ({code(f'kb show {problem.article}')})")
    yield from ("", "The article is not yet reviewed.") if not problem.reviewed else ()
    yield ""
    for quote in problem.lead.evidence[:2]:
        yield f"- Seen: {_quote(quote)}"
    if problem.next:
        step = problem.next
        yield from ("", "## Run this now", "", f"{escaped(step.check.title)} ({step.check.facts})")
        yield from _check(step.check)
        yield ""
        for outcome in step.outcomes:
            yield f"- {code(outcome.looks)}: {escaped(outcome.then)}"
    elif problem.look:
        yield from ("", f"**Look at:** {escaped(problem.look)}")
    if problem.fixable:
        yield from _steps(problem)
    yield from _others(problem)


def _steps(problem: ProblemView) -> Iterator[str]:
    confirmed = problem.verdict == "confirmed"
    yield from ("", "## Fix" if confirmed else "## If confirmed", "")
    if not problem.reviewed:
        yield from ("The steps are not yet reviewed.", "")
    for step in problem.lead.steps:
        yield from _step(step)


def _others(problem: ProblemView) -> Iterator[str]:
    causes = problem.causes if problem.tie else problem.causes[1:]
    yield from ("", "## Causes" if problem.tie else "## Other causes", "")
    for cause in causes:
        if cause.probability >= RARE:
            yield f"- {cause.number}. {percent(cause.probability)} {escaped(cause.title)}"
    if problem.rare:
        yield f"- {counted(problem.rare, 'cause')} below 1 %"
    yield f"- {percent(problem.none)} none of these"
    for out in problem.ruled_out:
        why = "; ".join(f"{quote.signal} at {quote.place}: {_says(quote)}" for quote in out.against)
        yield f"- Ruled out: {escaped(out.title)} ({percent(out.probability)}; {escaped(why)})"


def _details(problem: ProblemView, style: Style) -> Iterator[str]:
    """Every cause with its evidence and its checks."""
    for cause in problem.causes:
        if cause.probability >= RARE or cause is problem.lead:
            yield from _cause(cause, style)


def _cause(cause: CauseView, style: Style) -> Iterator[str]:
    yield from ("", f"## {cause.number}. {escaped(cause.title)}: {percent(cause.probability)}, {cause.verdict}")
    yield from ("", code(cause.id) + (f", {escaped(cause.learned)}" if cause.learned else ""), "")
    for quote in cause.evidence:
        yield f"- {escaped(f'{quote.signal}, {_says(quote)}' if quote.weight else quote.effect)}: {_quote(quote)}"
    for check in cause.checks:
        told = (
            f" Result: {code(check.outcome)}."
            if check.outcome
            else f" Unclear: {escaped(check.unclear)}."
            if check.unclear
            else ""
        )
        yield from ("", f"**Check {code(check.id)}:** {escaped(check.title)}{told}")
        if not check.outcome:
            yield from _check(check)
    yield from ("", escaped(cause.more)) if cause.more else ()
    yield from ("", *_tree(cause.score, "")) if style.explain and cause.score else ()


def _check(check: CheckView) -> Iterator[str]:
    for told in (check.where, *(f"First: {first}" for first in check.first), *check.notes):
        yield from ("", escaped(told)) if told else ()
    yield from _commands(check.commands)


def _step(step: StepView) -> Iterator[str]:
    yield from ("", f"**{step.kind.capitalize()}:** {lines(step.text)}")
    told = (
        step.where,
        *(f"First: {first}" for first in step.first),
        f"Before: {step.before}" * bool(step.before),
    )
    for line in told:
        yield from ("", escaped(line)) if line else ()
    yield from _commands(step.commands)
    yield ""
    risk = f"Risk: {step.risk}{f' ({step.reason})' if step.reason else ''}" if step.risk != "none" else ""
    for line in (risk, f"Undo: {step.undo}" * bool(step.undo), f"Fixed when: {step.proof}" * bool(step.proof)):
        yield from (f"- {escaped(line)}",) if line else ()


def _commands(commands: Sequence[CommandView]) -> Iterator[str]:
    for command in commands:
        yield from ("", f"{command.shell}{'' if command.ready else ', not ready'}:", "", fenced(command.text))


def _unknown(unknown: UnknownView, view: View) -> Iterator[str]:
    yield f"# {escaped(unknown.headline)}, {percent(unknown.probability)}: no known cause explains this"
    if unknown.line:
        yield from ("", f"Most error-like line: {_quote(unknown.line)}")
    if unknown.nearest:
        yield from ("", "Possibly related, not an answer:", "")
    for near in unknown.nearest:
        why = f": {escaped(near.why)}" if near.why else ""
        yield f"- {percent(near.probability)} {escaped(near.title)} ({code(f'kb show {near.article}')}){why}"
    yield from ("", f"Try: {code(f'kb search {chr(34)}{unknown.search}{chr(34)}')}") if unknown.search else ()
    yield from ("", "Helps: 20 lines before the error, the full code, the command typed;")
    yield f"a log of the same thing from when it worked: {code('--baseline good.log')}"
    yield from ("", f"Solved it? Keep it for the next time: {code(unknown.draft)}")


def _section(section: Section) -> Iterator[str]:
    yield from ("", f"## {section.title}", "")
    for parts in section.items:
        for indent, part in zip(("- ", *["  - "] * len(parts)), (p for p in parts if p.text), strict=False):
            yield indent + (code(part.text) if part.code else escaped(part.text))


def _says(quote: QuoteView) -> str:
    return f"{quote.effect}, {quote.why}" if quote.why else quote.effect


def _quote(quote: QuoteView) -> str:
    often = f" ({escaped(quote.often)})" if quote.often else ""
    return f"{code(quote.place)} {code(quote.text)}{often}"


def _tree(score: Score, indent: str) -> Iterator[str]:
    yield f"{indent}- {score.value:+.3f} {escaped(score.because)}"
    for part in score.parts:
        yield from _tree(part, indent + "  ")

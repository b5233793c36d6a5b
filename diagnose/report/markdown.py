"""The report for a ticket, in Markdown. Text from outside is escaped, quotes and commands stand in code."""

from __future__ import annotations

import re
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
    from diagnose.report.style import Style


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


def render(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    return "\n".join(_lines(diagnosis, style, timeline)) + "\n"


def _lines(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step]) -> Iterator[str]:
    yield f"# {escaped(summary(diagnosis))}"
    yield ""
    yield f"Probability that none of the known causes applies: {percent(diagnosis.unknown)}."
    if diagnosis.verdict == "unknown":
        near = related(diagnosis)
        yield from ("", "Possibly related, not an answer:", "") if near else ()
        for article in near:
            yield f"- {percent(article.probability)} {escaped(article.title)} ({code(article.id)})"
    else:
        for rank, finding in enumerate(diagnosis.causes, 1):
            yield ""
            yield from _finding(rank, finding, style, rank == 1 or finding.probability >= DETAILED)
        if diagnosis.next_check:
            yield ""
            yield f"**Next:** check {code(diagnosis.next_check.check)}; {escaped(diagnosis.next_check.why)}."
    for section in sections_of(diagnosis, timeline):
        yield ""
        yield f"## {section.title}"
        yield ""
        for parts in section.items:
            for indent, part in zip(("- ", *["  - "] * len(parts)), (p for p in parts if p.text), strict=False):
                yield indent + (code(part.text) if part.code else escaped(part.text))
    if diagnosis.codes:
        yield ""
        yield "## Codes"
        yield ""
        for item in diagnosis.codes:
            yield f"- {code(item.text)} {escaped(f'{item.name} {item.meaning}'.strip())}"
    if diagnosis.unexplained:
        yield ""
        yield "## Not explained"
        yield ""
        for line in diagnosis.unexplained:
            yield f"- {code(place(line.source, line.line))} {code(line.quote)}"
    yield ""
    yield "## Inputs"
    yield ""
    for read in diagnosis.inputs:
        trouble = f": {escaped(read.error)}" if read.error else ""
        yield f"- {code(read.name)} {read.bytes} bytes, {read.lines} lines{trouble}"


def _finding(rank: int, finding: Finding, style: Style, detailed: bool) -> Iterator[str]:
    yield f"## {rank}. {escaped(finding.title)}: {percent(finding.probability)}, {finding.verdict}"
    yield ""
    yield code(finding.id) + (f", {escaped(finding.learned)}" if finding.learned else "")
    yield ""
    for item in finding.evidence:
        yield f"- {escaped(effect(item))}: {code(place(item.source, item.line))} {code(item.quote)}"
    for check in finding.checks if detailed else ():
        yield ""
        yield f"**Check {code(check.id)}:** {escaped(check.title)}" + (
            f" Result: {code(check.outcome)}."
            if check.outcome
            else f" Unclear: {escaped(check.unclear)}."
            if check.unclear
            else ""
        )
        yield from _commands(check.commands)
        for name in check.missing:
            yield f"- {escaped(question(name, check.asks))}"
        for name, value in check.assumed.items():
            yield f"- {escaped(assumption(name, value))}"
    for step in finding.remediation if detailed else ():
        yield ""
        yield f"**{step.kind.capitalize()}:** {lines(step.text)}"
        yield from _commands(step.commands)
        if step.risk != "none":
            yield f"- Risk: {step.risk}"
        if step.undo:
            yield f"- Undo: {escaped(step.undo)}"
        if step.verify:
            yield f"- Proved by {code(step.verify)}"
    if detailed and way_on(finding):
        yield ""
        yield escaped(way_on(finding))
    if style.explain and finding.score:
        yield ""
        yield from _tree(finding.score, "")


def _commands(commands: tuple[Command, ...]) -> Iterator[str]:
    for command in shown(commands):
        ready = "" if not command.missing else " (not ready)"
        yield f"- {command.shell}{ready}: {code(command.command)}"


def _tree(score: Score, indent: str) -> Iterator[str]:
    yield f"{indent}- {score.value:+.3f} {escaped(score.because)}"
    for part in score.parts:
        yield from _tree(part, indent + "  ")

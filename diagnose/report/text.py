"""The report for a terminal: plain text that stays complete without colour."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from diagnose.report.sections import sections_of
from diagnose.report.words import (
    RELATED,
    assumption,
    counted,
    effect,
    elsewhere,
    fixed,
    often,
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
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.diagnosis import Command, Diagnosis, Finding, ShownCheck, ShownRemediation, Step
    from diagnose.model import Score
    from diagnose.report.style import Style

_COLOURS = {"confirmed": "1;32", "likely": "1;33", "possible": "1;36", "unknown": "1;35", "strong": "1", "faint": "2"}


def render(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    return "\n".join(_Report(style).lines(diagnosis, timeline)) + "\n"


class _Report:
    def __init__(self, style: Style) -> None:
        self.style = style

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self.style.colour else text

    def wrapped(self, text: str, indent: str, first: str | None = None) -> list[str]:
        """`text` in lines of the width, its own line ends kept."""
        own = [line for line in text.split("\n") if line.strip()]
        return [
            line
            for number, part in enumerate(own)
            for line in textwrap.wrap(
                neutral(part),
                max(40, self.style.width),
                initial_indent=first if first is not None and not number else indent,
                subsequent_indent=indent,
                break_on_hyphens=False,
                break_long_words=False,
            )
        ] or [(first or indent).rstrip()]

    def lines(self, diagnosis: Diagnosis, timeline: Sequence[Step]) -> Iterator[str]:
        yield self.paint(neutral(summary(diagnosis)), diagnosis.verdict)
        yield self.paint(self._odds(diagnosis), "faint")
        if diagnosis.verdict == "unknown":
            yield from self._related(diagnosis)
        else:
            for rank, finding in enumerate(diagnosis.causes, 1):
                yield ""
                yield from self._finding(rank, finding, rank == 1 and not fixed(diagnosis))
            yield from self._next(diagnosis)
        for section in sections_of(diagnosis, timeline):
            yield ""
            yield f"{section.title}:"
            for item in section.items:
                first, *rest = (part.text for part in item if part.text)
                yield from self.wrapped(first, "        ", "      ")
                for text in rest:
                    yield from self.wrapped(text, "          ")
        yield from self._rest(diagnosis)
        if self.style.explain:
            yield from self._explain(diagnosis)

    def _odds(self, diagnosis: Diagnosis) -> str:
        lead = diagnosis.articles[0] if diagnosis.articles else None
        if lead is None or diagnosis.verdict == "unknown":
            return f"unknown {percent(diagnosis.unknown)}"
        return f"article {lead.id} {percent(lead.probability)}, none of the known causes {percent(diagnosis.unknown)}"

    def _related(self, diagnosis: Diagnosis) -> Iterator[str]:
        near = related(diagnosis)
        if near:
            yield ""
            yield "Possibly related, not an answer:"
            for article in near:
                yield f"  {percent(article.probability):>5}  {neutral(article.title)}  (kb show {article.id})"

    def _finding(self, rank: int, finding: Finding, detailed: bool) -> Iterator[str]:
        head = f"{rank}. {percent(finding.probability):>5}  "
        title = self.wrapped(finding.title, " " * len(head), head)
        yield self.paint(title[0], "strong")
        yield from (self.paint(line, "strong") for line in title[1:])
        learned = f"; {finding.learned}" if finding.learned else ""
        yield self.paint(f"      {finding.id}, {finding.verdict}{learned}", "faint")
        for item in finding.evidence[: 8 if detailed else 3]:
            if not detailed and not (item.weight or (item.why and finding.probability >= RELATED)):
                continue
            sign = "+" if item.weight > 0 else "-" if item.weight < 0 else "."
            label = f"{item.signal}, {effect(item)}" if item.weight else neutral(effect(item))
            yield f"      {sign} {place(neutral(item.source), item.line)} {label}"
            quote = neutral(item.quote)
            room = max(30, self.style.width - 10)
            yield self.paint(f"          {quote if len(quote) <= room else quote[: room - 3] + '...'}", "faint")
            if often(item):
                yield self.paint(f"          {often(item)}", "faint")
            for line in item.context:
                yield self.paint(f"          | {neutral(line)[:room]}", "faint")
        for check in finding.checks if detailed else finding.checks[:1]:
            yield from self._check(check, detailed)
        if not detailed:
            return
        for step in finding.remediation:
            yield from self._step(step)
        if way_on(finding):
            yield f"      > {way_on(finding)}"

    def _check(self, check: ShownCheck, detailed: bool) -> Iterator[str]:
        state = f" -> {check.outcome}" if check.outcome else f" -> unclear: {check.unclear}" if check.unclear else ""
        yield from self.wrapped(f"check {check.id}: {check.title}{state}", "        ", "      ? ")
        if not check.outcome:
            yield from self._commands(check.commands)
            for name in check.missing:
                yield f"          {neutral(question(name, check.asks))}"
        for name, value in check.assumed.items() if detailed else ():
            yield from self.wrapped(assumption(name, value), "            ", "          ")

    def _step(self, step: ShownRemediation) -> Iterator[str]:
        risk = f" (risk: {step.risk})" if step.risk != "none" else ""
        yield from self.wrapped(f"{step.kind}: {step.text}{risk}", "        ", "      > ")
        yield from self._commands(step.commands)
        if step.undo:
            yield from self.wrapped(f"undo: {step.undo}", "            ", "          ")
        if step.verify:
            yield f"          proved by: {neutral(step.verify)}"

    def _commands(self, commands: tuple[Command, ...]) -> Iterator[str]:
        for command in shown(commands):
            ready = "" if not command.missing else "   [not ready]"
            yield f"          {command.shell:<10} {neutral(command.command)}{ready}"

    def _next(self, diagnosis: Diagnosis) -> Iterator[str]:
        step = diagnosis.next_check
        if step is None or fixed(diagnosis):
            return
        yield ""
        yield from self.wrapped(
            f"Next: check {step.check}; {step.why}. Paste its output together with the error.", "      ", ""
        )

    def _rest(self, diagnosis: Diagnosis) -> Iterator[str]:
        if elsewhere(diagnosis):
            yield ""
            yield elsewhere(diagnosis)
        for conflict in diagnosis.conflicts:
            yield f"Several values for {conflict.parameter}: {neutral(', '.join(conflict.values))}; the first is used (--param {conflict.parameter}=...)"
        if diagnosis.codes:
            yield ""
            yield "Codes: " + ", ".join(neutral(f"{c.text} {c.name or c.meaning}".strip()) for c in diagnosis.codes[:8])
        if diagnosis.unexplained:
            yield ""
            yield f"Not explained ({counted(len(diagnosis.unexplained), 'line')}):"
            for line in diagnosis.unexplained[:3]:
                quote = neutral(line.quote)[: max(30, self.style.width - 24)]
                yield self.paint(f"      {place(neutral(line.source), line.line)}  {quote}", "faint")
        for item in diagnosis.skipped:
            yield from self.wrapped(f"Not read: {item.path}: {item.reason}", "      ", "")

    def _explain(self, diagnosis: Diagnosis) -> Iterator[str]:
        yield ""
        yield "How the numbers come about (natural logarithms):"
        for article in diagnosis.articles[:3]:
            yield f"  article {article.id}: P = {article.probability:.4f}"
            if article.score:
                yield from self._tree(article.score, "    ")
        for finding in diagnosis.causes:
            yield f"  cause {finding.id}: P = {finding.probability:.4f}"
            if finding.score:
                yield from self._tree(finding.score, "    ")

    def _tree(self, score: Score, indent: str) -> Iterable[str]:
        yield f"{indent}{score.value:+8.3f}  {neutral(score.because)}"
        for part in score.parts:
            yield from self._tree(part, indent + "  ")

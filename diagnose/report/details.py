"""What the short text report leaves out: every cause with its evidence, checks and steps, and the folded parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.errors import KbError
from diagnose.text.sanitize import neutral
from diagnose.view.quotes import centred
from diagnose.view.words import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.model import Score
    from diagnose.report.paper import Paper
    from diagnose.report.style import Style
    from diagnose.view.view import CauseView, CheckView, CommandView, ProblemView, QuoteView, StepView, View


SHORT_UNDO = 40  # characters that stand beside the risk


class Details:
    """The full report, on a paper."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper

    def lines(self, view: View, style: Style) -> Iterator[str]:
        if style.depth == "full":
            for problem in view.problems:
                yield from self._problem(problem)
            for section in view.folded:
                yield from self.paper.section(section)
            yield from self._rest(view)
        if style.explain:
            yield from self._reasons(view)

    def steps_of(self, view: View, number: int) -> Iterator[str]:
        """The steps of the cause of this number; KbError where there is none."""
        causes = {cause.number: (cause, problem) for problem in view.problems for cause in problem.causes}
        if number not in causes:
            known = f"1 to {len(causes)}" if causes else "none, for nothing is known of this"
            raise KbError(f"--fix {number}", "no cause of the answer has this number", f"numbers are {known}")
        cause, problem = causes[number]
        yield self.paper.ends(
            f"STEPS FOR CAUSE {number}, {cause.verdict.upper()}", percent(cause.probability), cause.verdict
        )
        yield from self.paper.wrapped(cause.title, "  ")
        if not problem.reviewed:
            yield "  The article is not yet reviewed."
        if problem.tie or cause.verdict != "confirmed":
            yield "  It is not confirmed: run its check first."
        for step in cause.steps:
            yield ""
            yield from self.step(step, step.kind.upper())
        yield from ("", f"  {cause.more}") if cause.more else ()
        if not cause.steps:
            yield f"  The article has no steps of its own for it: kb show {problem.article}"

    def step(self, step: StepView, head: str, *, short: bool = False, most: int | None = None) -> Iterator[str]:
        """A step; in a `short` report what is needed to run it, of its text `most` lines."""
        told = f"{step.risk} risk" if step.risk != "none" else ""
        beside = short and told and len(step.undo) < SHORT_UNDO
        told += f"; undo: {step.undo}" if beside and step.undo else ""
        first, *more = self.paper.wrapped(f"({told})", "     ", f"{head}  ") if told else [head]
        yield self.paper.paint(first, "risk" if step.risk in ("medium", "high") else "strong")
        yield from more
        if step.before:
            yield from self.paper.wrapped(f"Before: {step.before}", "    ", "  ")
        yield from self.paper.wrapped(step.text, "  ")[:most]
        yield from self.paper.wrapped(step.where, "    ", "  ")
        for question in step.first:
            yield from self.paper.asked(question, "  ")
        yield from self._commands(self.paper.first_shell(step.commands) if short else step.commands, "  ")
        if step.undo and not beside and most is None:
            yield from self.paper.wrapped(f"Undo: {step.undo}", "    ", "  ")
        if step.reason and not short:
            yield from self.paper.wrapped(f"Why this risk: {step.reason}", "    ", "  ")
        if step.proof:
            yield from self.paper.wrapped(f"FIXED WHEN  {step.proof}", "    ", "  ")

    def _problem(self, problem: ProblemView) -> Iterator[str]:
        yield ""
        yield from self.paper.wrapped(f"EVERY CAUSE of: {problem.symptom}", "  ", "")
        if problem.next:
            yield from self.paper.wrapped(f"The next check: {problem.next.check.id}; {problem.next.why}", "    ", "  ")
        for cause in problem.causes:
            yield ""
            yield from self._cause(cause)
        if problem.ruled_out:
            yield ""
            yield "Ruled out:"
        for out in problem.ruled_out:
            yield from self.paper.wrapped(f"{percent(out.probability):>5}  {out.title}", "         ", "  ")
            for quote in out.against:
                yield f"         {quote.place}  {_says(quote)}"

    def _cause(self, cause: CauseView) -> Iterator[str]:
        head = f"{cause.number}. {percent(cause.probability):>5}  "
        for line in self.paper.wrapped(cause.title, " " * len(head), head):
            yield self.paper.paint(line, "strong")
        learned = f"; {cause.learned}" if cause.learned else ""
        yield self.paper.paint(f"    {cause.id}, {cause.verdict}{learned}", "faint")
        for quote in cause.evidence:
            yield from self._evidence(quote)
        for check in cause.checks:
            yield from self._check(check)
        for number, step in enumerate(cause.steps, 1):
            for line in self.step(step, f"Step {number}, {step.kind}"):
                yield f"    {line}"
        yield from (f"    {cause.more}",) if cause.more else ()

    def _evidence(self, quote: QuoteView) -> Iterator[str]:
        sign = "+" if quote.weight > 0 else "-" if quote.weight < 0 else "."
        yield f"    {sign} {quote.place}  {_says(quote)}"
        yield f'        "{self.paper.marked(centred(quote, max(30, self.paper.width - 10)))}"'
        yield from (f"        {quote.often}",) if quote.often else ()
        for line in quote.context:
            yield self.paper.paint(f"        | {line[: self.paper.width - 10]}", "faint")

    def _check(self, check: CheckView) -> Iterator[str]:
        state = f" -> {check.outcome}" if check.outcome else f" -> unclear: {check.unclear}" if check.unclear else ""
        yield from self.paper.wrapped(f"Check {check.id}: {check.title}{state}", "      ", "    ")
        if not check.outcome:
            for line in (check.facts, check.where):
                yield from self.paper.wrapped(line, "        ", "      ")
            for first in check.first:
                yield from self.paper.asked(first, "      ")
            yield from self._commands(check.commands, "      ")
        for note in check.notes:
            yield from self.paper.wrapped(note, "        ", "      ")

    def _commands(self, commands: Sequence[CommandView], indent: str) -> Iterator[str]:
        for command in commands:
            yield f"{indent}{command.shell + ':':<12}{self.paper.paint(command.text, 'command')}"

    def _rest(self, view: View) -> Iterator[str]:
        yield from ("", view.elsewhere) if view.elsewhere else ()
        if view.codes:
            yield from ("", "Codes:")
        for text, meaning in view.codes:
            yield from self.paper.wrapped(f"{text} {meaning}", "        ", "    ")
        if view.open_lines:
            yield from ("", "Not explained:")
        for line in view.open_lines:
            yield f"    {line.place}  {self.paper.cut(line.text, len(line.place) + 6)}"
        yield from ("", "Read:", *(f"    {line}" for line in view.inputs)) if view.inputs else ()

    def _reasons(self, view: View) -> Iterator[str]:
        yield ""
        yield "How the numbers come about (natural logarithms):"
        for name, score in view.scores:
            yield f"  {name}"
            yield from self._tree(score, "    ")
        for cause in (cause for problem in view.problems for cause in problem.causes):
            if cause.score:
                yield f"  cause {cause.id}: P = {cause.probability:.4f}"
                yield from self._tree(cause.score, "    ")

    def _tree(self, score: Score, indent: str) -> Iterable[str]:
        yield f"{indent}{score.value:+8.3f}  {neutral(score.because)}"
        for part in score.parts:
            yield from self._tree(part, indent + "  ")


def _says(quote: QuoteView) -> str:
    said = f"{quote.signal}: {quote.effect}" if quote.weight else quote.effect
    return f"{said}, {quote.why}" if quote.why else said

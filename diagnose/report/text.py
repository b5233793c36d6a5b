"""The report for a terminal: plain text that stays complete without colour.

One screen for a problem: what it is, how sure, what to run now. A command stands on a line of its own and is never broken.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.report.details import Details
from diagnose.report.paper import Paper
from diagnose.view.make import RARE, view_of
from diagnose.view.quotes import centred
from diagnose.view.words import counted, percent

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.report.style import Style
    from diagnose.view.view import CauseView, NextView, ProblemView, QuoteView, UnknownView, View

MOST_LINES = 24  # of one problem
MOST_TITLE = 2  # lines of it


class Room(Struct, frozen=True):
    """How many quotes, outcomes of the check and other causes are shown; `tight` where a step is shortened as well."""

    seen: int
    outcomes: int
    others: int
    tight: bool = False


# From much room to little.
ROOMS = (
    *(Room(*counts) for counts in ((2, 4, 6), (1, 4, 4), (1, 3, 4), (1, 3, 3), (1, 3, 2))),
    *(Room(*counts, tight=True) for counts in ((1, 3, 2), (1, 2, 2), (1, 2, 1), (1, 1, 0))),
)


def render(diagnosis: Diagnosis, style: Style, timeline: Sequence[Step] = ()) -> str:
    view, paper = view_of(diagnosis, timeline, style.options), Paper(style)
    if style.fix:
        lines = list(Details(paper).steps_of(view, style.fix))
    elif style.depth == "brief":
        lines = list(_brief(view))
    else:
        lines = [*_Screen(paper).lines(view), *Details(paper).lines(view, style)]
    return "\n".join(line.rstrip() for line in lines) + "\n"


def _brief(view: View) -> Iterator[str]:
    """One line a problem."""
    for problem in view.problems:
        step = problem.next
        command = next((c.text for c in step.check.commands), "") if step else ""
        yield f"{problem.headline}  {percent(problem.probability)}  {problem.title}{f'  ->  {command}' if command else ''}"
    if view.unknown:
        line = view.unknown.line
        yield f"{view.unknown.headline}  {percent(view.unknown.probability)}{f'  {line.place}  {line.text}' if line else ''}"


def _listed(parts: Sequence[str]) -> str:
    told = ", ".join(part for part in parts if part)
    return f" ({told})" if told else ""


class _Screen:
    """The short report."""

    def __init__(self, paper: Paper) -> None:
        self.paper = paper

    def lines(self, view: View) -> Iterator[str]:
        for number, problem in enumerate(view.problems):
            if number:
                yield from ("", "-" * min(40, self.paper.width), "")
            yield from self._fitted(problem, view)
        if view.unknown:
            yield from self._unknown(view.unknown, view)
            yield from (line for note in view.notes for line in self.paper.wrapped(note, "    ", ""))
        for section in (view.proofs, view.loose):
            yield from self.paper.section(section) if section else ()

    def _fitted(self, problem: ProblemView, view: View) -> list[str]:
        """The block in MOST_LINES lines: fewer quotes, outcomes and other causes where it would be longer."""
        last = problem is view.problems[-1]
        lines: list[str] = []
        for room in ROOMS:
            lines = list(self._problem(problem, room))
            lines += self._foot(problem, view, room) if last else [f"kb show {problem.article}"]
            if len(lines) <= MOST_LINES:
                break
        return lines

    def _problem(self, problem: ProblemView, room: Room) -> Iterator[str]:
        yield from self._head(problem, room.seen)
        if problem.next:
            yield from self._next(problem.next, room)
        elif problem.look:
            yield from ("", *self.paper.wrapped(problem.look, "  ", self.paper.paint("LOOK AT  ", "strong")))
        if problem.fixable and problem.verdict == "confirmed":
            yield from self._fix(problem, room)
        yield from self._others(problem, room)
        if problem.fixable and problem.verdict != "confirmed":
            yield from self._if_confirmed(problem)

    def _head(self, problem: ProblemView, seen: int) -> Iterator[str]:
        percentage = "" if problem.tie else percent(problem.probability)
        yield self.paper.ends(problem.headline, percentage, problem.verdict)
        for line in self.paper.wrapped(problem.title, "  ")[:MOST_TITLE]:
            yield self.paper.paint(line, "strong")
        if not problem.reviewed:
            yield "  The article is not yet reviewed."
        shown = [quote for quote in problem.lead.evidence if quote.supports][:seen] or list(problem.lead.evidence[:1])
        for number, quote in enumerate(shown):
            yield from self._quote(quote, "  Seen: " if not number else "        ")

    def _quote(self, quote: QuoteView, head: str) -> Iterator[str]:
        first = f"{head}{self.paper.place(quote.place, len(head))}"
        room = self.paper.width - 10
        if len(first) + len(quote.text) + 4 <= self.paper.width:
            yield f'{first}  "{self.paper.marked(quote)}"'
        else:
            yield first
            yield f'        "{self.paper.marked(centred(quote, max(30, room)))}"'

    def _next(self, step: NextView, room: Room) -> Iterator[str]:
        check, outcomes = step.check, room.outcomes
        gap = () if room.tight else ("",)
        yield ""
        yield self.paper.paint("RUN THIS NOW", "strong") + f"     {check.facts}"
        for first in check.first:
            yield from self.paper.asked(first, "  ")
        for note in (*check.notes, check.where):
            yield from self.paper.wrapped(note, "    ", "  ")
        yield from gap
        for command in self.paper.first_shell(check.commands):
            yield f"  {self.paper.paint(command.text, 'command')}"
        if not check.commands:
            yield from self.paper.wrapped(check.title, "    ", "  ")
        yield from gap
        width = max((len(o.looks) for o in step.outcomes[:outcomes]), default=0)
        for outcome in step.outcomes[:outcomes]:
            yield from self.paper.two_columns(outcome.looks, outcome.then, min(width, self.paper.width // 2 - 4))
        yield from self._then(step.again)

    def _then(self, again: str) -> Iterator[str]:
        if not again:
            yield "  Paste what it prints together with the error."
        elif len(again) + 2 > self.paper.width:
            yield from self.paper.wrapped(
                "Save what it prints and give that file too: kb diagnose ... OUTPUT.txt", "  "
            )
        else:
            yield from self.paper.wrapped("Paste what it prints, or save it and give both files:", "  ")
            yield f"  {self.paper.paint(again, 'command')}"

    def _others(self, problem: ProblemView, room: Room) -> Iterator[str]:
        causes = problem.causes if problem.tie else problem.causes[1:]
        shown = problem.next.outcomes[: room.outcomes] if problem.next else ()
        leads = {outcome.leads for outcome in shown}
        # The next cause always; then as many as fit of those that the outcomes speak of: a number alone says nothing.
        likely = [cause for cause in causes if cause.probability >= RARE]
        likely[1:] = sorted(likely[1:], key=lambda cause: cause.number not in leads)
        listed = sorted(likely[: room.others], key=lambda cause: cause.number)
        left = len(causes) - len(listed)
        if listed or left:
            yield ""
            yield self.paper.paint("CAUSES" if problem.tie else "OTHER CAUSES", "strong")
        for cause in listed:
            yield self._cause(cause)
        if left:
            yield f"{'':>5}{left} more (-v)"
        if (listed or left) and not (problem.verdict == "confirmed" and problem.none < RARE):
            yield f"{percent(problem.none):>9}  none of these"

    def _cause(self, cause: CauseView) -> str:
        head = f"{cause.number:>3} {percent(cause.probability):>5}  "
        return head + self.paper.cut(cause.title, len(head))

    def _fix(self, problem: ProblemView, room: Room) -> Iterator[str]:
        """The first step of a confirmed cause; folded where nobody has reviewed it."""
        steps, number = problem.lead.steps, problem.lead.number
        yield ""
        if not problem.reviewed:
            yield f"FIX  not yet reviewed; {counted(len(steps), 'step')}: --fix {number}"
            return
        yield from Details(self.paper).step(steps[0], "FIX", short=True, most=2 if room.tight else None)
        if len(steps) > 1 or room.tight:
            yield f"All of it: {counted(len(steps), 'step')}, --fix {number}"

    def _if_confirmed(self, problem: ProblemView) -> Iterator[str]:
        step, number = problem.lead.steps[0], problem.lead.number
        risk = f" ({step.risk} risk)" if step.risk != "none" else ""
        end = f"{risk}  --fix {number}"
        text = step.text.partition("\n")[0] if problem.reviewed else "steps not yet reviewed"
        yield ""
        yield self.paper.paint("IF CONFIRMED", "strong") + "  " + self.paper.cut(text, 14 + len(end)) + end

    def _foot(self, problem: ProblemView, view: View, room: Room) -> list[str]:
        foot = [line for note in view.notes for line in self.paper.wrapped(note, "    ", "")]
        if view.open_line and view.open_line.text not in {q.text for c in problem.causes for q in c.evidence}:
            foot += self._quote(view.open_line, "NOT EXPLAINED  ")
        if view.codes and not room.tight:
            foot.append(
                self.paper.cut("Codes: " + ", ".join(f"{text} {name}".strip() for text, name in view.codes[:3]), 0)
            )
        out, left = len(problem.ruled_out), len(view.open_lines)
        more = [f"{out} ruled out" * bool(out), f"{counted(left, 'line')} unexplained" * bool(left)]
        return [*foot, self.paper.cut(f"kb show {problem.article} | all evidence: -v{_listed(more)}", 0)]

    def _unknown(self, unknown: UnknownView, view: View) -> Iterator[str]:
        yield self.paper.ends(
            f"{unknown.headline}   no known cause explains this", percent(unknown.probability), "unknown"
        )
        if unknown.line:
            yield "  Most error-like line:"
            yield from self._quote(unknown.line, "  ")
        for text, name in view.codes[:4]:
            yield from self.paper.wrapped(f"{text} {name}", "             ", "  Code:      ")
        for near in unknown.nearest:
            yield from self.paper.wrapped(
                f"{percent(near.probability)} {near.title}{f' ({near.why})' if near.why else ''}",
                "             ",
                "  Nearest:   ",
            )
            yield f"             {self.paper.paint(f'kb show {near.article}', 'command')}"
        if unknown.nearest:
            yield "             Possibly related, not an answer."
        if unknown.search:
            yield f"  Try:       {self.paper.paint(f'kb search {chr(34)}{unknown.search}{chr(34)}', 'command')}"
        yield "  Helps:     20 lines before the error, the full code, the command typed"
        yield "             a log of the same thing from when it worked:  --baseline good.log"
        yield "  Solved it? Keep it for the next time:"
        yield f"             {self.paper.paint(unknown.draft, 'command')}"

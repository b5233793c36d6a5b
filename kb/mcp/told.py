"""What an assistant is told of a diagnosis: the report's headline, causes, next check and evidence, small enough to read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.view.make import view_of

if TYPE_CHECKING:
    from diagnose.view.view import CauseView, ProblemView
    from kb.service.diagnosing import Answer

MOST_CAUSES = 6
MOST_QUOTES = 3


class Quoted(Struct, frozen=True, kw_only=True):
    """A line of the input: untrusted text."""

    place: str
    text: str
    says: str


class CauseTold(Struct, frozen=True, kw_only=True):
    id: str
    title: str
    probability: float
    verdict: str
    evidence: tuple[Quoted, ...]


class Command(Struct, frozen=True, kw_only=True):
    """A command for the user to run; not `ready` while a value stands in it as `<name>`."""

    shell: str
    command: str
    ready: bool


class OutcomeTold(Struct, frozen=True, kw_only=True):
    looks: str
    then: str


class CheckTold(Struct, frozen=True, kw_only=True):
    """The check to run next (`ARTICLE/CHECK`): what it asks, where, with which commands, and what each outcome would do."""

    check: str
    asks: str
    where: str
    needed: tuple[str, ...]
    commands: tuple[Command, ...]
    outcomes: tuple[OutcomeTold, ...]


class Told(Struct, frozen=True, kw_only=True):
    """`handle` is what the tool `answer` takes to go on; `verdict` is confirmed, likely, possible or unknown."""

    verdict: str
    headline: str
    unknown: float
    article: str
    causes: tuple[CauseTold, ...]
    ruled_out: tuple[str, ...]
    next: CheckTold | None
    notes: tuple[str, ...]
    handle: str


def told(answer: Answer) -> Told:
    """The answer as an assistant gets it; of several faults the first is told whole, the others by their headline."""
    view = view_of(answer.diagnosis, answer.steps)
    first = view.problems[0] if view.problems else None
    more = tuple(f"another fault: {problem.title} ({problem.article})" for problem in view.problems[1:])
    return Told(
        verdict=answer.diagnosis.verdict,
        headline=view.summary,
        unknown=answer.diagnosis.unknown,
        article=first.article if first else "",
        causes=tuple(map(_cause, first.causes[:MOST_CAUSES])) if first else (),
        ruled_out=tuple(out.title for out in first.ruled_out) if first else (),
        next=_next(first, answer) if first else None,
        notes=(*view.notes, *more, *answer.notes),
        handle=answer.handle,
    )


def _cause(cause: CauseView) -> CauseTold:
    quotes = (Quoted(place=q.place, text=q.text, says=q.effect) for q in cause.evidence[:MOST_QUOTES])
    return CauseTold(
        id=cause.id, title=cause.title, probability=cause.probability, verdict=cause.verdict, evidence=tuple(quotes)
    )


def _next(problem: ProblemView, answer: Answer) -> CheckTold | None:
    step, asked = problem.next, answer.diagnosis.next_check
    if step is None or asked is None:
        return None
    check = step.check
    return CheckTold(
        check=f"{asked.article or problem.article}/{check.id}",
        asks=check.title,
        where=check.where,
        needed=check.first,
        commands=tuple(Command(shell=c.shell, command=c.text, ready=c.ready) for c in check.commands),
        outcomes=tuple(OutcomeTold(looks=o.looks, then=o.then) for o in step.outcomes),
    )

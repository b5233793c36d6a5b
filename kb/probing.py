"""From a diagnosis to the probes worth running, whom they may ask, and from their results to answers of checks.

Takes a `Diagnosis` and the problems behind it; asks, runs and prints nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.checks.answers import Answered
from diagnose.errors import KbError, did_you_mean
from diagnose.probes.base import is_loopback
from diagnose.probes.plan import Plan, Planned, merged, plan_probes
from diagnose.templates import filled_plain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diagnose.diagnosis import Diagnosis, Finding, ProbeResult
    from diagnose.model import Problem

LEAST = 0.02  # causes below this probability are not worth a packet


class ProbeChoice(Struct, frozen=True):
    """The probes of a plan that may run, and those that may not with the reason."""

    run: tuple[Planned, ...]
    left_out: tuple[tuple[Planned, str], ...]


def plan_of(diagnosis: Diagnosis, problems: Mapping[str, Problem], only: Sequence[str] = ()) -> Plan:
    """The probes of the open checks of the leading causes, the next best check first; with `only`, of these checks.

    `only` are `article/check` or `check` of the leading articles; KbError for a name that none of them has.
    """
    values = {article.id: article.parameters for article in diagnosis.articles}
    wanted = _named(diagnosis, problems, only) if only else _open(diagnosis)
    plans = (
        plan_probes(problems[article], values.get(article, {}), [check])
        for article, check in wanted
        if article in problems
    )
    return merged(plans)


def _open(diagnosis: Diagnosis) -> list[tuple[str, str]]:
    step = diagnosis.next_check
    first = [(step.cause.partition("/")[0], step.check)] if step else []
    leading = [(f.article, c.id) for f in _leading(diagnosis) for c in f.checks if not c.outcome]
    return list(dict.fromkeys(first + leading))


def _leading(diagnosis: Diagnosis) -> list[Finding]:
    return [] if diagnosis.verdict == "unknown" else [f for f in diagnosis.causes if f.probability >= LEAST]


def _named(diagnosis: Diagnosis, problems: Mapping[str, Problem], only: Sequence[str]) -> list[tuple[str, str]]:
    articles = list(dict.fromkeys(finding.article for finding in diagnosis.causes))
    known = {f"{article}/{check}": (article, check) for article in articles for check in problems[article].checks}
    found: list[tuple[str, str]] = []
    for name in only:
        fitting = [pair for full, pair in known.items() if name in (full, pair[1])]
        if not fitting:
            hint = did_you_mean(name, [*known, *(check for _, check in known.values())])
            raise KbError(f"--check {name}", "no such check in the leading articles", hint or "kb diagnose lists them")
        found += fitting
    return found


def choose(plan: Plan, targets: Sequence[str]) -> ProbeChoice:
    """What may run where only `targets` and this machine may be asked; without targets, everything."""
    named = {target.casefold() for target in targets}
    run, left_out = [], []
    for item in plan.planned:
        if not named or not item.host or item.host.casefold() in named:
            run.append(item)
        else:
            left_out.append((item, f"not among --target; add --target {item.host}"))
    return ProbeChoice(tuple(run), tuple(left_out))


def shown_loopback(planned: Iterable[Planned]) -> set[str]:
    """Hosts of the list that say by themselves that they are this machine: who agrees to the list names them."""
    return {item.host for item in planned if item.host and is_loopback(item.host)}


# What the machine of a check is called where it is plainly the one that asks.
_HERE = re.compile(r"(this|any) (machine|computer|host|system)|here|anywhere|localhost|127\.0\.0\.1")


def elsewhere(diagnosis: Diagnosis, problems: Mapping[str, Problem], machine: str) -> dict[str, str]:
    """`article/check` to the machine where its command runs, for each that does not plainly run on this `machine`."""
    values = {article.id: article.parameters for article in diagnosis.articles}
    found: dict[str, str] = {}
    for article, problem in problems.items():
        for name, check in problem.checks.items():
            place = filled_plain(check.on, values.get(article, {}))
            if place and not _HERE.fullmatch(place.casefold()) and not _names(place, machine):
                found[f"{article}/{name}"] = place
    return found


def _names(place: str, machine: str) -> bool:
    """Whether the name of this machine, with its domain or without, is one of the words of `place`."""
    words = {word.strip(".") for word in re.split(r"[^\w.-]+", place.casefold())}
    short = machine.casefold().partition(".")[0]
    return bool(short) and any(word.partition(".")[0] == short for word in words)


def probe_answers(results: Sequence[ProbeResult], places: Mapping[str, str]) -> tuple[Answered, ...]:
    """The results as answers of the checks that asked for them, on the route of pasted outputs.

    Those of `places` were asked from the wrong machine: they count at most as weak.
    """
    return tuple(
        Answered(
            article,
            check,
            result.outcome,
            result_line(result),
            line=number,
            why=result.detail,
            limit="weak" if f"{article}/{check}" in places else None,
        )
        for number, result in enumerate(results, 1)
        for article, _, check in (name.partition("/") for name in result.checks)
    )


def result_line(result: ProbeResult) -> str:
    """A result in one line."""
    question = " ".join((result.kind, *result.arguments))
    return f"{question}: {result.outcome or 'unclear'} ({result.detail}; {result.seconds:.2f} s)"


def proved(diagnosis: Diagnosis, results: Sequence[ProbeResult]) -> bool:
    """Whether a cause is confirmed, or a probed outcome is the one that proves the fix of a leading cause."""
    probed = {check for result in results if result.outcome for check in result.checks}
    proofs = {
        f"{finding.article}/{check.id}"
        for finding in diagnosis.causes
        for check in finding.checks
        for step in finding.remediation
        if check.outcome and step.verify == f"{check.id}.{check.outcome}"
    }
    return diagnosis.verdict == "confirmed" or bool(proofs & probed)

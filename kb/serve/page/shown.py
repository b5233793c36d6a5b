"""What the page asks next: the outcomes of a check, the values it lacks, what proves a fix. Pure.

What the answer says is the view of `diagnose.view`; this is what its forms need beside it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.view.steps import check_view
from diagnose.view.words import said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.diagnosis import Diagnosis, Finding, NextCheck
    from diagnose.view.view import CheckView

OUTCOME = "="  # between a check and its outcome, in the value of a button


class Choice(Struct, frozen=True):
    """A button: what it sends, and what it says."""

    value: str
    says: str


class Question(Struct, frozen=True):
    """What a check wants to know: its name (`ARTICLE/CHECK`), its outcomes as buttons, the values that it lacks with the
    question for each and what stands there now."""

    name: str
    outcomes: tuple[Choice, ...]
    values: tuple[tuple[str, str, str], ...]


def questions(diagnosis: Diagnosis) -> tuple[Question | None, ...]:
    """One for each problem of the view, in its order; None where nothing is to be run."""
    found = diagnosis.problems if len(diagnosis.problems) > 1 else (diagnosis,)
    return tuple(_question(problem.next_check) for problem in found)


def _question(step: NextCheck | None) -> Question | None:
    if step is None or step.shown is None:
        return None
    name = f"{step.article}/{step.check}"
    wanted = (*step.shown.missing, *step.shown.assumed)
    return Question(
        name=name,
        outcomes=tuple(Choice(f"{name}{OUTCOME}{outcome}", said(outcome)) for outcome in step.shown.outcomes),
        values=tuple((n, step.shown.asks.get(n, f"which {n}?"), step.shown.assumed.get(n, "")) for n in wanted),
    )


def proving(diagnosis: Diagnosis) -> tuple[CheckView, ...]:
    """The checks that prove the fix of a confirmed cause and were not seen to hold yet."""
    if diagnosis.verdict != "confirmed" or not diagnosis.causes:
        return ()
    lead: Finding = diagnosis.causes[0]
    proved = {proof.verify for proof in diagnosis.proofs if proof.proved}
    wanted = {step.verify.partition(".")[0] for step in lead.remediation if step.verify and step.verify not in proved}
    return tuple(check_view(check) for check in lead.checks if check.id in wanted)


def chosen(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The outcomes of a form by `ARTICLE/CHECK`."""
    pairs = (value.rpartition(OUTCOME) for value in fields.get("outcome", ()))
    return {name: outcome for name, _, outcome in pairs if name}


def values(fields: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """The values of parameters in a form: `value.NAME`, those that were left empty not."""
    return {
        name.removeprefix("value."): told[-1].strip()
        for name, told in fields.items()
        if name.startswith("value.") and told[-1].strip()
    }

"""Whether a fix holds: outputs taken after it against the outcomes that the leading cause's steps name as their proof.

What was seen after a fix says nothing about what was wrong before, so it proves steps and does not enter the ranking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.checks.answers import newest, outputs_in
from diagnose.checks.outcomes import CheckReader
from diagnose.diagnosis import Proof

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.checks.answers import Answered
    from diagnose.diagnosis import Diagnosis
    from diagnose.knowledge import Knowledge
    from diagnose.scan.passages import Passage


def prove(
    diagnosis: Diagnosis, passages: Sequence[Passage], base: Knowledge, answers: Sequence[Answered] = ()
) -> tuple[Proof, ...]:
    """Every step of the leading cause that can be proved, with the outcome that was seen after it.

    Empty where there is no cause, or none of its steps names its proof.
    """
    if not diagnosis.causes:
        return ()
    lead = diagnosis.causes[0]
    problem = base.problems([lead.article]).get(lead.article)
    if problem is None:
        return ()
    # An output that no recogniser knows may answer a check too: none of these sources holds the error itself.
    values = _values(diagnosis, lead.article)
    reader = CheckReader(problem, values, outputs_in(passages), passages, explained=frozenset({""}))
    outcomes = newest(reader.given(answers), reader.answers())
    return tuple(
        Proof(
            cause=lead.id,
            step=f"{step.kind}: {step.text}",
            verify=step.verify,
            outcome=outcome,
            proved=step.verify == f"{check}.{outcome}",
        )
        for step in lead.remediation
        if step.verify
        for check in [step.verify.partition(".")[0]]
        for outcome in [outcomes[check].outcome or None if check in outcomes else None]
    )


def _values(diagnosis: Diagnosis, article: str) -> dict[str, str]:
    own = next((a.parameters for a in diagnosis.articles if a.id == article), {})
    return own or diagnosis.parameters

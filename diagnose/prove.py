"""Whether a fix holds: outputs taken after it against the outcomes that the leading cause's steps name as their proof.

What was seen after a fix says nothing about what was wrong before, so it proves steps and does not enter the ranking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.match import passages_of
from diagnose.model import Proof
from diagnose.outcomes import outputs_in, told
from diagnose.pipeline import read_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.match import Passage
    from diagnose.model import Answer, Diagnosis
    from diagnose.pipeline import Read
    from diagnose.sources import InputError, Source


def prove(
    diagnosis: Diagnosis,
    sources: Iterable[Source | InputError],
    base: Knowledge,
    answers: Sequence[Answer] = (),
    *,
    encoding: str = "",
    keep: Callable[[Read, Sequence[Passage]], None] | None = None,
) -> tuple[Proof, ...]:
    """Every step of the leading cause that can be proved, with the outcome that was seen after it.

    Empty where there is no cause, or none of its steps names its proof.
    """
    read = read_all(sources, base, encoding)
    passages = passages_of(read.scans)
    if keep:
        keep(read, passages)
    if not diagnosis.causes:
        return ()
    lead = diagnosis.causes[0]
    problem = base.problems([lead.article]).get(lead.article)
    if problem is None:
        return ()
    outputs = outputs_in(passages)
    # An output that no recogniser knows may answer a check too: none of these sources holds the error itself.
    seen = {
        t.check: t.outcome for t in told(problem, diagnosis.parameters, outputs, passages, frozenset({""})).values()
    }
    seen = {a.check: a.outcome for a in answers if a.problem == problem.id} | {k: o for k, o in seen.items() if o}
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
        for outcome in [seen.get(check)]
    )

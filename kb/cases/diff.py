"""Two diagnoses compared: what changed between them, as lines that stand by themselves. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.report.words import effect, percent

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.diagnosis import Diagnosis, Finding, ShownEvidence

MOVED = 0.01


class CaseChange(Struct, frozen=True):
    """`kind`: verdict, cause, evidence, outcome, proof, parameter or article; empty `before` or `after`: not there."""

    kind: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        if not self.before:
            return f"{self.kind} {self.what}: new, {self.after}"
        if not self.after:
            return f"{self.kind} {self.what}: gone, was {self.before}"
        return f"{self.kind} {self.what}: {self.before} -> {self.after}"


def changes(before: Diagnosis, after: Diagnosis) -> list[CaseChange]:
    """What differs, the verdict first; probabilities that moved less than one point are the same."""
    return [
        *_verdict(before, after),
        *_table("cause", _odds(before), _odds(after)),
        *_table("outcome", _outcomes(before), _outcomes(after)),
        *_table("evidence", _evidence(before), _evidence(after)),
        *_table("proof", _proofs(before), _proofs(after)),
        *_table("parameter", before.parameters, after.parameters),
    ]


def _verdict(before: Diagnosis, after: Diagnosis) -> Iterator[CaseChange]:
    if before.verdict != after.verdict:
        yield CaseChange("verdict", "of all", before.verdict, after.verdict)
    old, new = _lead(before), _lead(after)
    if old != new:
        yield CaseChange("cause", "in the lead", old, new)


def _lead(diagnosis: Diagnosis) -> str:
    return diagnosis.causes[0].id if diagnosis.causes else "none"


def _table(kind: str, before: dict[str, str], after: dict[str, str]) -> Iterator[CaseChange]:
    for name in dict.fromkeys((*before, *after)):
        old, new = before.get(name, ""), after.get(name, "")
        if old != new:
            yield CaseChange(kind, name, old, new)


def _odds(diagnosis: Diagnosis) -> dict[str, str]:
    return {f.id: percent(f.probability) for f in diagnosis.causes if f.probability >= MOVED} | {
        "none of the known": percent(diagnosis.unknown)
    }


def _outcomes(diagnosis: Diagnosis) -> dict[str, str]:
    return {
        f"{finding.article}/{check.id}": check.outcome
        for finding in diagnosis.causes
        for check in finding.checks
        if check.outcome
    }


def _evidence(diagnosis: Diagnosis) -> dict[str, str]:
    return {
        f"{item.signal} for {finding.id}": effect(item)
        for finding, item in _all(diagnosis)
        if item.weight  # a symptom that only brings the article up says nothing of the cause
    }


def _all(diagnosis: Diagnosis) -> Iterator[tuple[Finding, ShownEvidence]]:
    for finding in diagnosis.causes:
        for item in finding.evidence:
            yield finding, item


def _proofs(diagnosis: Diagnosis) -> dict[str, str]:
    return {proof.verify: "proved" if proof.proved else "not proved" for proof in diagnosis.proofs}

"""A report against logs, in order: its claims are read, the logs are read once and searched for them, each claim is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.audit.judging.causes import causes_claimed, rivals_of
from diagnose.audit.judging.judge import judged
from diagnose.audit.model import VERDICTS, Audit
from diagnose.audit.reading.claims import claims_of, needles_of
from diagnose.audit.reading.statements import statements_of
from diagnose.audit.watch import Watch
from diagnose.pipeline import diagnosis_of, gather

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnose.diagnosis import Diagnosis
    from diagnose.errors import InputError
    from diagnose.gathered import Gathered
    from diagnose.inputs.sources import Source
    from diagnose.knowledge import Knowledge
    from diagnose.options import Options


class Refereed(Struct, frozen=True):
    """The audit with its quotes as they stood, and what they were taken from."""

    audit: Audit
    gathered: Gathered
    diagnosis: Diagnosis


def referee(
    name: str, report: str, sources: Iterable[Source | InputError], base: Knowledge, options: Options
) -> Refereed:
    """Hold `report` (its text; `name` is how it is called) against all `sources`, which are one case."""
    statements = statements_of(report)
    claims = claims_of(statements)
    moments = [claim.moment for claim in claims if claim.moment is not None and claim.needle is None]
    watch = Watch(needles_of(claims), list(dict.fromkeys(moments)), options.setup.when)
    gathered = gather(watch.watched(sources), base, options.setup)
    diagnosis = diagnosis_of(gathered, base, options)
    complete = diagnosis.complete and not gathered.read.stopped and any(not item.blank for item in diagnosis.inputs)
    problems = list(base.problems([article.id for article in diagnosis.articles]).values())
    caused, named = causes_claimed(statements, diagnosis, problems)
    found = sorted([*judged(claims, watch, complete=complete), *caused], key=lambda item: item.line)
    lead = diagnosis.causes[0] if diagnosis.causes and diagnosis.verdict != "unknown" else None
    audit = Audit(
        report=name,
        inputs=diagnosis.inputs,
        skipped=diagnosis.skipped,
        complete=complete,
        claims=tuple(found),
        counts={verdict: sum(item.verdict == verdict for item in found) for verdict in VERDICTS},
        rivals=rivals_of(statements, named, diagnosis, problems),
        named=named,
        leading=lead.id if lead else "",
        warnings=diagnosis.warnings,
    )
    return Refereed(audit, gathered, diagnosis)

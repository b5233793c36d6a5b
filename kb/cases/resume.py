"""A case taken up again: its inputs and new ones diagnosed together, or held against the fix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.options import Options
from diagnose.pipeline import diagnosis_of, gather, read_inputs
from kb.ask import redactor_for
from kb.redaction import redacted, renamed

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnose.diagnosis import Diagnosis
    from diagnose.inputs.sources import InputError, Source
    from diagnose.knowledge import Knowledge
    from diagnose.redact.redactor import Redactor
    from kb.cases.case import Case


KEPT = 10  # causes that a case keeps at least, so that two of them can be compared


def asked_again(case: Case, base: Knowledge) -> Diagnosis:
    """What `base` says of all that a case holds; the case stays as it is."""
    from kb.cases.case import case_answers, case_sources

    options = Options(given=case.parameters, answers=case_answers(case), skipped=frozenset(case.skipped))
    return diagnosis_of(gather(case_sources(case), base, options.setup), base, options)


def ask_case(
    case: Case, sources: Iterable[Source | InputError], base: Knowledge, options: Options, now: str, *, did: str = ""
) -> tuple[Case, Diagnosis]:
    """Diagnose what the case holds together with `sources`, which it holds afterwards, redacted.

    Also gives the diagnosis with its quotes as they stand, for whoever asks for it; the one of the case is redacted.
    """
    from kb.cases.case import as_given, case_answers, case_sources, input_name, named_apart, with_inputs, with_step

    redactor = redactor_for(options.personal)
    options = replace(
        options,
        top=max(options.top, KEPT),
        given={**case.parameters, **options.given},
        answers=case_answers(case),
        skipped=frozenset(case.skipped),
    )

    def everything() -> Iterable[Source | InputError]:
        yield from case_sources(case)
        yield from named_apart(case, renamed(sources, redactor))

    gathered = gather(everything(), base, options.setup)
    plain = as_given(case, diagnosis_of(gathered, base, options))
    kept = with_inputs(case, gathered.read, gathered.matched.passages, redactor.redact, now)
    shown = redacted(plain, gathered.passages, redactor)
    kept = replace(kept, parameters=_without_secrets(options.given, redactor), diagnosis=shown)
    old = case.diagnosis
    if old and old.proofs and kept.diagnosis and _leads(kept.diagnosis, old.proofs[0].cause):
        kept = replace(kept, diagnosis=replace(kept.diagnosis, proofs=old.proofs))
    fresh = [input_name(item) for item in kept.inputs[len(case.inputs) :]]
    told = [*([f"added {', '.join(fresh)}"] if fresh else []), *([did] if did else [])]
    return with_step(kept, "; ".join(told) or "diagnosed again", now), plain


def prove_case(
    case: Case, sources: Iterable[Source | InputError], base: Knowledge, options: Options, now: str, *, did: str = ""
) -> Case:
    """The case with `sources` as what was seen after its fix: the steps of the leading cause are proved or not."""
    from diagnose.answer.proof import prove
    from diagnose.scan.passages import passages_of
    from kb.cases.case import case_answers, case_sources, input_name, named_apart, with_inputs, with_step

    redactor = redactor_for(options.personal)

    def everything() -> Iterable[Source | InputError]:
        yield from case_sources(case, after=True)
        yield from named_apart(case, renamed(sources, redactor))

    if case.diagnosis is None:
        return case
    read = read_inputs(everything(), base, options.setup)
    passages = passages_of(read.scans)
    proofs = prove(case.diagnosis, passages, base, case_answers(case, after=True))
    kept = with_inputs(case, read, passages, redactor.redact, now, after=True)
    kept = replace(kept, diagnosis=replace(case.diagnosis, proofs=proofs))
    fresh = [input_name(item) for item in kept.inputs[len(case.inputs) :]]
    proved = [proof.verify for proof in proofs if proof.proved]
    state = f"proved: {', '.join(dict.fromkeys(proved))}" if proved else "nothing proved"
    said = ", ".join([*([f"added {', '.join(fresh)}"] if fresh else []), *([did] if did else [])])
    return with_step(kept, f"after the fix: {said}; {state}" if said else f"after the fix: {state}", now)


def _leads(diagnosis: Diagnosis, cause: str) -> bool:
    return bool(diagnosis.causes) and diagnosis.causes[0].id == cause


def _without_secrets(given: dict[str, str], redactor: Redactor) -> dict[str, str]:
    """Given values that may be kept: what a redactor would take out of `name=value` is not."""
    return {name: value for name, value in given.items() if redactor.redact(line := f"{name}={value}") == line}

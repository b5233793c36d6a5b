"""The one place where `kb` calls `diagnose`: inputs and a store to a diagnosis, redacted unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.pipeline import Options, answer, gather
from kb.redaction import as_it_stands, redacted, renamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnose.diagnosis import Diagnosis
    from diagnose.intake import Setup
    from diagnose.knowledge import Knowledge
    from diagnose.redact import Redactor
    from diagnose.sources import InputError, Source
    from kb.case import Case


KEPT = 10  # causes that a case keeps at least, so that two of them can be compared


def ask(sources: Iterable[Source | InputError], base: Knowledge, options: Options, *, raw: bool = False) -> Diagnosis:
    """Diagnose `sources` as one case; secrets in quotes are replaced by names for them unless `raw`."""
    return asking(sources, base, options.setup, raw=raw, personal=options.personal)(options)


def asking(
    sources: Iterable[Source | InputError], base: Knowledge, setup: Setup, *, raw: bool = False, personal: bool = False
) -> Callable[[Options], Diagnosis]:
    """Read `sources` once, as one case, to be answered again as more becomes known: options in, diagnosis out."""
    redactor = None if raw else _redactor(personal)
    gathered = gather(renamed(sources, redactor), base, setup)

    def run(options: Options) -> Diagnosis:
        diagnosis = answer(gathered, base, options)
        return redacted(diagnosis, gathered.matched.passages, redactor) if redactor else as_it_stands(diagnosis)

    return run


def _redactor(personal: bool) -> Redactor:
    from diagnose.redact import Redactor

    return Redactor(personal=personal)


def with_learned(options: Options, note: Callable[[str], None]) -> Options:
    """The options with what resolved cases say of the causes."""
    from kb.cache import data_dir
    from kb.resolved import counts

    return replace(options, resolved=counts(data_dir(), note))


def ask_case(
    case: Case, sources: Iterable[Source | InputError], base: Knowledge, options: Options, now: str, *, did: str = ""
) -> tuple[Case, Diagnosis]:
    """Diagnose what the case holds together with `sources`, which it holds afterwards, redacted.

    Also gives the diagnosis with its quotes as they stand, for whoever asks for it; the one of the case is redacted.
    """
    from kb.case import answers_of, as_given, named, named_apart, sources_of, with_inputs, with_step

    redactor = _redactor(options.personal)
    options = replace(
        options,
        top=max(options.top, KEPT),
        given={**case.parameters, **options.given},
        answers=answers_of(case),
        skipped=frozenset(case.skipped),
    )

    def everything() -> Iterable[Source | InputError]:
        yield from sources_of(case)
        yield from named_apart(case, renamed(sources, redactor))

    gathered = gather(everything(), base, options.setup)
    plain = as_given(case, answer(gathered, base, options))
    kept = with_inputs(case, gathered.read, gathered.matched.passages, redactor.redact, now)
    shown = redacted(plain, gathered.matched.passages, redactor)
    kept = replace(kept, parameters=_without_secrets(options.given, redactor), diagnosis=shown)
    old = case.diagnosis
    if old and old.proofs and kept.diagnosis and _leads(kept.diagnosis, old.proofs[0].cause):
        kept = replace(kept, diagnosis=replace(kept.diagnosis, proofs=old.proofs))
    fresh = [named(item) for item in kept.inputs[len(case.inputs) :]]
    told = [*([f"added {', '.join(fresh)}"] if fresh else []), *([did] if did else [])]
    return with_step(kept, "; ".join(told) or "diagnosed again", now), plain


def prove_case(
    case: Case, sources: Iterable[Source | InputError], base: Knowledge, options: Options, now: str, *, did: str = ""
) -> Case:
    """The case with `sources` as what was seen after its fix: the steps of the leading cause are proved or not."""
    from diagnose.intake import read_all
    from diagnose.match import passages_of
    from diagnose.prove import prove
    from kb.case import answers_of, named, named_apart, sources_of, with_inputs, with_step

    redactor = _redactor(options.personal)

    def everything() -> Iterable[Source | InputError]:
        yield from sources_of(case, after=True)
        yield from named_apart(case, renamed(sources, redactor))

    if case.diagnosis is None:
        return case
    read = read_all(everything(), base.lines, options.setup)
    passages = passages_of(read.scans)
    proofs = prove(case.diagnosis, passages, base, answers_of(case, after=True))
    kept = with_inputs(case, read, passages, redactor.redact, now, after=True)
    kept = replace(kept, diagnosis=replace(case.diagnosis, proofs=proofs))
    fresh = [named(item) for item in kept.inputs[len(case.inputs) :]]
    proved = [proof.verify for proof in proofs if proof.proved]
    state = f"proved: {', '.join(dict.fromkeys(proved))}" if proved else "nothing proved"
    said = ", ".join([*([f"added {', '.join(fresh)}"] if fresh else []), *([did] if did else [])])
    return with_step(kept, f"after the fix: {said}; {state}" if said else f"after the fix: {state}", now)


def _leads(diagnosis: Diagnosis, cause: str) -> bool:
    return bool(diagnosis.causes) and diagnosis.causes[0].id == cause


def _without_secrets(given: dict[str, str], redactor: Redactor) -> dict[str, str]:
    """Given values that may be kept: what a redactor would take out of `name=value` is not."""
    return {name: value for name, value in given.items() if redactor.redact(line := f"{name}={value}") == line}

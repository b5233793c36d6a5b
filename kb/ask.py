"""The one place where `kb` calls `diagnose`: inputs and a store to a diagnosis, redacted unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.options import Options
from diagnose.pipeline import diagnosis_of, gather
from kb.redaction import as_it_stands, redacted, renamed
from kb.store.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnose.diagnosis import Diagnosis
    from diagnose.inputs.sources import InputError, Source
    from diagnose.knowledge import Knowledge
    from diagnose.redact.redactor import Redactor
    from diagnose.scan.intake import Setup


def ask(sources: Iterable[Source | InputError], base: Knowledge, options: Options, *, raw: bool = False) -> Diagnosis:
    """Diagnose `sources` as one case; secrets in quotes are replaced by names for them unless `raw`."""
    return asking(sources, base, options.setup, raw=raw, personal=options.personal)(options)


def asking(
    sources: Iterable[Source | InputError], base: Knowledge, setup: Setup, *, raw: bool = False, personal: bool = False
) -> Callable[[Options], Diagnosis]:
    """Read `sources` once, as one case, to be answered again as more becomes known: options in, diagnosis out."""
    redactor = None if raw else redactor_for(personal)
    gathered = gather(renamed(sources, redactor), base, setup)

    def run(options: Options) -> Diagnosis:
        diagnosis = diagnosis_of(gathered, base, options)
        if isinstance(base, Store):
            base.verified()
        return redacted(diagnosis, gathered.matched.passages, redactor) if redactor else as_it_stands(diagnosis)

    return run


def redactor_for(personal: bool) -> Redactor:
    """What hides secrets, and with `personal` the data of persons."""
    from diagnose.redact.redactor import Redactor

    return Redactor(personal=personal)

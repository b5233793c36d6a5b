"""The one place where `kb` calls `diagnose`: inputs and a store to a diagnosis, redacted unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from msgspec.structs import replace

from diagnose.options import Options
from diagnose.pipeline import answer, gather
from diagnose.text.sanitize import clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnose.diagnosis import Diagnosis, Finding, RankedArticle, RuledOut
    from diagnose.inputs.sources import InputError, Source
    from diagnose.knowledge import Knowledge
    from diagnose.redact.redactor import Redactor
    from diagnose.scan.intake import Setup


Shown = TypeVar("Shown", "Finding", "RankedArticle", "RuledOut")


def ask(sources: Iterable[Source | InputError], base: Knowledge, options: Options, *, raw: bool = False) -> Diagnosis:
    """Diagnose `sources` as one case; secrets in quotes are replaced by names for them unless `raw`."""
    return asking(sources, base, options.setup, raw=raw)(options)


def asking(
    sources: Iterable[Source | InputError], base: Knowledge, setup: Setup, *, raw: bool = False
) -> Callable[[Options], Diagnosis]:
    """Read `sources` once, as one case, to be answered again as more becomes known: options in, diagnosis out."""
    gathered = gather(sources, base, setup)

    def run(options: Options) -> Diagnosis:
        diagnosis = answer(gathered, base, options)
        return with_quotes(diagnosis, clip) if raw else redacted(diagnosis)

    return run


def redacted(diagnosis: Diagnosis, redactor: Redactor | None = None) -> Diagnosis:
    """The same diagnosis with every quote redacted, the same secret under the same name."""
    from diagnose.redact.redactor import Redactor

    redact = (redactor or Redactor()).redact
    return with_quotes(diagnosis, lambda quote: clip(redact(quote)))


def with_quotes(diagnosis: Diagnosis, hide: Callable[[str], str]) -> Diagnosis:
    """The same diagnosis with `hide` applied to every quote."""
    return replace(
        diagnosis,
        causes=tuple(_with_evidence(finding, hide) for finding in diagnosis.causes),
        articles=tuple(_with_evidence(article, hide) for article in diagnosis.articles),
        unexplained=tuple(replace(line, quote=hide(line.quote)) for line in diagnosis.unexplained),
        moments=tuple(replace(moment, quote=hide(moment.quote)) for moment in diagnosis.moments),
        ruled_out=tuple(_with_evidence(cause, hide) for cause in diagnosis.ruled_out),
    )


def _with_evidence(shown: Shown, hide: Callable[[str], str]) -> Shown:
    evidence = tuple(
        replace(e, quote=hide(e.quote), context=tuple(hide(line) for line in e.context)) for e in shown.evidence
    )
    return replace(shown, evidence=evidence)

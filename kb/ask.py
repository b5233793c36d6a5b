"""The one place where `kb` calls `diagnose`: inputs and a store to a diagnosis, redacted unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.neutral import clip
from diagnose.pipeline import Options, answer, gather

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnose.knowledge import Knowledge
    from diagnose.model import Diagnosis, Finding, Line, RankedArticle
    from diagnose.sources import InputError, Source


def ask(sources: Iterable[Source | InputError], base: Knowledge, options: Options, *, raw: bool = False) -> Diagnosis:
    """Diagnose `sources` as one case; secrets in quotes are replaced by names for them unless `raw`."""
    return asking(sources, base, options.encoding, raw=raw)(options)


def asking(
    sources: Iterable[Source | InputError], base: Knowledge, encoding: str = "", *, raw: bool = False
) -> Callable[[Options], Diagnosis]:
    """Read `sources` once, as one case, to be answered again as more becomes known: options in, diagnosis out."""
    gathered = gather(sources, base, encoding)

    def run(options: Options) -> Diagnosis:
        diagnosis = answer(gathered, base, options)
        return with_quotes(diagnosis, clip) if raw else redacted(diagnosis)

    return run


def redacted(diagnosis: Diagnosis) -> Diagnosis:
    """The same diagnosis with every quote redacted, the same secret under the same name."""
    from diagnose.redact import Redactor

    redact = Redactor().redact
    return with_quotes(diagnosis, lambda quote: clip(redact(quote)))


def with_quotes(diagnosis: Diagnosis, hide: Callable[[str], str]) -> Diagnosis:
    """The same diagnosis with `hide` applied to every quote."""
    return replace(
        diagnosis,
        causes=tuple(_finding(finding, hide) for finding in diagnosis.causes),
        articles=tuple(_article(article, hide) for article in diagnosis.articles),
        unexplained=tuple(_line(line, hide) for line in diagnosis.unexplained),
    )


def _finding(finding: Finding, hide: Callable[[str], str]) -> Finding:
    return replace(finding, evidence=tuple(replace(e, quote=hide(e.quote)) for e in finding.evidence))


def _article(article: RankedArticle, hide: Callable[[str], str]) -> RankedArticle:
    return replace(article, evidence=tuple(replace(e, quote=hide(e.quote)) for e in article.evidence))


def _line(line: Line, hide: Callable[[str], str]) -> Line:
    return replace(line, quote=hide(line.quote))

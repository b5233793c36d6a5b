"""A diagnosis as it may be shown, saved or sent: names of inputs, quotes and values without secrets.

A quote is redacted together with the lines around it, since a secret may be told by another line. Takes what was gathered
and a Redactor; knows nothing of where the answer goes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from msgspec import convert, to_builtins
from msgspec.structs import replace

from diagnose.inputs.sources import Source
from diagnose.text.sanitize import clip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from diagnose.diagnosis import Diagnosis, Finding, ProblemFound, RankedArticle, RuledOut, ShownEvidence
    from diagnose.errors import InputError
    from diagnose.explain import Why
    from diagnose.redact.redactor import Redactor
    from diagnose.scan.passages import Passage

    Shown = TypeVar("Shown", Finding, RankedArticle, RuledOut)
    Hide = Callable[[str, int, str], str]

BLOCK = 64  # lines redacted at once, with as many before and after them
LARGEST = 1 << 18  # characters of such lines; beyond, each is redacted by itself
SAME = 300  # characters by which a quote is known to be the beginning of its line
LONGEST_QUOTE = 400  # characters of a quote that are shown
NEAR = 40  # lines in which the context of a quote is looked for


def renamed(sources: Iterable[Source | InputError], redactor: Redactor | None) -> Iterator[Source | InputError]:
    """`sources` under names without secrets, so that every place, error and answer has the same one."""
    for source in sources:
        if redactor is None:
            yield source
        elif isinstance(source, Source):
            yield replace(source, name=redactor.redact_name(source.name))
        else:
            yield source.said_of(redactor.redact_name(source.where))


class RedactedLines:
    """The lines of `passages` without secrets, and quotes of them."""

    def __init__(self, passages: Iterable[Passage], redactor: Redactor) -> None:
        self._redactor = redactor
        self._passages: dict[str, list[Passage]] = {}
        self._blocks: dict[tuple[str, int, int], list[str]] = {}
        for passage in passages:
            self._passages.setdefault(passage.source, []).append(passage)

    def quote(self, source: str, line: int, quote: str) -> str:
        """`quote`, which stands at that place or near it, without secrets."""
        for passage in self._passages.get(source, ()):
            at = line - passage.first
            if 0 <= at < len(passage.quotes) and _begins(passage.quotes[at], quote):
                hidden = self._line(passage, at)
                if hidden != passage.quotes[at]:
                    return hidden.strip() if quote == quote.strip() else hidden
        return self._redactor.redact(quote)

    def around(self, source: str, line: int, context: Sequence[str]) -> tuple[str, ...]:
        """The lines of `context`, which stand around that place."""
        return tuple(self._near(source, line, text) for text in context)

    def _near(self, source: str, line: int, text: str) -> str:
        for passage in self._passages.get(source, ()):
            at = line - passage.first
            if not 0 <= at < len(passage.quotes):
                continue
            for index in range(max(0, at - NEAR), min(len(passage.quotes), at + NEAR + 1)):
                if _begins(passage.quotes[index], text):
                    return clip(self.quote(source, passage.first + index, text))
        return clip(self._redactor.redact(text))

    def _line(self, passage: Passage, at: int) -> str:
        key = (passage.source, passage.first, at // BLOCK)
        if key not in self._blocks:
            self._blocks[key] = self._block(passage.quotes, at // BLOCK * BLOCK)
        return self._blocks[key][at % BLOCK]

    def _block(self, lines: Sequence[str], start: int) -> list[str]:
        begin = max(0, start - BLOCK)
        wanted = lines[begin : start + 2 * BLOCK]
        if sum(map(len, wanted)) <= LARGEST:
            hidden = self._redactor.redact("\n".join(wanted)).split("\n")
            if len(hidden) == len(wanted):
                return hidden[start - begin :]
        return [self._redactor.redact(line) for line in lines[start : start + BLOCK]]


def _begins(line: str, quote: str) -> bool:
    start = quote.strip()[:SAME]
    return bool(start) and line.strip()[:SAME] == start


def redacted(diagnosis: Diagnosis, passages: Iterable[Passage], redactor: Redactor) -> Diagnosis:
    """The same diagnosis without secrets, the same secret under the same name everywhere."""
    lines = RedactedLines(passages, redactor)
    return _without_values(with_quotes(diagnosis, lines.quote, lines.around), redactor)


def shown_why(found: Why, passages: Iterable[Passage], redactor: Redactor | None) -> Why:
    """The same with quotes as they may be shown, without secrets where there is a redactor."""
    lines = RedactedLines(passages, redactor) if redactor else None

    def hide(source: str, line: int, quote: str) -> str:
        return clip(lines.quote(source, line, quote) if lines else quote)

    signals = tuple(
        replace(
            signal,
            seen=tuple(replace(item, quote=hide(item.source, item.line, item.quote)) for item in signal.seen),
            near=tuple(replace(miss, piece=hide(miss.source, miss.line, miss.piece)) for miss in signal.near),
        )
        for signal in found.signals
    )
    return replace(found, signals=signals)


def as_it_stands(diagnosis: Diagnosis) -> Diagnosis:
    """The same diagnosis with quotes as long as they may be shown."""
    return with_quotes(
        diagnosis, lambda _source, _line, quote: quote, lambda _source, _line, context: tuple(map(clip, context))
    )


def with_quotes(
    diagnosis: Diagnosis, hide: Hide, around: Callable[[str, int, Sequence[str]], tuple[str, ...]]
) -> Diagnosis:
    """The same diagnosis with `hide` applied to every quote and `around` to the lines around it."""

    def told(e: ShownEvidence) -> ShownEvidence:
        quote, span = centred(hide(e.source, e.line, e.quote), e)
        return replace(e, quote=quote, span=span, context=around(e.source, e.line, e.context))

    def shown(item: Shown) -> Shown:
        return replace(item, evidence=tuple(map(told, item.evidence)))

    def problem(item: ProblemFound) -> ProblemFound:
        return replace(
            item,
            causes=tuple(map(shown, item.causes)),
            articles=tuple(map(shown, item.articles)),
            ruled_out=tuple(map(shown, item.ruled_out)),
        )

    line = diagnosis.open_line
    return replace(
        diagnosis,
        causes=tuple(shown(finding) for finding in diagnosis.causes),
        articles=tuple(shown(article) for article in diagnosis.articles),
        unexplained=tuple(replace(n, quote=clip(hide(n.source, n.line, n.quote))) for n in diagnosis.unexplained),
        moments=tuple(replace(m, quote=clip(hide(m.source, m.line, m.quote))) for m in diagnosis.moments),
        ruled_out=tuple(shown(cause) for cause in diagnosis.ruled_out),
        problems=tuple(map(problem, diagnosis.problems)),
        open_line=line and replace(line, quote=clip(hide(line.source, line.line, line.quote))),
    )


def centred(quote: str, evidence: ShownEvidence) -> tuple[str, tuple[int, int] | None]:
    """`quote`, the evidence's own without secrets, as long as it may be shown and with what was matched in it, and where
    that stands now; None where a secret was hidden inside of it."""
    if evidence.span is None:
        return clip(quote), None
    matched = evidence.quote[slice(*evidence.span)]
    at = quote.find(matched)
    if not matched or at < 0:
        return clip(quote), None
    if at + len(matched) < LONGEST_QUOTE or len(quote) <= LONGEST_QUOTE:
        return clip(quote), (at, min(at + len(matched), LONGEST_QUOTE))
    start = max(1, min(at, at + (len(matched) - LONGEST_QUOTE) // 2 + 1))
    return clip("…" + quote[start:]), (at - start + 1, min(at - start + 1 + len(matched), LONGEST_QUOTE))


def _without_values(diagnosis: Diagnosis, redactor: Redactor) -> Diagnosis:
    """The same diagnosis where captured values that are secrets by their form are replaced wherever they were filled in."""
    values = {value for article in diagnosis.articles for value in article.parameters.values()}
    values.update(diagnosis.parameters.values(), *(conflict.values for conflict in diagnosis.conflicts))
    hidden = {value: name for value in values if (name := redactor.redact(value)) != value}
    if not hidden:
        return diagnosis

    def hide(text: str) -> str:
        for value, name in hidden.items():
            text = text.replace(value, name)
        return text

    return convert(mapped(to_builtins(diagnosis), hide), type(diagnosis))


def mapped(value: Any, hide: Callable[[str], str]) -> Any:
    """The same JSON with `hide` applied to every text but the keys."""
    if isinstance(value, str):
        return hide(value)
    if isinstance(value, dict):
        return {key: mapped(item, hide) for key, item in value.items()}
    return [mapped(item, hide) for item in value] if isinstance(value, list | tuple) else value

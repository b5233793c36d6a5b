"""A root-cause report held against logs, as it may be shown: quotes of both without secrets unless asked otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.audit.referee import referee
from diagnose.text.sanitize import clip
from kb.ask import redactor_for
from kb.redaction import RedactedLines, renamed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnose.audit.model import Audit, Checked, Shown
    from diagnose.errors import InputError
    from diagnose.inputs.sources import Source
    from diagnose.knowledge import Knowledge
    from diagnose.options import Options

LONGEST_CLAIM = 600


def audit(
    name: str,
    report: str,
    sources: Iterable[Source | InputError],
    base: Knowledge,
    options: Options,
    *,
    raw: bool = False,
) -> Audit:
    """Hold the text of a report, called `name`, against `sources`."""
    redactor = None if raw else redactor_for(options.personal)
    found = referee(name, report, renamed(sources, redactor), base, options)
    lines = RedactedLines(found.gathered.passages, redactor) if redactor else None
    hide: Callable[[str], str] = redactor.redact if redactor else str

    def shown(item: Shown) -> Shown:
        quote = lines.quote(item.source, item.line, item.quote) if lines else item.quote
        return replace(item, quote=clip(quote))

    def checked(item: Checked) -> Checked:
        return replace(
            item,
            claim=clip(hide(item.claim), LONGEST_CLAIM),
            about=clip(hide(item.about)),
            why=hide(item.why),
            shows=tuple(map(shown, item.shows)),
        )

    return replace(
        found.audit,
        report=redactor.redact_name(name) if redactor else name,
        claims=tuple(map(checked, found.audit.claims)),
        rivals=tuple(replace(rival, commands=tuple(map(hide, rival.commands))) for rival in found.audit.rivals),
    )

"""Inputs to the bytes of a part file: scanned, without secrets, no larger than a diagnosis can use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.inputs.kinds import PART
from diagnose.inputs.sources import Source
from diagnose.parts.opened import opened
from diagnose.parts.part import merged
from diagnose.parts.slim import slimmed
from diagnose.parts.wire import packed
from diagnose.scan.intake import scan_all
from diagnose.scan.reading import Read, Scanned, read_of
from kb.ask import redactor_for
from kb.redaction import renamed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.errors import InputError
    from diagnose.knowledge import Knowledge
    from diagnose.scan.intake import Setup


def part_of(
    sources: Iterable[Source | InputError],
    base: Knowledge,
    setup: Setup,
    *,
    raw: bool = False,
    personal: bool = False,
    label: str = "",
) -> tuple[bytes, Read]:
    """The part file of `sources`, other parts among them, and what was read of each. `label` stands before the names."""
    from diagnose.parts.hidden import hidden
    from diagnose.redact.redactor import Redactor

    redactor = None if raw else redactor_for(personal)
    named = _labelled(renamed(sources, redactor), label)
    items, stopped = scan_all(opened(named, base, dated=setup.span is not None), base.lines, setup)
    read = read_of(items, stopped=stopped)
    items = slimmed(merged([items]))
    if not raw:
        apart = Redactor(personal=personal, apart=True)
        items = [hidden(item, apart) if isinstance(item, Scanned) else item for item in items]
    return packed(items, base), read


def _labelled(sources: Iterable[Source | InputError], label: str) -> Iterator[Source | InputError]:
    for source in sources:
        if not label or (isinstance(source, Source) and source.kind == PART):
            yield source
        elif isinstance(source, Source):
            yield replace(source, name=f"{label}:{source.name}")
        else:
            yield source.said_of(f"{label}:{source.where}")

"""`--baseline`: a diagnosis with what is new against inputs of when it worked, and its words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from kb.cli.output import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.baseline.compare import Comparison
    from diagnose.diagnosis import Diagnosis, NewLine
    from diagnose.inputs.sources import InputError, Source
    from diagnose.options import Options
    from kb.cli.given import Call
    from kb.store.store import Store

MOST = 50  # new lines in JSON
SHOWN = 12  # in a report


def against(call: Call, sources: Iterable[Source | InputError], store: Store, options: Options) -> Diagnosis:
    """The diagnosis of `sources` with what they have that the baselines of the call lack."""
    from diagnose.baseline.compare import Comparison
    from kb.ask import ask, redactor_for
    from kb.remote.opened import open_named

    comparison = Comparison(_with_lines(open_named(call.baselines)))
    for trouble in comparison.troubles:
        if not comparison.known:
            raise trouble.said_of(f"--baseline {trouble.where}")
        tell(f"--baseline {trouble} ({trouble.code})")
    diagnosis = ask(comparison.watched(_with_lines(sources)), store, options, raw=call.raw)
    _tell_overlap(comparison)
    new = comparison.new_lines(MOST)
    if not call.raw:
        redactor = redactor_for(options.personal)
        new = tuple(
            replace(item, source=redactor.redact_name(item.source), quote=redactor.redact(item.quote)) for item in new
        )
    return replace(diagnosis, new_lines=new)


def _with_lines(sources: Iterable[Source | InputError]) -> Iterator[Source | InputError]:
    """`sources`, with an error for a part: the lines that a comparison needs are not in it."""
    from diagnose.errors import InputError
    from diagnose.inputs.kinds import PART

    for source in sources:
        if not isinstance(source, InputError) and source.kind == PART:
            yield InputError(source.name, "a part, which has no lines to compare", "name the logs that it was made of")
        else:
            yield source


def _tell_overlap(comparison: Comparison) -> None:
    if not comparison.known:
        tell("the baseline holds no message; nothing can be told to be new")
    elif not comparison.common and comparison.new:
        tell("the baseline has no message in common with the input: is it a log of the same thing?")
    elif not comparison.new:
        tell("the baseline has every message of the input")


def said(lines: Sequence[NewLine], width: int) -> Iterator[str]:
    """The new lines for a terminal."""
    from diagnose.text.sanitize import clip, neutral

    yield "New against the baseline (failures and the rarest first):"
    for item in lines[:SHOWN]:
        place = f"{item.source}:{item.line}"
        yield neutral(f"  {place}{f'  {item.count:,} times' if item.count > 1 else ''}")
        yield "      " + clip(neutral(item.quote), max(20, width - 6))
    if len(lines) > SHOWN:
        yield f"  and {len(lines) - SHOWN} more{' or so' if len(lines) == MOST else ''} (--format json)"

"""The steps of a diagnosis, in order: read, scan, match, retrieve, rank, bind outputs, fill commands.

Takes named inputs and a knowledge base, gives a Diagnosis. Everything between is in the modules named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.answer.conclude import conclude
from diagnose.checks.answers import outputs_in
from diagnose.codes.find import find
from diagnose.diagnosis import Diagnosis, SeenCode
from diagnose.gathered import Gathered
from diagnose.match.evidence import match
from diagnose.options import Options
from diagnose.parts.opened import opened, whole
from diagnose.retrieve.lookup import retrieve
from diagnose.retrieve.platform import platform_of
from diagnose.scan.intake import Setup, scan_all
from diagnose.scan.passages import TextLine, places
from diagnose.scan.reading import read_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.errors import InputError
    from diagnose.inputs.sources import Source
    from diagnose.knowledge import Knowledge
    from diagnose.model import Platform
    from diagnose.scan.passages import Passage
    from diagnose.scan.reading import Read


def diagnose(sources: Iterable[Source | InputError], base: Knowledge, options: Options | None = None) -> Diagnosis:
    """Read all `sources` as one case and rank the causes that `base` knows."""
    options = options or Options()
    return diagnosis_of(gather(sources, base, options.setup), base, options)


def paste(data: bytes | str) -> Iterator[Source | InputError]:
    """A text as if it were pasted: one input, named as standard input is. Of a `str`, lone surrogates stand for bytes."""
    from io import BytesIO

    from diagnose.inputs.sources import STDIN, open_inputs

    text = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
    return open_inputs([STDIN], BytesIO(text))


def evidence(data: bytes | str, base: Knowledge) -> Gathered:
    """All that `base` finds in a pasted text, before any ranking."""
    return gather(paste(data), base)


def gather(sources: Iterable[Source | InputError], base: Knowledge, setup: Setup | None = None) -> Gathered:
    """Read all `sources` as one case: each is read once, and nothing of it is ranked yet."""
    setup = setup or Setup()
    return gathered_of(read_inputs(sources, base, setup), base, setup)


def gathered_of(read: Read, base: Knowledge, setup: Setup) -> Gathered:
    """What was scanned, matched and retrieved."""
    matched = match(read.scans, base, setup.when)
    platform = platform_of(matched.passages)
    seen = list(codes_in(matched.passages, platform))
    return Gathered(
        read=read,
        matched=matched,
        retrieved=retrieve(
            places(matched.passages, matched.translated), [(key, place) for key, place, _ in seen], base
        ),
        outputs=tuple(outputs_in(matched.passages)),
        codes=distinct(code for _, _, code in seen),
        platform=platform,
    )


def read_inputs(sources: Iterable[Source | InputError], base: Knowledge, setup: Setup) -> Read:
    """All inputs scanned, part files among them as what they were made of."""
    items, stopped = scan_all(opened(sources, base, dated=setup.span is not None), base.lines, setup)
    return read_of(whole(items), stopped=stopped)


def diagnosis_of(gathered: Gathered, base: Knowledge, options: Options) -> Diagnosis:
    """Rank the causes that `base` knows for what was gathered."""
    known = options.platform or gathered.platform
    return conclude(gathered, base, replace(options, platform=known or options.here), runs_on=known)


def codes_in(passages: Sequence[Passage], platform: Platform | None = None) -> Iterator[tuple[str, TextLine, SeenCode]]:
    """Error codes of a text that `platform` wrote: (canonical key, place, code as shown)."""
    for passage in passages:
        text = "\n".join(passage.lines)
        for found in find(text, platform=platform):
            index = text.count("\n", 0, found.start)
            place = TextLine(passage.source, passage.first + index, passage.lines[index])
            yield found.key, place, SeenCode(text=found.text, name=found.name, meaning=found.meaning)


def distinct(codes: Iterable[SeenCode]) -> tuple[SeenCode, ...]:
    return tuple({(code.name or code.text): code for code in reversed(list(codes))}.values())[::-1]

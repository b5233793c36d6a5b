"""The steps of a diagnosis, in order: read, scan, match, retrieve, rank, bind outputs, fill commands.

Takes named inputs and a knowledge base, gives a Diagnosis. Everything between is in the modules named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.codefind import find
from diagnose.conclude import conclude
from diagnose.context import platform_of
from diagnose.diagnosis import Diagnosis, SeenCode
from diagnose.errors import KbError
from diagnose.intake import Read, Setup, read_all
from diagnose.match import match, places
from diagnose.outcomes import Answered, Located, outputs_in
from diagnose.rank import PRESET
from diagnose.retrieve import Place, retrieve
from diagnose.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from diagnose.errors import InputError
    from diagnose.knowledge import Knowledge
    from diagnose.match import Matched, Passage
    from diagnose.model import Platform
    from diagnose.retrieve import Retrieved
    from diagnose.sources import Source


class Options(Struct, frozen=True):
    """What a person asked for. `given` are parameters by name; `top` bounds the causes in the answer,
    `context` is the number of lines to show around evidence.

    `answers` are states of checks found by other means than a paste, in the order in which they were found.

    Commands of `platform` stand first; where none is asked for, those of the system that the text comes from, else `here`.
    The next check runs on the system that was asked for or that the text tells.
    `personal`: data of persons is not to be shown. `resolved` counts resolved cases by `ARTICLE/CAUSE`; `skipped` are checks (`ARTICLE/CHECK`) not to be named next.
    """

    platform: Platform | None = None
    here: Platform | None = None
    given: dict[str, str] = {}
    setup: Setup = Setup()
    context: int = 0
    top: int = 10
    explain: bool = False
    weights: Weights = PRESET
    resolved: dict[str, int] = {}
    answers: tuple[Answered, ...] = ()
    skipped: frozenset[str] = frozenset()
    personal: bool = False


class Gathered(Struct, frozen=True):
    """Everything read and matched: what several answers to one case, with other options, begin from."""

    read: Read
    matched: Matched
    retrieved: Retrieved
    outputs: tuple[Located, ...]
    codes: tuple[SeenCode, ...]
    platform: Platform | None


def diagnose(sources: Iterable[Source | InputError], base: Knowledge, options: Options | None = None) -> Diagnosis:
    """Read all `sources` as one case and rank the causes that `base` knows."""
    options = options or Options()
    return answer(gather(sources, base, options.setup), base, options)


def gather(sources: Iterable[Source | InputError], base: Knowledge, setup: Setup | None = None) -> Gathered:
    """Read all `sources` as one case: each is read once, and nothing of it is ranked yet."""
    setup = setup or Setup()
    read = read_all(sources, base.lines, setup)
    matched = match(read.scans, base, setup.when)
    platform = platform_of(matched.passages)
    seen = list(codes_in(matched.passages, platform))
    return Gathered(
        read=read,
        matched=matched,
        retrieved=retrieve(places(matched.passages), [(key, place) for key, place, _ in seen], base),
        outputs=tuple(outputs_in(matched.passages)),
        codes=distinct(code for _, _, code in seen),
        platform=platform,
    )


def answer(gathered: Gathered, base: Knowledge, options: Options) -> Diagnosis:
    """Rank the causes that `base` knows for what was gathered."""
    known = options.platform or gathered.platform
    return conclude(
        matched=gathered.matched,
        retrieved=gathered.retrieved,
        outputs=gathered.outputs,
        codes=gathered.codes,
        read=gathered.read,
        base=base,
        options=replace(options, platform=known or options.here),
        runs_on=known,
    )


def codes_in(passages: Sequence[Passage], platform: Platform | None = None) -> Iterator[tuple[str, Place, SeenCode]]:
    """Error codes of a text that `platform` wrote: (canonical key, place, code as shown)."""
    for passage in passages:
        text = "\n".join(passage.lines)
        for found in find(text, platform=platform):
            index = text.count("\n", 0, found.start)
            place = Place(passage.source, passage.first + index, passage.lines[index])
            yield found.key, place, SeenCode(text=found.text, name=found.name, meaning=found.meaning)


def distinct(codes: Iterable[SeenCode]) -> tuple[SeenCode, ...]:
    return tuple({(code.name or code.text): code for code in reversed(list(codes))}.values())[::-1]


def given_parameters(pairs: Iterable[str]) -> Mapping[str, str]:
    """`NAME=VALUE` options as a mapping; KbError for one without `=`."""
    result = {}
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise KbError(
                f"--param {pair}", "not of the form NAME=VALUE", "write it like --param target_fe=fe01.contoso.com"
            )
        result[name.strip()] = value
    return result

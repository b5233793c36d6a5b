"""The steps of a diagnosis, in order: read, scan, match, retrieve, rank, bind outputs, fill commands.

Takes named inputs and a knowledge base, gives a Diagnosis. Everything between is in the modules named here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose import codes as code_tables
from diagnose.blocks import blocks
from diagnose.conclude import conclude
from diagnose.context import platform_of
from diagnose.decode import looks_binary, sniff, to_utf8
from diagnose.errors import KbError
from diagnose.match import match, places
from diagnose.model import Diagnosis, InputRead, SeenCode, Skipped
from diagnose.outcomes import outputs_in
from diagnose.rank import PRESET
from diagnose.retrieve import Place, retrieve
from diagnose.scan import scan_source
from diagnose.sources import InputError, Source
from diagnose.weights import Weights

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.match import Passage
    from diagnose.model import Platform
    from diagnose.scan import SourceScan


class Options(Struct, frozen=True):
    """What a person asked for. `given` are parameters by name; `top` bounds the causes in the answer.

    Commands of `platform` stand first; where none is asked for, those of the system that the text comes from, else `here`.
    """

    platform: Platform | None = None
    here: Platform | None = None
    given: dict[str, str] = {}
    encoding: str = ""
    top: int = 10
    explain: bool = False
    weights: Weights = PRESET


class Read(Struct, frozen=True):
    """The inputs as they were scanned, and what was not."""

    scans: tuple[SourceScan, ...]
    inputs: tuple[InputRead, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]


def diagnose(sources: Iterable[Source | InputError], base: Knowledge, options: Options | None = None) -> Diagnosis:
    """Read all `sources` as one case and rank the causes that `base` knows."""
    options = options or Options()
    read = read_all(sources, base, options.encoding)
    matched = match(read.scans, base)
    platform = options.platform or platform_of(matched.passages) or options.here
    seen = list(codes_in(matched.passages))
    retrieved = retrieve(places(matched.passages), [(key, place) for key, place, _ in seen], base)
    return conclude(
        matched=matched,
        retrieved=retrieved,
        outputs=outputs_in(matched.passages),
        codes=distinct(code for _, _, code in seen),
        read=read,
        base=base,
        options=replace(options, platform=platform),
    )


def read_all(sources: Iterable[Source | InputError], base: Knowledge, encoding: str = "") -> Read:
    """Scan every source; an input that ends early counts with what was read of it."""
    scans: list[SourceScan] = []
    inputs: list[InputRead] = []
    skipped: list[Skipped] = []
    warnings: list[str] = []
    for source in sources:
        if isinstance(source, InputError):
            inputs.append(InputRead(name=source.where, bytes=0, lines=0, error=_error(source)))
            skipped.append(_skipped(source))
            continue
        if looks_binary(source.head) and not encoding:
            warnings.append(f"{source.name}: looks like binary data; matched as it stands")
            if not source.asked:
                skipped.append(
                    Skipped(path=source.name, reason="binary file in a folder", bytes_read=0, code="KB-E011")
                )
                continue
        scan, used, trouble = _scan(source, base, encoding)
        scans.append(scan)
        inputs.append(
            InputRead(
                name=source.name,
                bytes=scan.size,
                lines=scan.lines,
                error=_error(trouble) if trouble else None,
                encoding=used,
                kind=source.kind,
            )
        )
        if trouble:
            skipped.append(_skipped(trouble))
        if scan.cut_lines:
            warnings.append(f"{source.name}: lines longer than 1 MiB were matched in pieces")
    return Read(tuple(scans), tuple(inputs), tuple(skipped), tuple(warnings))


def _error(error: InputError) -> str:
    return f"{error.what}; {error.way_out}" if error.way_out else error.what


def _skipped(error: InputError) -> Skipped:
    return Skipped(path=error.where, reason=error.what, bytes_read=error.bytes_read, code=error.code)


def _scan(source: Source, base: Knowledge, encoding: str) -> tuple[SourceScan, str, InputError | None]:
    used, mark = (encoding, 0) if encoding else sniff(source.head)
    trouble: list[InputError] = []

    def chunks() -> Iterator[bytes]:
        skip = mark
        try:
            for chunk in source.chunks:
                yield chunk[skip:] if skip else chunk
                skip = 0
        except InputError as error:
            trouble.append(error)

    scan = scan_source(source.name, blocks(to_utf8(chunks(), used)), base.lines)
    return scan, used, trouble[0] if trouble else None


def codes_in(passages: Sequence[Passage]) -> Iterator[tuple[str, Place, SeenCode]]:
    """Error codes of the text: (canonical key, place, code as shown)."""
    for passage in passages:
        text = "\n".join(passage.lines)
        for found in code_tables.find(text):
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

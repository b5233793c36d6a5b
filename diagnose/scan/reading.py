"""What was scanned of every input to what a diagnosis reads of them together: the bounds that hold for all of one case.

Takes Scanned records and errors in the order of the inputs; gives a Read. Knows nothing of where they come from.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.diagnosis import InputRead, Skipped
from diagnose.errors import LEFT_OUT, InputError
from diagnose.scan.excerpts import WHOLE
from diagnose.scan.hits import PartScan, SourceScan
from diagnose.scan.merging import source_scan

if TYPE_CHECKING:
    from collections.abc import Iterable

# Text that is looked at closely in one case: small inputs whole, as long as they stay within MOST_WHOLE bytes together,
# then the lines around hits, up to MOST_LINES.
MOST_WHOLE = 2 * WHOLE
MOST_LINES = 12_000


class Scanned(Struct, frozen=True, kw_only=True):
    """A source after its scan. `trouble` is why it ended early, `notes` what a person should know of it.

    `piece` is the range of bytes that was scanned of a file of `of` bytes, None where all of it was.
    """

    name: str
    scan: PartScan
    kind: str = "plain"
    encoding: str = ""
    blank: bool = False
    notes: tuple[str, ...] = ()
    trouble: InputError | None = None
    piece: tuple[int, int] | None = None
    of: int = 0


# What became of one input.
Item = Scanned | InputError


class Read(Struct, frozen=True):
    """The inputs as they were scanned, and what was not. `stopped` where a person stopped the reading."""

    scans: tuple[SourceScan, ...]
    inputs: tuple[InputRead, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    stopped: bool = False


def read_of(items: Iterable[Item], *, stopped: bool = False) -> Read:
    """All inputs of a case; what was already looked at whole leaves less for those behind it."""
    inputs: list[InputRead] = []
    skipped: list[Skipped] = []
    scans: list[SourceScan] = []
    notes: list[str] = []
    cut: list[str] = []
    whole, lines = MOST_WHOLE, MOST_LINES
    for item in items:
        if isinstance(item, InputError):
            skipped.append(_skipped(item))
            if item.code != LEFT_OUT:
                inputs.append(InputRead(name=item.where, bytes=0, lines=0, error=_error(item)))
            continue
        scan = source_scan(item.name, item.scan, whole, lines)
        whole -= scan.size if scan.whole else 0
        lines -= 0 if scan.whole else sum(len(excerpt.lines) for excerpt in scan.excerpts)
        scans.append(scan)
        inputs.append(_input(item, scan))
        notes += item.notes
        if item.trouble:
            skipped.append(_skipped(item.trouble))
        if scan.cut_lines:
            cut.append(f"{scan.name}: lines longer than 1 MiB were matched in pieces")
    return Read(tuple(scans), tuple(inputs), tuple(skipped), (*notes, *cut), stopped)


def _input(item: Scanned, scan: SourceScan) -> InputRead:
    return InputRead(
        name=scan.name,
        bytes=scan.size,
        lines=scan.lines,
        error=_error(item.trouble) if item.trouble else None,
        encoding=item.encoding,
        kind=item.kind,
        left_out=scan.left_out,
        blank=item.blank,
    )


def _error(error: InputError) -> str:
    return f"{error.what}; {error.way_out}" if error.way_out else error.what


def _skipped(error: InputError) -> Skipped:
    return Skipped(path=error.where, reason=error.what, bytes_read=error.bytes_read, code=error.code)

"""w32tm: /query /status, /stripchart, /resync on Windows.

Takes the lines of a paste, gives an `Output` per run. The numbers of leap indicator, stratum and errors are the same in
every language; the names before them are read in English and German.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output, host, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft, squeezed
from diagnose.outputs.parsing.pieces import COMMAND, Piece, blocks, commands, sentences

PARSER = "w32tm"
NAMES = ("w32tm",)
CUT = "the output ends before the source of the time"
NEAR = 12

_PATTERNS = {
    "leap": soft(r"^(?:Leap Indicator|Sprungindikator) ?: (?P<leap>[0-3]) ?\("),
    "stratum": soft(r"^Stratum ?: (?P<stratum>\d{1,2}) ?\("),
    "source": soft(r"^(?:Source|Quelle) ?: (?P<source>.{1,200}?)$"),
    "offset": soft(r"^(?:Phase Offset|Phasenversatz) ?: (?P<offset>[+-]?\d{1,9}[.,]\d{1,9})s"),
    "stopped": soft(r"(?:has not been started|nicht gestartet)\. ?\(0x80070426\)"),
    "no-data": soft(r"^The computer did not resync because no time data was available"),
    "tracking": soft(r"^Tracking (?P<host>[\w.-]{1,255}) \[(?P<address>[\da-fA-F.:%]{2,60}?)(?::123)?\]"),
    "sample": soft(r"^\d\d:\d\d:\d\d,? (?:d:[+-][\d.,]{1,20}s )?(?:o:)?(?P<offset>[+-][\d.,]{1,20})s"),
    "late": soft(r"^\d\d:\d\d:\d\d,? .{1,20}?: 0x800705B4"),
}
_OWN = frozenset({"leap", "stopped", "no-data", "tracking"})
_FREE = re.compile(r"localcmosclock|free-runningsystemclock|lokalecmos-uhr|freilaufendesystemuhr", re.IGNORECASE)
_STOP = re.compile(r"Leap|Sprung|The |Tracking|Sending|Folgender|Stratum")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    pieces = [*commands(echo.echoes(page, NAMES, _STOP)), *sentences(page, _PATTERNS)]
    for block in blocks(page, pieces, NEAR, _begins):
        yield from _read(page, block)


def _begins(block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    return piece.kind in kinds - {"sample", "late"} or (piece.kind == "tracking" and bool(kinds - {COMMAND}))


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind: piece for piece in block}
    if not kinds.keys() & _OWN or (kinds.keys() == {"stopped"} and "w32" not in page[block[0].first].lower()):
        return
    values: dict[str, str] = {}
    for piece in block:
        values |= {key: value for key, value in piece.values.items() if value and key not in ("host", "address")}
    subject = {"host": host(kinds["tracking"].get("host"))} if "tracking" in kinds else {"service": "w32time"}
    span = (block[0].first, block[-1].last)
    yield output(PARSER, page.raw, span, subject=subject, state=_state(kinds), why=CUT, fields=values)


def _state(kinds: dict[str, Piece]) -> str:
    if "stopped" in kinds:
        return "stopped"
    if "no-data" in kinds:
        return "unsynchronised"
    if "tracking" in kinds:
        return "reachable" if "sample" in kinds else "timeout" if "late" in kinds else ""
    leap = kinds["leap"].get("leap")
    stratum = kinds["stratum"].get("stratum") if "stratum" in kinds else ""
    source = squeezed(kinds["source"].get("source")) if "source" in kinds else ""
    if leap == "3" or _FREE.search(source):
        return "unsynchronised"
    return "synchronised" if stratum and int(stratum) > 0 and source else ""

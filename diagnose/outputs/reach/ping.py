"""ping on Windows (in any language), Linux and macOS.

Takes the lines of a paste, gives an `Output` per run. Windows counts "Destination host unreachable" as received, so an
answer is a line with a time or a TTL. That none came is known only from the statistics at the end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output, about, address, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft, whole
from diagnose.outputs.parsing.pieces import COMMAND, Piece, blocks, commands, sentences

PARSER = "ping"
NAMES = ("ping", "ping6")
CUT = "the output ends before the statistics"
NEAR = 30  # lines without an answer between two pieces

_AT = r"(?P<address>[\da-fA-F.:%]{2,60}?)"
_NAME = r"(?P<host>[\w.%:-]{1,255})"
_PATTERNS = {
    "windows": soft(rf"(?<![\w.%:-]){_NAME} \[{_AT}\] \w{{2,10}} \d{{1,5}} \w{{3,10}}"),
    "windows-bare": soft(rf"^Pinging {_NAME} with \d{{1,5}} bytes of data"),
    "linux": soft(
        rf"^PING6? ?(?:\(\d{{1,3}}=[\w+ ]{{1,30}}\) )?{_NAME}(?: \({_AT}\))?.{{0,60}}?(?:bytes of data|data bytes|-->)"
    ),
    "reply": soft(r"(?:TTL=\d{1,3}|[=<] ?\d{1,6}(?:\.\d{1,4})? ?ms)(?=[ ]|$)"),
    "unreachable": soft(
        r"(?:Destination (?:host|net|port|Host|Net|Port) [uU]nreachable|Zielhost nicht erreichbar|Host de destino inaccesible)"
    ),
    "windows-end": soft(
        r"[=:] ?\d{1,6}, [^\n\r=:,]{1,30}[=:] ?(?P<received>\d{1,6}), [^\n\r=:,]{1,30}[=:] ?\d{1,6} ?\((?P<loss>\d{1,3}) ?%"
    ),
    "linux-end": soft(
        r"^\d{1,6} packets transmitted, (?P<received>\d{1,6}) (?:packets )?received,(?: \+\d{1,6} (?:errors|duplicates),)*"
        r" (?P<loss>\d{1,3})(?:\.\d{1,6})?% packet loss"
    ),
    "no-host": soft(rf"Ping request could not find host {_NAME}\. "),
    "no-name": soft(rf"^ping6?: (?:cannot resolve |unknown host )?{_NAME} ?: "),
}
_ENDS = frozenset({"windows-end", "linux-end"})
_STARTS = frozenset({"windows", "windows-bare", "linux"})
_NAME_ERRORS = frozenset({"no-host", "no-name"})
_STOP = re.compile(r"Ping|PING|ping|Reply|Request|64 bytes|.* \d+ \w+ \w+:$")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    said = [p for p in sentences(page, _PATTERNS, ("no-name",)) if p.kind != "no-name" or p.error == "name-error"]
    for block in blocks(page, [*commands(calls), *said], NEAR, _begins):
        yield from _read(page, block)


def _begins(block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    return bool(kinds & (_ENDS | _NAME_ERRORS)) or (piece.kind in _STARTS and bool(kinds - {COMMAND}))


def _asked(reading: str) -> dict[str, str] | None:
    return echo.host_port(reading, valued="cinwsIWtlkSR")


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind for piece in block}
    if not kinds & (_STARTS | _NAME_ERRORS | _ENDS):
        return
    if kinds & _ENDS and not kinds & (_STARTS | {COMMAND, "reply", "unreachable"}) and "linux-end" not in kinds:
        return
    asked = echo.named(block[0].command, _asked).get("host", "")
    named = next((piece.get("host") for piece in block if piece.get("host")), "")
    at = next((whole(piece.get("address")) for piece in block if piece.get("address")), "")
    end = next((piece for piece in block if piece.kind in _ENDS), None)
    fields = {"loss": f"{end.get('loss')}%", "received": end.get("received")} if end else {}
    subject = about(asked or named, at=at if address(at) else "")
    span = (block[0].first, block[-1].last)
    yield output(PARSER, page.raw, span, subject=subject, state=_state(kinds, end, page), why=CUT, fields=fields)


def _state(kinds: set[str], end: Piece | None, page: Paste) -> str:
    if kinds & _NAME_ERRORS:
        return "name-error"
    if "reply" in kinds:
        return "reachable"
    if end is None:
        return ""
    if "unreachable" in kinds:
        return "unreachable"
    if int(end.get("received")):
        # Windows counts what a router sent back as received; Linux does not.
        return "reachable" if "linux-end" in kinds else ""
    errors = any(" errors" in page[i] for i in range(end.first, end.last + 1))
    return "timeout" if int(end.get("loss")) == 100 and not errors else ""

"""sc query, sc queryex and sc qc on Windows.

Takes the lines of a paste, gives an `Output` per service. Labels may be translated; the numbers and the words of the
states are not, and both must agree.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, groups, sentences

PARSER = "sc-query"
NAMES = ("sc",)
CUT = "the output ends before the state"
NEAR = 8  # lines from the name of a service to its state

# winsvc.h: SERVICE_STOPPED ... SERVICE_PAUSED
STATES = {
    ("1", "STOPPED"): "stopped",
    ("2", "START_PENDING"): "start-pending",
    ("3", "STOP_PENDING"): "stop-pending",
    ("4", "RUNNING"): "running",
    ("5", "CONTINUE_PENDING"): "continue-pending",
    ("6", "PAUSE_PENDING"): "pause-pending",
    ("7", "PAUSED"): "paused",
}
_WORDS = "|".join(word for _, word in STATES)
_PATTERNS = {
    "name": soft(
        r"^(?:SERVICE_NAME|NOM_SERVICE|NOMBRE_SERVICIO|NOME_SERVIZIO|NOME_DO_SERVI.{1,2}O|DIENSTNAME) ?: (?P<service>.{1,256}?)$"
    ),
    "state": soft(rf"^(?:STATE|STATUS|.{{1,2}}TAT|ESTADO|STATO) ?: (?P<number>[1-7]) (?P<word>{_WORDS})(?=[ ]|$)"),
    "start": soft(
        r"^(?:START_TYPE|STARTTYP|TYPE_D.{0,3}MARRAGE|TIPO_INICIO) ?: (?P<number>[0-4])"
        r" (?P<word>DISABLED|DEMAND_START|AUTO_START|BOOT_START|SYSTEM_START)"
    ),
    "success": soft(r"^\[SC\] \w{5,40} SUCCESS"),
    "failed": soft(r"^\[SC\] [\w:]{1,60} [\w.]{1,20} (?P<code>\d{1,5}) ?:"),
}
_STOP = re.compile(r"SERVICE_NAME|\[SC\]|NOM|DIENST|STATE|TYPE")
MISSING, DENIED = "1060", "5"  # ERROR_SERVICE_DOES_NOT_EXIST, ERROR_ACCESS_DENIED


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    for block in groups([*commands(calls), *sentences(page, _PATTERNS)], partial(_begins, page)):
        yield from _read(page, block)


def _asked(reading: str) -> dict[str, str] | None:
    words = echo.words(reading)
    words = words[1:] if words and words[0].startswith("\\\\") else words
    return {"service": words[1]} if len(words) == 2 and words[0].lower() in ("query", "queryex", "qc") else None


def _begins(page: Paste, block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    before = block[-1]
    if piece.kind in kinds or (before.kind == "name" and piece.kind not in ("state", "start")):
        return True
    between = [page[i] for i in range(before.last + 1, piece.first)]
    if before.kind in (COMMAND, "success"):
        return any(line.strip() for line in between)
    return len(between) > NEAR or any(not line.strip() or echo.is_prompt(line) for line in between)


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind: piece for piece in block}
    named = kinds["name"].get("service") if "name" in kinds else ""
    service = named or (echo.named(block[0].command, _asked).get("service", "") if block else "")
    if not kinds.keys() - {COMMAND, "success"} or not (service or named):
        return
    state, why, fields = "", CUT, {}
    if "failed" in kinds:
        code = kinds["failed"].get("code")
        state, why = ("not-found", "") if code == MISSING else ("", f"the query itself failed with error {code}")
    elif "state" in kinds:
        piece = kinds["state"]
        state = STATES.get((piece.get("number"), piece.get("word")), "")
    elif "start" in kinds:
        state = "disabled" if (kinds["start"].get("number"), kinds["start"].get("word")) == ("4", "DISABLED") else ""
        fields = {"start": kinds["start"].get("word")}
        why = "how it starts does not tell whether it runs"
    span = (block[0].first, block[-1].last)
    yield output(PARSER, page.raw, span, subject={"service": service}, state=state, why=why, fields=fields)

"""Get-NetTCPConnection: table and list, and the error that there is no such connection.

Takes the lines of a paste, gives an `Output` per connection, with the states of netstat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from diagnose.outputs.base import MOST, Output, about, output, port
from diagnose.outputs.parsing import echo, tables
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import sentences
from diagnose.outputs.sockets.endpoints import LISTENING, OUTCOMES, Endpoint, tcp_state
from diagnose.outputs.sockets.netstat import PASSING

PARSER = "get-nettcpconnection"
NAMES = ("Get-NetTCPConnection",)
CUT = "the row is cut before its state"

_KEYS = tables.keys(
    *("LocalAddress", "LocalPort", "RemoteAddress", "RemotePort", "State", "AppliedSetting", "OwningProcess"),
    *("CreationTime", "OffloadState"),
)
_COLUMNS = ("localaddress", "localport", "remoteaddress", "remoteport", "state", "owningprocess")
# The message is translated, its id is not; the cmdlet stands in the category.
_NONE = {
    "message": soft(r"No (?:matching )?MSFT_NetTCPConnection objects found"),
    "category": soft(r"CategoryInfo ?: ObjectNotFound: \([^)\n\r]{0,200}\) \[Get-NetTCPConnection\]"),
}
_PARAMETERS = {"localport": "local", "remoteport": "port", "remoteaddress": "host", "localaddress": "", "state": ""}
_PARAMETERS |= {"owningprocess": "", "appliedsetting": "", "cimsession": ""}
_STOP = re.compile(r"LocalAddress|-{3}|Get-NetTCPConnection ?:|No (?:matching )?MSFT")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    for first, last, values in (*_tables(page), *_lists(page)):
        above = echo.above(page, commands, first)
        yield _output(page, (above.first if above else first, last), values)
    yield from _missing(page, commands)


def _asked(reading: str) -> dict[str, str] | None:
    return echo.cmdlet(reading, _PARAMETERS)


def _tables(page: Paste) -> Iterator[tuple[int, int, Mapping[str, str]]]:
    for table in tables.tables(page):
        if {"remoteport", "state"} <= set(table.columns) or {"localport", "state"} <= set(table.columns):
            first = table.first
            for row in table.rows[:MOST]:
                yield first, row.last, row.values
                first = row.last + 1


def _lists(page: Paste) -> Iterator[tuple[int, int, Mapping[str, str]]]:
    for block in tables.lists(page, tables.fields(page, _KEYS)):
        values = {field.key: field.typed(str) for field in block}
        if "state" in values and values.keys() & {"remoteport", "localport"}:
            state, last = next(field for field in block if field.key == "state").first(_known)
            lines = [field.line for field in block]
            yield min(lines), max(last, *lines), {**values, "state": state}


def _known(text: str) -> str:
    return text if tcp_state(text, None) else ""


def _output(page: Paste, span: tuple[int, int], values: Mapping[str, str]) -> Output:
    raw = values.get("state", "")
    local, peer = (
        Endpoint(values.get(f"{side}address", ""), port(values.get(f"{side}port", "")), False)
        for side in ("local", "remote")
    )
    state = tcp_state(raw, None)
    subject = (local if state == LISTENING else peer).subject()
    fields = {column: values[column] for column in _COLUMNS if values.get(column)}
    why = PASSING.format(raw) if state else CUT
    outcome = OUTCOMES.get(state, "")
    return output(PARSER, page.raw, span, subject=subject if state else {}, state=outcome, why=why, fields=fields)


def _missing(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    last = -1
    for piece in sentences(page, _NONE):
        if piece.kind == "message" or piece.first > last + 10:
            above = echo.above(page, commands, piece.first)
            named = echo.named(above, _asked)
            subject = about(named.get("host", ""), named.get("port") or named.get("local", ""))
            span = (above.first if above else piece.first, piece.last)
            yield output(PARSER, page.raw, span, subject=subject, state="not-found")
            last = piece.last

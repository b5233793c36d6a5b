"""Test-NetConnection: list, detailed, table and quiet forms, with the warnings before them.

Takes the lines of a paste, gives an `Output` per tested target. `TcpTestSucceeded : False` is `failed`: the cmdlet does
not tell refused from timed out. Property names are English on every Windows; the prefix of a warning is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from msgspec import Struct

from diagnose.outputs.base import MOST, Output, about, address, output, port
from diagnose.outputs.parsing import echo, tables
from diagnose.outputs.parsing.paste import Paste, indent, paste, soft, whole

PARSER = "test-netconnection"
NAMES = ("Test-NetConnection", "tnc")
COMMON_PORTS = {"http": "80", "rdp": "3389", "smb": "445", "winrm": "5985"}  # -CommonTCPPort

ONLY_PING = "without -Port only a ping was tried, no TCP port"
CUT = "the output ends before TcpTestSucceeded"
ONLY_WARNING = "only the warning is here; another address of the host may have answered"

_KEYS = tables.keys(
    *("ComputerName", "RemoteAddress", "RemotePort", "NameResolutionResults", "MatchingIPsecRules", "IsAdmin"),
    *("NetworkIsolationContext", "InterfaceAlias", "InterfaceIndex", "SourceAddress", "NetRoute (NextHop)"),
    *("PingSucceeded", "PingReplyDetails (RTT)", "TcpTestSucceeded", "NameResolutionSucceeded", "ResolvedAddresses"),
    *(
        "TcpClientSocket",
        "TraceRoute",
        "Detailed",
        "InterfaceDescription",
        "NetAdapter",
        "NetRoute",
        "PingReplyDetails",
    ),
)
MOST_PIECES = 200  # of one output
_OWN = {"tcptestsucceeded", "pingsucceeded"}  # what no other list has
_LISTS = {"nameresolutionresults", "matchingipsecrules", "resolvedaddresses", "traceroute"}  # of several lines
_HOST = r"(?P<host>[\w.%:-]{1,255}?)"
_WARNINGS = {
    "tcp": soft(rf"TCP connect to \(?{_HOST} ?(?:: ?(?P<port>\d{{1,5}}))?\)? failed"),
    "ping": soft(rf"Ping to {_HOST} failed(?: (?:with|--) [sS]tatus: \w{{1,40}})?"),
    "name": soft(rf"Name resolution of {_HOST} failed"),
}
_STOP = re.compile(
    r"[^\W\d_]{2,20} ?: (?:TCP|Ping|Name)|TCP connect|True$|False$|ComputerName|RemoteAddress|TcpTest|Attempting|Waiting"
)
_ANSWER = re.compile(r"(True|False)(?: *(?:[#<*!(←]|->|--|=>).*)?")
_ONLY_ANSWER = re.compile(r"TcpTestSucceeded", re.IGNORECASE)
_PARAMETERS = {"computername": "host", "cn": "host", "remoteaddress": "host", "port": "port", "remoteport": "port"}
_PARAMETERS |= {"commontcpport": "common", "informationlevel": "level", "hops": "", "constraininterface": ""}
_SWITCHES = {"traceroute", "diagnoserouting"}


class _Piece(Struct, frozen=True):
    """A command line, a warning, a key with its value, or a bare True/False, from line index `first` to `last`."""

    kind: str
    first: int
    last: int
    key: str = ""
    value: str = ""
    port: str = ""
    command: echo.Echo | None = None


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = [c for c in echo.echoes(page, NAMES, _STOP) if echo.understood(c, _asked)]
    yield from _tables(page, commands)
    for block in _blocks(page, _pieces(page, commands)):
        made = _read(page, block)
        if made is not None:
            yield made


def _asked(reading: str) -> dict[str, str] | None:
    found = echo.cmdlet(reading, _PARAMETERS, _SWITCHES)
    if found is None or "2" in found:
        return None
    number = found.get("port") or COMMON_PORTS.get(found.get("common", "").lower(), "")
    if number and not port(number):
        return None
    quiet = found.get("level", "").lower() == "quiet" or _ONLY_ANSWER.search(reading)
    asked = {"host": found.get("host") or found.get("1", ""), "port": number, "quiet": "yes" if quiet else ""}
    return {key: value for key, value in asked.items() if value}


# --- the pieces ---------------------------------------------------------------------------------------------------


def _pieces(page: Paste, commands: Sequence[echo.Echo]) -> list[_Piece]:
    flat = page.flat
    pieces = [_Piece("command", command.first, command.last, command=command) for command in commands]
    for kind, pattern in _WARNINGS.items():
        for hit in flat.matches(pattern):
            number = whole(hit["port"] or "") if kind == "tcp" else ""
            span = (flat.line(hit.start()), flat.line(hit.end() - 1))
            pieces.append(_Piece(kind, *span, value=whole(hit["host"]), port=number))
    pieces += (_property(field) for field in tables.fields(page, _KEYS))
    pieces += _bare(page, commands)
    return sorted(pieces[: MOST * 12], key=lambda piece: piece.first)


def _property(field: tables.Field) -> _Piece:
    types: dict[str, Callable[[str], str]] = {
        "remoteaddress": address,
        "sourceaddress": address,
        "remoteport": port,
        "computername": _word,
    }
    if field.key in types:
        value = field.typed(types[field.key])
        return _Piece("key", field.line, max(field.line, field.first(types[field.key])[1]), field.key, value)
    value, last = field.first(_answer if field.key.endswith("succeeded") else str)
    return _Piece("key", field.line, last, field.key, value)


def _answer(text: str) -> str:
    found = _ANSWER.fullmatch(text)
    return found[1] if found else ""


def _word(text: str) -> str:
    return about(text).get("host", "")


def _bare(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[_Piece]:
    """The answer below a command that asked for nothing else."""
    for command in commands:
        if "quiet" in echo.named(command, _asked):
            for i in range(command.last + 1, min(command.last + 40, len(page))):
                text = page[i].strip()
                if text in ("True", "False"):
                    yield _Piece("bare", i, i, value=text)
                if text and not _STOP.match(text):
                    break


# --- which pieces belong together ---------------------------------------------------------------------------------


def _blocks(page: Paste, pieces: Sequence[_Piece]) -> Iterator[list[_Piece]]:
    block: list[_Piece] = []
    seen: set[str] = set()
    for piece in pieces:
        if block and _begins(page, block, seen, piece):
            yield block
            block, seen = [], set()
        block.append(piece)
        seen.add(piece.key)
    if block:
        yield block


def _begins(page: Paste, block: Sequence[_Piece], seen: set[str], piece: _Piece) -> bool:
    """Whether `piece` is the first of another output."""
    if piece.kind == "command" or block[-1].kind == "bare" or len(block) >= MOST_PIECES:
        return True
    if piece.kind == "key" and (piece.key in seen or (piece.key == "computername" and len(seen - {""}) > 0)):
        return True
    if piece.kind in _WARNINGS and seen - {""}:
        return True
    return _foreign(page, block, piece)


def _foreign(page: Paste, block: Sequence[_Piece], piece: _Piece) -> bool:
    """Whether a line between two pieces is none of the cmdlet's: neither a wrapped value nor one of several lines."""
    before = block[-1]
    between = [i for i in range(before.last + 1, min(piece.first, before.last + 100)) if page[i].strip()]
    if not between:
        return piece.first > before.last + 100
    if before.key in _LISTS:
        return any(not indent(page[i]) and echo.is_prompt(page[i]) for i in between)
    if before.kind != "key" or before.value in ("True", "False") or len(between) > 3:
        return True
    if before.key in ("remoteaddress", "sourceaddress", "remoteport") and before.value:
        return True
    longest = max(len(page[i]) for i in range(block[0].first, piece.first))
    return len(page[before.last]) < longest or not all(map(page.flat.wrapped, between))


# --- what they say ------------------------------------------------------------------------------------------------


def _read(page: Paste, block: Sequence[_Piece]) -> Output | None:
    values = {piece.key: piece.value for piece in block if piece.kind == "key"}
    kinds = {piece.kind for piece in block}
    ours = _OWN & values.keys() or values.keys() >= {"computername", "remoteport"}
    if not (ours or kinds & {"bare", "tcp", "name"}):
        return None
    asked = echo.named(block[0].command, _asked)
    tried = [piece for piece in block if piece.kind == "tcp"]
    subject = about(
        values.get("computername")
        or asked.get("host")
        or next((p.value for p in block if p.kind in _WARNINGS and not address(p.value)), ""),
        values.get("remoteport") or asked.get("port") or next((p.port for p in tried if p.port), ""),
        values.get("remoteaddress") or next((p.value for p in tried), ""),
    )
    answer = values.get("tcptestsucceeded") or next((p.value for p in block if p.kind == "bare"), "")
    state, why = _state(values, kinds, answer, asked)
    if (
        not state
        and not values
        and tried
        and {p.value for p in tried} == {asked.get("host")}
        and subject.get("address")
    ):
        state = "failed"  # an address was asked for, so no other can have answered
    shown = {"ping": "pingsucceeded", "source": "sourceaddress"}
    fields = {name: values[key] for name, key in shown.items() if values.get(key)}
    return output(
        PARSER, page.raw, (block[0].first, block[-1].last), subject=subject, state=state, why=why, fields=fields
    )


def _state(values: dict[str, str], kinds: set[str], answer: str, asked: dict[str, str]) -> tuple[str, str]:
    if "bare" in kinds and "port" not in asked and "tcp" not in kinds:
        return "", ONLY_PING
    if answer == "True":
        return "connected", ""
    if "name" in kinds and "tcp" not in kinds:
        return "name-error", ""
    if answer == "False":
        return "failed", ""
    if "tcp" in kinds and not values:
        return "", ONLY_WARNING
    if "pingsucceeded" in values and not (values.keys() & {"remoteport", "tcptestsucceeded"} or "port" in asked):
        return "", ONLY_PING
    return "", CUT


def _tables(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    """The answer as a column, from Format-Table or Select-Object."""
    for table in tables.tables(page):
        if "tcptestsucceeded" not in table.columns:
            continue
        above = echo.above(page, commands, table.first)
        asked = echo.named(above, _asked) if len(table.rows) == 1 else {}
        first = above.first if above else table.first
        for row in table.rows:
            subject = about(
                row.values.get("computername") or asked.get("host", ""),
                row.values.get("remoteport") or asked.get("port", ""),
                row.values.get("remoteaddress", ""),
            )
            state = {"True": "connected", "False": "failed"}.get(row.values["tcptestsucceeded"], "")
            yield output(PARSER, page.raw, (first, row.last), subject=subject, state=state, why=CUT)
            first = row.last + 1

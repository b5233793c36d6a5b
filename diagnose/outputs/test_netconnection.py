"""Test-NetConnection: list, detailed, table and quiet forms, with the warnings before them.

Takes the lines of a paste, gives an `Output` per tested target. `TcpTestSucceeded : False` is `failed`: the cmdlet does
not tell refused from timed out. Property names are English on every Windows; the prefix of a warning is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from diagnose.outputs import echo, tables
from diagnose.outputs.base import MOST, Output, about, output, port
from diagnose.outputs.paste import Paste, paste, soft, whole

PARSER = "test-netconnection"
NAMES = ("Test-NetConnection", "tnc")
COMMON_PORTS = {"http": "80", "rdp": "3389", "smb": "445", "winrm": "5985"}  # -CommonTCPPort

_KEYS = tables.keys(
    *("ComputerName", "RemoteAddress", "RemotePort", "NameResolutionResults", "MatchingIPsecRules", "IsAdmin"),
    *("NetworkIsolationContext", "InterfaceAlias", "InterfaceIndex", "SourceAddress", "NetRoute (NextHop)"),
    *("PingSucceeded", "PingReplyDetails (RTT)", "TcpTestSucceeded", "NameResolutionSucceeded", "ResolvedAddresses"),
    *("TcpClientSocket", "TraceRoute", "Detailed", "InterfaceDescription", "NetAdapter", "NetRoute", "PingReplyDetails"),
)
_OWN = frozenset({"computername", "remoteaddress", "remoteport", "tcptestsucceeded", "pingsucceeded", "netroute(nexthop)"})
_MULTI = frozenset({"nameresolutionresults", "matchingipsecrules", "resolvedaddresses", "traceroute"})
_TCP = soft(r"TCP connect to \(?(?P<host>[\w.%:-]{1,255}?) ?(?:: ?(?P<port>\d{1,5}))?\)? failed")
_PING = soft(r"Ping to (?P<host>[\w.%:-]{1,255}) failed(?: (?:with|--) [sS]tatus: (?P<status>\w{1,40}))?")
_NAME = soft(r"Name resolution of (?P<host>[\w.%:-]{1,255}) failed")
_WARNINGS = {"tcp": _TCP, "ping": _PING, "name": _NAME}
_BOOLEAN = re.compile(r"(True|False)(?=$| *[\n\r#<*!(]| *(?:--|->|=>|\u2190))")
_STOP = re.compile(
    r"[^\W\d_]{4,20} ?: (?:TCP|Ping|Name)|WARN|True$|False$|ComputerName|RemoteAddress|TcpTest|Attempting|Waiting|TCP connect"
)
_PIPED = re.compile(r"TcpTestSucceeded", re.IGNORECASE)

ONLY_PING = "without -Port only a ping was tried, no TCP port"
CUT = "the output ends before TcpTestSucceeded"
ONLY_WARNING = "only the warning is here: another address of the host may have answered"


class _Item(Struct, frozen=True):
    """A piece of an output: an echo, a warning, a key with its value, or a bare True/False."""

    kind: str
    start: int
    first: int
    last: int
    values: dict[str, str] = {}
    command: echo.Echo | None = None


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    taken: set[int] = set()
    for made in _tables(page):
        taken.update(range(made.first - 1, made.last))
        yield made
    items = [item for item in _items(page) if item.first not in taken]
    for block in _blocks(page, items):
        made_of = _read(page, block)
        if made_of is not None:
            yield made_of


# --- what is there ------------------------------------------------------------------------------------------------


def _items(page: Paste) -> list[_Item]:
    flat = page.flat
    commands = [c for c in echo.echoes(page, NAMES, _STOP) if echo.understood(c, _arguments)]
    items = [_Item("echo", -1, command.first, command.last, command=command) for command in commands]
    for kind, pattern in _WARNINGS.items():
        for n, hit in enumerate(pattern.finditer(flat.text)):
            if n >= MOST:
                break
            values = {key: whole(value) for key, value in hit.groupdict(default="").items()}
            items.append(_Item(kind, hit.start(), flat.line(hit.start()), flat.line(hit.end() - 1), values))
    known = tables.fields(page, _KEYS)
    for field in known[: MOST * 12]:
        last = max(flat.line(field.start), flat.line(field.end - 1))
        items.append(_Item("key", field.start, flat.line(field.start), last, _value(page, field)))
    items += _booleans(page, commands)
    return sorted(items, key=lambda item: (item.first, item.start))


def _value(page: Paste, field: tables.Field) -> dict[str, str]:
    if field.key != "tcptestsucceeded":
        return {"key": field.key, "value": field.value, "other": field.readings[-1]}
    flat = page.flat
    soft_value = _SOFT_BOOLEAN.match(flat.text, field.end)
    return {"key": field.key, "value": whole(soft_value[1]) if soft_value else ""}


_SOFT_BOOLEAN = soft(r" *(True|False)(?=$| ?[#<*!(=-]| ?\u2190)")


def _booleans(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[_Item]:
    """The bare answer below a command that asked for nothing else."""
    for command in commands:
        if not _arguments_of(command).get("quiet"):
            continue
        for i in range(command.last + 1, min(command.last + 40, len(page))):
            text = page[i].strip()
            if text in ("True", "False"):
                yield _Item("bare", page.flat.starts[-1], i, i, {"value": text})
            elif not text or "failed" in text or _STOP.match(text):
                continue
            break


# --- which pieces belong together ---------------------------------------------------------------------------------


def _blocks(page: Paste, items: Sequence[_Item]) -> Iterator[list[_Item]]:
    block: list[_Item] = []
    for item in items:
        if block and _begins(page, block, item):
            yield block
            block = []
        block.append(item)
    if block:
        yield block


def _begins(page: Paste, block: Sequence[_Item], item: _Item) -> bool:
    """Whether `item` is the first of another output."""
    before = block[-1]
    if item.kind == "echo" or before.kind == "bare":
        return True
    seen = {b.values["key"] for b in block if b.kind == "key"}
    if item.kind == "key" and item.values["key"] in seen:
        return True
    if item.kind in _WARNINGS and "tcptestsucceeded" in seen | ({"tcptestsucceeded"} if before.kind == "bare" else set()):
        return True
    if item.kind == "key" and item.values["key"] == "computername" and seen:
        return True
    return _foreign(page, before, item)


def _foreign(page: Paste, before: _Item, item: _Item) -> bool:
    """Whether lines between two pieces are none of the cmdlet's."""
    between = [i for i in range(before.last + 1, item.first) if page[i].strip()]
    if not between or len(between) > 60:
        return bool(between)
    if before.kind == "key" and before.values["key"] in _MULTI:
        return False
    allowed = 3 if before.kind in ("key", *_WARNINGS) else 0
    return any(echo.is_prompt(page[i]) for i in between) or len(between) > allowed or not _adjoining(before, between)


def _adjoining(before: _Item, between: Sequence[int]) -> bool:
    return all(line == before.last + 1 + n for n, line in enumerate(between))


# --- what they say ------------------------------------------------------------------------------------------------


def _read(page: Paste, block: Sequence[_Item]) -> Output | None:
    values = {item.values["key"]: item.values["value"] for item in block if item.kind == "key"}
    bare = next((item.values["value"] for item in block if item.kind == "bare"), "")
    warned = [item for item in block if item.kind in _WARNINGS]
    if not _OWN & values.keys() and not bare and not any(item.kind != "ping" for item in warned):
        return None
    if set(values) & _OWN == {"computername"} and not warned:  # any list of computers
        return None
    command = block[0].command
    asked = _arguments_of(command)
    subject = _subject(block, values, asked, warned)
    state, why = _state(block, values, bare, asked, warned)
    span = (block[0].first, _last(page, block))
    named = {"PingSucceeded": "pingsucceeded", "SourceAddress": "sourceaddress", "InterfaceAlias": "interfacealias"}
    read = {name: values[key] for name, key in named.items() if values.get(key)}
    return output(PARSER, page.raw if isinstance(page, Paste) else page, span, subject=subject, state=state, why=why, fields=read)


def _last(page: Paste, block: Sequence[_Item]) -> int:
    final = block[-1]
    if final.kind == "key" and final.values["key"] == "tcptestsucceeded":
        hit = _SOFT_BOOLEAN.match(page.flat.text, page.flat.text.find(":", final.start) + 1)
        return page.flat.line(hit.end(1) - 1) if hit else final.last
    return final.last


def _subject(
    block: Sequence[_Item], values: dict[str, str], asked: dict[str, str], warned: Sequence[_Item]
) -> dict[str, str]:
    sure = {i.values["key"]: i.values["value"] for i in block if i.kind == "key" and i.values["value"] == i.values.get("other")}
    warnings = [item.values for item in warned if item.kind == "tcp"]
    found = about(
        sure.get("computername") or asked.get("host", "") or next((w["host"] for w in warned_names(warned)), ""),
        sure.get("remoteport") or asked.get("port", "") or next((w["port"] for w in warnings if w["port"]), ""),
        sure.get("remoteaddress") or next((w["host"] for w in warnings), ""),
    )
    return found


def warned_names(warned: Sequence[_Item]) -> list[dict[str, str]]:
    """The warnings that name the host as it was asked for, not an address of it."""
    named = [item.values for item in warned if item.kind == "name"]
    return named + [item.values for item in warned if item.kind == "tcp" and not about(item.values["host"]).get("address")]


def _state(
    block: Sequence[_Item], values: dict[str, str], bare: str, asked: dict[str, str], warned: Sequence[_Item]
) -> tuple[str, str]:
    answer = values.get("tcptestsucceeded", bare)
    kinds = {item.kind for item in warned}
    if asked.get("quiet") and bare and not asked.get("port") and "tcp" not in kinds:
        return "", ONLY_PING
    if answer == "True":
        return "connected", ""
    if "name" in kinds and "tcp" not in kinds:
        return "name-error", ""
    if answer == "False":
        return "failed", ""
    if "tcp" in kinds or "tcptestsucceeded" in values or values.get("remoteport") or asked.get("port"):
        if "tcp" in kinds and not values and _one_address(warned, asked):
            return "failed", ""
        return "", ONLY_WARNING if "tcp" in kinds and not values else CUT
    return "", ONLY_PING if "pingsucceeded" in values else CUT


def _one_address(warned: Sequence[_Item], asked: dict[str, str]) -> bool:
    """Whether the host that was asked for is an address, so that no other could have answered."""
    tried = {item.values["host"] for item in warned if item.kind == "tcp"}
    return bool(about(asked.get("host", "")).get("address")) and tried == {asked["host"]}


# --- its command line ---------------------------------------------------------------------------------------------


def _arguments_of(command: echo.Echo | None) -> dict[str, str]:
    return echo.named(command, _arguments)


_PARAMETERS = {"computername": "host", "cn": "host", "remoteaddress": "host", "port": "port", "remoteport": "port"}
_PARAMETERS |= {"commontcpport": "common", "informationlevel": "level", "hops": "", "constraininterface": ""}
_PARAMETERS |= {"warningaction": "", "erroraction": "", "constrainsourceaddress": ""}
_SWITCHES = frozenset({"traceroute", "diagnoserouting", "verbose", "detailed"})


def _arguments(reading: str) -> dict[str, str] | None:
    found: dict[str, str] = {}
    taken = iter(echo.words(reading))
    for word in taken:
        if not word.startswith("-"):
            if "host" in found:
                return None
            found["host"] = word.rstrip(")")
            continue
        name, _, value = word[1:].partition(":")
        parameter = _full(name.lower())
        if parameter is None:
            return None
        if parameter in _SWITCHES:
            continue
        value = value or next(taken, "")
        found[_PARAMETERS[parameter] or parameter] = value.split(")")[0]
    if "common" in found:
        found["port"] = COMMON_PORTS.get(found.pop("common").lower(), "")
    if found.get("port") and not port(found["port"]):
        return None
    quiet = found.get("level", "").lower() == "quiet" or _PIPED.search(reading)
    return {**{k: v for k, v in found.items() if k in ("host", "port")}, **({"quiet": "1"} if quiet else {})}


def _full(name: str) -> str | None:
    """The parameter that a name or its beginning stands for."""
    known = [*_PARAMETERS, *_SWITCHES]
    return name if name in known else next((full for full in known if name and full.startswith(name)), None)


# --- as a table ---------------------------------------------------------------------------------------------------


def _tables(page: Paste) -> Iterator[Output]:
    for table in tables.tables(page):
        if "tcptestsucceeded" not in table.columns:
            continue
        above = echo.above(page, echo.echoes(page, NAMES, _STOP), table.first)
        for n, row in enumerate(table.rows):
            values = row.values
            answer = {"True": "connected", "False": "failed"}.get(values["tcptestsucceeded"], "")
            asked = _arguments_of(above) if len(table.rows) == 1 else {}
            subject = about(
                values.get("computername") or asked.get("host", ""),
                values.get("remoteport") or asked.get("port", ""),
                values.get("remoteaddress", ""),
            )
            first = row.first if n else (above.first if above else table.first)
            yield output(PARSER, page.raw, (first, row.last), subject=subject, state=answer, why=CUT)

"""Resolve-DnsName: its tables of records and its errors.

Takes the lines of a paste, gives an `Output` per name. The message of an error is translated, its id is not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output, about, address, output
from diagnose.outputs.parsing import echo, tables
from diagnose.outputs.parsing.paste import Paste, paste, soft, squeezed
from diagnose.outputs.parsing.pieces import Piece, sentences

PARSER = "resolve-dnsname"
NAMES = ("Resolve-DnsName",)
ALIAS = "an alias alone does not tell whether the name has an address"
NEAR = 10  # lines of one error record
FAR = 60  # lines of the lists below a table
_LISTED = re.compile(
    r"\s*(?:(?P<key>Name|QueryType|TTL|Section|IP[46]Address|NameHost)\s*:\s*(?P<value>\S{0,255})\s*)?"
)

# Win32 errors 9003, 9002, 9005, 9501, 1460 as the ids and the English messages have them.
_IDS = {
    "DNS_ERROR_RCODE_NAME_ERROR": "name-error",
    "DNS_ERROR_RCODE_SERVER_FAILURE": "failed",
    "DNS_ERROR_RCODE_REFUSED": "refused",
    "DNS_INFO_NO_RECORDS": "no-data",
    "ERROR_TIMEOUT": "timeout",
    "WSAECONNREFUSED": "refused",
}
_MESSAGES = {
    "DNS name does not exist": "name-error",
    "DNS server failure": "failed",
    "DNS operation refused": "refused",
    "No records found for given DNS query": "no-data",
    "This operation returned because the timeout period expired": "timeout",
}
_SQUEEZED = {squeezed(message): state for message, state in _MESSAGES.items()}
_NAME = r"(?P<host>[\w.-]{1,255})"
_PATTERNS = {
    "message": soft(rf"[Rr]esolve-[Dd]ns[Nn]ame ?: {_NAME} ?: (?P<message>{'|'.join(_MESSAGES)})"),
    "category": soft(rf"\({_NAME}:String\) \[Resolve-DnsName\]"),
    "id": soft(rf"FullyQualifiedErrorId ?: (?P<id>{'|'.join(_IDS)}),Microsoft\.DnsClient"),
}
_PARAMETERS = {"name": "name", "type": "", "server": "", "querytype": "", "section": ""}
_SWITCHES = {"dnsonly", "nohostsfile", "cacheonly", "tcponly", "quicktimeout", "llmnronly", "norecursion"}
_STOP = re.compile(r"Resolve-DnsName ?:|Name +Type|-{3}|QueryType")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    yield from _tables(page, commands)
    record: list[Piece] = []
    for piece in sentences(page, _PATTERNS):
        if record and (piece.kind in {p.kind for p in record} or piece.first - record[0].first > NEAR):
            yield from _error(page, commands, record)
            record = []
        record.append(piece)
    yield from _error(page, commands, record)


def _asked(reading: str) -> dict[str, str] | None:
    found = echo.cmdlet(reading, _PARAMETERS, _SWITCHES)
    return None if found is None else {"host": found.get("name") or found.get("1", "")}


def _tables(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    for table in tables.tables(page):
        if not {"name", "type", "ttl", "section"} <= set(table.columns) or not table.rows:
            continue
        found = [row.values.get("ipaddress", "") for row in table.rows]
        found = [value for value in found if address(value)]
        above = echo.above(page, commands, table.first)
        asked = echo.named(above, _asked).get("host", "")
        last = table.rows[-1].last
        if "namehost" in table.columns:
            found, last = _listed(page, last)
        span = (above.first if above else table.first, last)
        state = "resolved" if found else ""
        if "namehost" not in table.columns and not found and "primaryserver" in table.columns:
            state = "no-data"  # only the authority answered
        fields = {"addresses": " ".join(found)} if found else {}
        subject = about(asked or table.rows[0].values["name"])
        yield output(PARSER, page.raw, span, subject=subject, state=state, why=ALIAS, fields=fields)


def _listed(page: Paste, last: int) -> tuple[list[str], int]:
    """The addresses of the lists below a table of aliases, and the line of the last of them."""
    found = []
    for i in range(last + 1, min(last + FAR, len(page))):
        line = _LISTED.fullmatch(page[i])
        if line is None:
            break
        if line["key"] in ("IP4Address", "IP6Address") and address(line["value"]):
            found.append(line["value"])
            last = i
    return found, last


def _error(page: Paste, commands: Sequence[echo.Echo], record: Sequence[Piece]) -> Iterator[Output]:
    states = {_IDS[squeezed(piece.get("id"))] for piece in record if piece.kind == "id"}
    states |= {_SQUEEZED[squeezed(piece.get("message"))] for piece in record if piece.kind == "message"}
    if not states:
        return
    above = echo.above(page, commands, record[0].first)
    named = next((piece.get("host") for piece in record if piece.get("host")), "") or echo.named(above, _asked).get(
        "host", ""
    )
    span = (above.first if above else record[0].first, record[-1].last)
    yield output(PARSER, page.raw, span, subject=about(named), state=states.pop() if len(states) == 1 else "")

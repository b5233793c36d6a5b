"""klist on Windows and of MIT and Heimdal Kerberos.

Takes the lines of a paste, gives an `Output` per cache: tickets are there, or none. Whether one has expired is not told,
for the time of the paste is not known.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import COMMAND, Piece, blocks, commands, sentences

PARSER = "klist"
NAMES = ("klist",)
CUT = "the output ends before the tickets"
NEAR = 25

_PATTERNS = {
    "count": soft(r"(?:Cached Tickets|Zwischengespeicherte Tickets|Tickets mis en cache) ?: ?\((?P<count>\d{1,5})\)"),
    "server": soft(r"^Server ?: (?P<server>[\w$./-]{1,200} ?@ ?[\w.-]{1,200}?)$"),
    "cache": soft(r"^(?:Ticket cache|Credentials cache|Ticketzwischenspeicher) ?: (?P<cache>\S{1,200})"),
    "principal": soft(r"^(?:Default principal|Principal|Standard-Principal) ?: (?P<principal>\S{1,200})"),
    "ticket": soft(r"^(?:\d|[A-Z][a-z][a-z] ?\d)[\d/A-Za-z :.-]{9,44} (?P<server>[\w$./-]{1,200}@[\w.-]{1,200}?)$"),
    "none": soft(r"^klist: (?:No credentials cache found|No ticket file|Credentials cache .{1,200}? not found)"),
}
_STOP = re.compile(r"Current LogonId|Ticket cache|Credentials|Cached|klist:|Aktuelle")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    pieces = [*commands(echo.echoes(page, NAMES, _STOP)), *sentences(page, _PATTERNS)]
    for block in blocks(page, pieces, NEAR, _begins):
        yield from _read(page, block)


def _begins(block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    return piece.kind in ("count", "cache", "none") and bool(kinds - {COMMAND})


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind: piece for piece in block}
    if not kinds.keys() & {"count", "cache", "none"}:
        return
    servers = [piece.get("server") for piece in block if piece.kind in ("server", "ticket")]
    fields = {"servers": " ".join("".join(server.split()) for server in servers[:100])}
    state = ""
    if "count" in kinds:
        count = int(kinds["count"].get("count"))
        state, fields["count"] = ("present" if count else "none"), str(count)
    elif "none" in kinds:
        state = "none"
    elif servers:
        state = "present"
    principal = kinds["principal"].get("principal") if "principal" in kinds else ""
    subject = {"name": principal} if principal else {}
    fields = {key: value for key, value in fields.items() if value}
    yield output(
        PARSER, page.raw, (block[0].first, block[-1].last), subject=subject, state=state, why=CUT, fields=fields
    )

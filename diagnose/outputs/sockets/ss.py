"""ss: sockets on Linux, with or without its header and its Netid column.

Takes the lines of a paste, gives an `Output` per TCP row, with the states of netstat.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import echo, rows
from diagnose.outputs.parsing.paste import Paste, paste
from diagnose.outputs.sockets.endpoints import LISTENING, OUTCOMES, Endpoint, endpoint, tcp_state
from diagnose.outputs.sockets.netstat import PASSING

PARSER = "ss"
NAMES = ("ss",)

_STATES = r"(?:ESTAB|LISTEN|SYN-SENT|SYN-RECV|TIME-WAIT|CLOSE-WAIT|FIN-WAIT-[12]|LAST-ACK|CLOSING|UNCONN)"
_ROW = re.compile(rf"\s*(?:(?P<kind>tcp|udp|u_\w+|nl|raw|p_\w+|v_\w+|icmp6?|sctp|mptcp)\s+)?{_STATES}\s+\d+\s+\d+\s")
_HEADER = re.compile(r"\s*(?:Netid\s+)?State\s+Recv-Q")
_PROCESS = re.compile(r'users:\(\("([^"]{1,64})",pid=(\d{1,7})')
_STOP = re.compile(r"(?:Netid|State) |tcp |udp |ESTAB|LISTEN|SYN-|TIME-|CLOSE|FIN-|UNCONN")


class _Row(Struct, frozen=True):
    state: str
    raw: str
    local: Endpoint
    peer: Endpoint
    words: tuple[str, str]
    process: tuple[str, str] = ("", "")
    sure: bool = True

    @property
    def key(self) -> tuple[str, ...]:
        return (self.raw, *self.words)


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    for span, row in rows.under(page, commands, _HEADER, _begins, _parse):
        yield _output(page, span, row)


def _begins(line: str) -> bool:
    return _ROW.match(line) is not None


def _parse(line: str) -> _Row | None:
    """A complete TCP row; a port is followed by blanks or the end, so a cut one cannot be told from a whole one."""
    found = _ROW.match(line)
    if found is None or found["kind"] not in (None, "tcp", "mptcp"):
        return None
    words = line.split()[1 if found["kind"] else 0 :]
    if len(words) < 5 or words[0] == "UNCONN":
        return None
    local, peer = endpoint(words[3]), endpoint(words[4])
    if local is None or peer is None or not all(_fits(word) for word in words[5:]):
        return None
    process = _PROCESS.search(line)
    named = (process[1], process[2]) if process else ("", "")
    return _Row(tcp_state(words[0], peer), words[0], local, peer, (words[3], words[4]), named)


def _fits(word: str) -> bool:
    """Whether a word may stand after the endpoints: `users:((...))`, `timer:(...)`, `ino:1`, options of -i."""
    return ":" in word or "(" in word or ")" in word or "<->" in word or word.isalpha()


def _output(page: Paste, span: tuple[int, int], row: _Row) -> Output:
    subject = (row.local if row.state == LISTENING else row.peer).subject()
    fields = {"proto": "tcp", "local": row.words[0], "foreign": row.words[1], "raw_state": row.raw}
    if row.process[0]:
        fields |= {"program": row.process[0], "pid": row.process[1]}
    why = PASSING.format(row.raw)
    return output(PARSER, page.raw, span, subject=subject, state=OUTCOMES.get(row.state, ""), why=why, fields=fields)

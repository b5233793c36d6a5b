"""netstat on Windows, Linux, macOS and BSD, with or without its header, in any language.

Takes the lines of a paste, gives an `Output` per TCP row, at most 10,000. SYN_SENT means that nothing answers, so it is
`timeout` for the peer; ESTABLISHED is `connected`, LISTENING is `listening` on the local port; the others do not tell
whether the peer can be reached now.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from diagnose.outputs.base import MOST, Output, output
from diagnose.outputs.parsing import echo, rows
from diagnose.outputs.parsing.paste import Paste, paste
from diagnose.outputs.sockets.endpoints import LISTENING, OUTCOMES, Endpoint, endpoint, tcp_state

PARSER = "netstat"
NAMES = ("netstat",)
_ROW = re.compile(r"\s*(?P<proto>tcp(?:4|6|46)?|udp\w{0,4})\s", re.IGNORECASE)
_HEADER = re.compile(r"\s*(?:Proto\b|プロトコル|协议|協定|프로토콜|Прото)", re.IGNORECASE)
_TITLE = re.compile(r"[^\d:>$#\\/]{3,60}:?")
_PID = re.compile(r"\d{1,7}")
_WORD = re.compile(r"[^\W\d](?:[\w'’-]|\ufffd)*")
_STOP = re.compile(r"Active |[^\s:]+ [^\s:]+$|Proto|TCP|tcp|UDP|udp")
_EXTRA = frozenset({"InHost", "Offloaded", "Offloading", "Uploading"})  # netstat -t on Windows

CUT = "the row is cut before its state"
PASSING = "a connection in state {} does not tell whether the peer can be reached now"


class _Row(Struct, frozen=True):
    proto: str
    local: Endpoint
    peer: Endpoint
    words: tuple[str, str]  # as printed
    raw: str
    state: str
    pid: str = ""
    program: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        return (*self.words, self.state)

    @property
    def sure(self) -> bool:
        return bool(self.state)


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    told = bool(commands) or any(map(_HEADER.match, page.lines))  # that these are rows, whatever their states are
    after = -1
    for count, (first, last, row) in enumerate(_rows(page)):
        if count >= MOST:
            return
        told = told or (row is not None and bool(row.state))
        if told and (row is not None or _cut(page[first])):
            head = _head(page, commands, first) if after < 0 or _between(page, after, first) else first
            yield _output(page, head, last, row)
            after = last


def _rows(page: Paste) -> Iterator[tuple[int, int, _Row | None]]:
    """First and last line of every row of TCP, with what it says if it is whole."""
    i = 0
    while i < len(page):
        found = _ROW.match(page[i])
        last = i
        if found and found["proto"][0] in "tT":
            row, last = rows.read(page, i, _begins, _parse)
            yield i, last, row
        i = last + 1


def _begins(line: str) -> bool:
    return _ROW.match(line) is not None


def _between(page: Paste, after: int, line: int) -> bool:
    """Whether a header stands between two rows."""
    return any(_HEADER.match(page[i]) for i in range(max(after + 1, line - 8), line))


def _head(page: Paste, commands: Sequence[echo.Echo], line: int) -> int:
    """The line of the command, title or header above the first row."""
    first = line
    header = next((i for i in range(line - 1, max(-1, line - 5), -1) if _HEADER.match(page[i])), -1)
    if header >= 0:
        first = header
        title = next((i for i in range(header - 1, max(-1, header - 3), -1) if page[i].strip()), -1)
        if title >= 0 and _TITLE.fullmatch(page[title].strip()):
            first = title
    above = echo.above(page, commands, first)
    return above.first if above else first


def _cut(line: str) -> bool:
    words = line.split()
    return len(words) > 1 and any(endpoint(word) is not None for word in words[1:4])


# --- a row --------------------------------------------------------------------------------------------------------


def _parse(line: str) -> _Row | None:
    """A complete row: protocol, two endpoints, a state, and nothing that does not belong there."""
    words = line.split()
    unix = len(words) > 4 and words[1].isdigit() and words[2].isdigit()
    rest = words[3:] if unix else words[1:]
    if len(rest) < 3:
        return None
    dotted = words[0].lower() in ("tcp4", "tcp46")
    local, peer = endpoint(rest[0], dotted), endpoint(rest[1], dotted)
    if local is None or peer is None:
        return None
    for length in (1, 2):
        raw, tail = " ".join(rest[2 : 2 + length]), rest[2 + length :]
        state = tcp_state(raw, peer)
        if raw and (state or _unknown(rest[2:], length)) and _fits(tail, unix):
            pid, _, program = tail[0].partition("/") if tail else ("", "", "")
            pid = pid if _PID.fullmatch(pid) else ""
            return _Row(words[0].lower(), local, peer, (rest[0], rest[1]), raw, state, pid, program)
    return None


def _unknown(rest: Sequence[str], length: int) -> bool:
    """Whether the words after the endpoints are a state in a language that is not known here: a word and an id."""
    whole = all(_WORD.fullmatch(word) for word in rest[:length])
    return whole and len(rest) == length + 1 and bool(_PID.fullmatch(rest[length]))


def _fits(tail: Sequence[str], unix: bool) -> bool:
    if unix:
        return True
    return len(tail) <= 2 and all(_PID.fullmatch(word) or word in _EXTRA for word in tail)


def _output(page: Paste, first: int, last: int, row: _Row | None) -> Output:
    if row is None:
        return output(PARSER, page.raw, (first, last), subject={}, why=CUT)
    subject = (row.local if row.state == LISTENING else row.peer).subject()
    fields = {"proto": row.proto, "local": row.words[0], "foreign": row.words[1], "raw_state": row.raw}
    fields |= {key: value for key, value in (("pid", row.pid), ("program", row.program)) if value}
    why = PASSING.format(row.raw)
    state = OUTCOMES.get(row.state, "")
    return output(PARSER, page.raw, (first, last), subject=subject, state=state, why=why, fields=fields)

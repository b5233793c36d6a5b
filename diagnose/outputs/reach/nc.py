"""nc in its kinds: OpenBSD, macOS, traditional, BusyBox, and Ncat.

Takes the lines of a paste, gives an `Output` per host and port. Each kind names the error; one that tries the addresses
of a host in turn prints a line for each, and an open one decides. UDP "succeeded" means only that no error came back.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output, about, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, runs, sentences

PARSER = "nc"
NAMES = ("nc", "ncat", "netcat")

_HOST = r"(?P<host>[\w.:%-]{1,255})"
_AT = r"(?: \((?P<address>[\w.:%]{2,60})\))?"
_PORT = r"(?P<port>\d{1,5})"
_TRADITIONAL = (
    rf"^(?:\(UNKNOWN\)|(?P<host>[\w.%-]{{1,255}})) \[(?P<address>[\w.:%]{{2,60}})\] {_PORT} \([\w?./+-]{{1,40}}\) "
)
_PATTERNS = {
    "open": soft(rf"Connection to {_HOST}{_AT} (?:port )?{_PORT} (?:port )?\[tcp/[^\]\n\r]{{1,40}}\] succeeded"),
    "udp": soft(rf"Connection to {_HOST}{_AT} (?:port )?{_PORT} (?:port )?\[udp/[^\]\n\r]{{1,40}}\] succeeded"),
    "error": soft(rf"nc: connectx? to {_HOST}{_AT} port {_PORT} \(tcp\) failed: "),
    "late": soft(rf"nc: connectx? to {_HOST}{_AT} port {_PORT} \(tcp\) timed out: Operation now in progress"),
    "name": soft(rf'nc: getaddrinfo(?: for host "{_HOST}" port (?P<port>[\w-]{{1,30}}))?: '),
    "open-old": soft(_TRADITIONAL + "open"),
    "error-old": soft(_TRADITIONAL + ": "),
    "name-old": soft(r"^(?P<host>[\w.%-]{1,255}): forward host lookup failed: (?=[UH])"),
    "open-ncat": soft(r"Ncat: Connected to (?P<address>[\w.:%]{2,60}?):(?P<port>\d{1,5})\."),
    "next-ncat": soft(r"Ncat: Connection to (?P<address>[\w.:%]{2,60}) failed: "),
    "name-ncat": soft(rf'Ncat: Could not resolve hostname "{_HOST}": '),
    "error-ncat": soft(r"Ncat: (?=Connection (?:refused|timed|reset)|TIMEOUT|No route|Network|Host)"),
    "open-busybox": soft(rf"^{_HOST} \((?P<address>[\w.:%]{{2,60}}?):(?P<port>\d{{1,5}})\) open$"),
    "error-busybox": soft(r"nc: can't connect to remote host(?: \((?P<address>[\w.:%]{2,60})\))?: "),
    "noise": soft(r"^Ncat: (?:Version|Trying next address)"),
    "name-busybox": soft(r"nc: bad address '(?P<host>[\w.%-]{1,255})'"),
}
_ERRORS = ("error", "name", "error-old", "name-old", "next-ncat", "name-ncat", "error-ncat", "error-busybox")
_STOP = re.compile(r"nc: |Ncat: |Connection to |\(UNKNOWN\)|[\w.-]+ \[|[\w.-]+: forward|\w+\.\w+ \(")

OTHERS = "another address of the host may have answered"
MIXED = "the addresses of the host answered differently"
UDP = "UDP has no connection: nothing is known"


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [c for c in echo.echoes(page, NAMES, _STOP) if echo.understood(c, _asked)]
    for block in runs(page, [*commands(calls), *sentences(page, _PATTERNS, _ERRORS)], _begins):
        if {piece.kind for piece in block} - {COMMAND, "noise"}:
            yield _read(page, block)


def _asked(reading: str) -> dict[str, str] | None:
    words = echo.words(reading)
    letters = "".join(word for word in words if word.startswith("-") and not word.startswith("--"))
    if "l" in letters:
        return None
    found = echo.host_port(reading, valued="wpsixXPqTGOIMe")
    if found is None and len(words) >= 2 and words[-1].replace("-", "").isdigit():
        found = echo.host_port(" ".join(words[:-1]), valued="wpsixXPqTGOIMe")  # a range of ports
    return found


def _begins(block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    """A line about another port or host is another output; Ncat's lines after an error are the next address."""
    said = [b for b in block if b.kind not in (COMMAND, "noise")]
    if not said or piece.kind == "noise":
        return piece.kind == "noise" and bool(said) and said[-1].kind != "next-ncat"
    before = said[-1]
    if before.kind == "next-ncat" and piece.kind in ("error-ncat", "next-ncat", "open-ncat"):
        return False
    if not _is_open(piece) and piece.kind not in ("error", "late", "error-old"):
        return True
    same_host = not (piece.get("host") and before.get("host")) or piece.get("host") == before.get("host")
    return _is_open(before) or not same_host or piece.get("port") != before.get("port")


def _is_open(piece: Piece) -> bool:
    return piece.kind.startswith("open")


def _read(page: Paste, block: list[Piece]) -> Output:
    asked = echo.named(block[0].command, _asked)
    said = [piece for piece in block if piece.kind not in (COMMAND, "noise")]
    name = next((p.get("host") for p in said if p.get("host")), "") or asked.get("host", "")
    number = next((p.get("port") for p in said if p.get("port").isdigit()), "") or asked.get("port", "")
    at = next((p.get("address") for p in reversed(said) if p.get("address")), "")
    state, why = _state(said, name)
    return output(
        PARSER, page.raw, (block[0].first, block[-1].last), subject=about(name, number, at), state=state, why=why
    )


def _state(said: Sequence[Piece], name: str) -> tuple[str, str]:
    last = said[-1]
    if any(map(_is_open, said)):
        return "connected", ""
    if last.kind == "udp":
        return "", UDP
    if last.kind == "name-busybox":
        return "name-error", ""
    if last.kind == "next-ncat":
        return "", OTHERS
    if last.kind.startswith("name"):
        return ("name-error", "") if last.error == "name-error" else ("", "")
    errors = {piece.get("address"): "timeout" if piece.kind == "late" else piece.error for piece in said}
    if any(":" not in address for address in errors):
        errors = {a: error for a, error in errors.items() if ":" not in a or error != "unreachable"}
    states = set(errors.values())
    if len(states) > 1:
        return "", MIXED
    if set(errors) == {last.get("address")} and ":" in last.get("address") and last.get("address") != name:
        return "", OTHERS
    return states.pop(), ""

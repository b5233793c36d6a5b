"""telnet on Windows, Linux and macOS.

Takes the lines of a paste, gives an `Output` per attempt. Windows says only that it failed, in its own language, and
clears the screen when it connects; the others name the error for every address that they try.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output, about, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft, whole
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, runs, sentences

PARSER = "telnet"
NAMES = ("telnet",)

# What telnet.exe says in its languages before the port and the reason.
_FAILED = (
    "Could not open connection to the host",
    "Es konnte keine Verbindung mit dem Host hergestellt werden",
    "Impossible d'ouvrir une connexion à l'hôte",
    "No se puede abrir la conexión al host",
    "无法打开到主机的连接",
    "無法開啟到主機的連線",
    "ホストへ接続できませんでした",
)
_HOST = r"(?P<host>[\w.:%-]{1,255}?)"
_AT = r"(?P<address>[\w.:%]{2,60}?)"
_PATTERNS = {
    "connecting": soft(rf"Connecting To {_HOST}\.\.\."),
    "trying": soft(rf"^Trying {_AT}\.\.\.$"),
    "connected": soft(rf"^Connected to {_HOST}\.?$"),
    "escape": soft(r"^Escape character is "),
    "closed": soft(r"^Connection closed by foreign host"),
    "lost": soft(r"^Connection to host lost"),
    "address": soft(rf"telnet: connect to address {_AT} ?: "),
    "remote": soft(r"telnet: Unable to connect to remote host ?: "),
    "ended": soft(r"telnet: Unable to connect to remote host$"),
    "name": soft(r"telnet: could not resolve (?P<host>[\w.:%-]{1,255}?)/(?P<port>[\w-]{1,30}) ?: "),
    "lookup": soft(r"Server lookup failure: (?P<host>[\w.%-]{1,255}):(?P<port>[\w-]{1,30}), "),
    "unknown": soft(rf"^telnet: {_HOST} ?: "),
}
_PATTERNS |= {
    f"failed{n}": soft(re.escape(wording).replace(r"\ ", " ") + r"[^\d\n]{0,30}?(?P<port>\d{1,5}) ?:")
    for n, wording in enumerate(_FAILED)
}
_ERRORS = ("address", "remote", "name", "lookup", "unknown")
_NAME_ERRORS = ("name", "lookup", "unknown")
_FINAL = frozenset(
    {"connected", "remote", "ended", "failed", "lost", *_NAME_ERRORS}
)  # after it, no other address is tried
_SWAPPED = frozenset({"remote", "ended"})  # on another stream than `Trying`, so either may come first
_SURE = frozenset({"connecting", "trying", "address", "remote", "failed", *_NAME_ERRORS})  # said by no other program
_TARGET = soft(r"(?<![\w.:%-])(?:zu (?P<german>[\w.:%-]{1,255}) wird hergestellt|(?P<host>[\w.:%-]{1,255}?))\.\.\. ?$")
_STOP = re.compile(r"Trying |Connect|telnet:|Could not|Server lookup|[^\s.]+ [\w.:-]+\.\.\.|Escape")

PENDING = "no answer is shown yet"
OTHERS = "another address of the host may have answered"
MIXED = "the addresses of the host answered differently"


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [c for c in echo.echoes(page, NAMES, _STOP) if echo.understood(c, _asked)]
    for block in runs(page, [*commands(calls), *_sentences(page)], _begins):
        made = _read(page, block)
        if made is not None:
            yield made


def _asked(reading: str) -> dict[str, str] | None:
    found = echo.host_port(reading, valued="elnbX")
    return {"port": "23", **found} if found else None


def _sentences(page: Paste) -> Iterator[Piece]:
    for piece in sentences(page, _PATTERNS, _ERRORS):
        if piece.kind.startswith("failed"):
            yield _with_target(page, piece)
        elif piece.kind not in _NAME_ERRORS or piece.error == "name-error":
            yield piece


def _with_target(page: Paste, piece: Piece) -> Piece:
    """The failure with the host that stands before it (`Connecting To fe02...`), if one does."""
    flat = page.flat
    target = _TARGET.search(flat.text, max(0, piece.at - 300), piece.at)
    if target is None:
        return Piece("failed", piece.first, piece.last, piece.at, piece.values)
    values = {**piece.values, "host": whole(target["german"] or target["host"])}
    return Piece("failed", flat.line(target.start()), piece.last, target.start(), values)


def _begins(block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    if piece.kind == "connecting":
        return kinds != {COMMAND}
    if piece.kind == "trying" and _SWAPPED & kinds and "trying" not in kinds:
        return False
    return piece.kind in ("trying", "failed", *_NAME_ERRORS) and bool(kinds & _FINAL)


def _read(page: Paste, block: list[Piece]) -> Output | None:
    kinds = {piece.kind for piece in block}
    if not kinds & _SURE and not (COMMAND in kinds and kinds & {"connected", "lost"}):
        return None
    asked = echo.named(block[0].command, _asked)
    said = {key: next((p.get(key) for p in block if p.get(key)), "") for key in ("host", "port")}
    tried = [piece.get("address") for piece in block if piece.kind in ("trying", "address") and not _is_swapped(block)]
    subject = about(asked.get("host") or said["host"], asked.get("port") or said["port"], tried[-1] if tried else "")
    state, why = _state(block, asked.get("host", ""))
    return output(PARSER, page.raw, (block[0].first, block[-1].last), subject=subject, state=state, why=why)


def _state(block: list[Piece], host: str) -> tuple[str, str]:
    kinds = {piece.kind for piece in block}
    if kinds & {"connected", "lost"}:
        return "connected", ""
    if "failed" in kinds:
        return "failed", ""
    if kinds & set(_NAME_ERRORS):
        return "name-error", ""
    if _is_swapped(block):
        return next((piece.error for piece in block if piece.kind == "remote"), ""), ""
    if block[-1].kind in ("trying", "connecting", "escape", "closed"):
        return "", PENDING
    return _of_addresses(block, host)


def _is_swapped(block: Sequence[Piece]) -> bool:
    """Whether the error stands before the only attempt: then nothing tells that it belongs to that address."""
    kinds = [piece.kind for piece in block if piece.kind != COMMAND]
    return kinds[-1:] == ["trying"] and kinds[0] in _SWAPPED


def _of_addresses(block: list[Piece], host: str) -> tuple[str, str]:
    """The state that the addresses tried have in common; that IPv6 is not routed here says nothing about the port."""
    results: dict[str, str] = {}
    address = ""
    for piece in block:
        address = piece.get("address") or address  # of the one that is tried
        if piece.kind in ("address", "remote"):
            results[address] = piece.error
    over_ipv4 = {address: error for address, error in results.items() if ":" not in address}
    if over_ipv4:
        results = over_ipv4 | {a: error for a, error in results.items() if error != "unreachable"}
    states = set(results.values())
    if len(states) != 1 or address not in results:
        return "", MIXED
    unrouted = states == {"unreachable"} and not over_ipv4
    if (block[-1].kind == "address" or unrouted) and ":" in address and host != address:
        return "", OTHERS
    return states.pop(), ""

"""nslookup on Windows, Linux and macOS.

Takes the lines of a paste, gives an `Output` per name looked up. Windows translates most words, but not the reason at the
end of an error line (`Non-existent domain`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from diagnose.outputs.base import Output, about, address, host, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft, squeezed
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, groups, sentences

PARSER = "nslookup"
NAMES = ("nslookup",)
NEAR = 40  # addresses of one name
CUT = "the output ends before the answer"

_REASONS = {
    "Non-existent domain": "name-error",
    "NXDOMAIN": "name-error",
    "Server failed": "failed",
    "SERVFAIL": "failed",
    "Query refused": "refused",
    "REFUSED": "refused",
    "No response from server": "timeout",
    "No answer": "no-data",
    "No address": "no-data",
    "No records": "no-data",
}
_SQUEEZED = {squeezed(reason): state for reason, state in _REASONS.items()}
_REASON = "|".join(_REASONS)
_NAME = r"(?P<host>[\w.-]{1,255}?)"
_PATTERNS = {
    "server": soft(r"^(?:Server|Serveur|Servidor|DNS request timed out|サーバー|服务器)(?: ?: |\.$)"),
    "name": soft(rf"^(?:Name|Nom|Nombre|Nome|名前|名称) ?: {_NAME}(?=[ ]|$)"),
    "address": soft(
        r"^(?:Address|Addresses|Adresse|Direcci.n|Direcciones) ?: (?P<address>[\da-fA-F.:%]{2,60}?)(?=[ #]|$)"
    ),
    "reason": soft(rf"^\*\*\*? ?.{{1,300}}?: (?P<reason>{_REASON})(?=[ .(]|$)"),
    "unknown": soft(rf"^\*\*\* .{{1,260}}? can't find {_NAME}: (?=No|Se|Qu)"),
    "linux": soft(rf"^\*\* server can't find {_NAME}: "),
    "late": soft(r"^\*\*\* .{1,300}?(?:timed-out|Timeout)(?=[ .]|$)"),
    "unreached": soft(r"^;; (?:connection timed out; )?no servers could be reached"),
}
_STOP = re.compile(r"\*\*|Server|Serveur|Servidor|Address|Name|Non-auth|DNS request|;;|.{0,10}:$")
_ADDRESS = re.compile(r"[\da-fA-F.:%]{2,60}")
# What tells an output of nslookup from another list of names and addresses.
_MARKS = (
    *({"server", "address"}, {"server", COMMAND}, {"name", COMMAND}, {"unreached", COMMAND}),
    *({"reason"}, {"late"}),
)
_DECIDES = frozenset({"reason", "late", "unreached"})


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    for block in groups([*commands(calls), *sentences(page, _PATTERNS)], partial(_begins, page)):
        kinds = {piece.kind for piece in block}
        if any(marks <= kinds for marks in _MARKS):
            yield _read(page, block)


def _asked(reading: str) -> dict[str, str] | None:
    words = [word for word in echo.words(reading) if not word.startswith("-")]
    return {"host": words[0]} if 1 <= len(words) <= 2 and host(words[0]) else None


def _begins(page: Paste, block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    """Whether a piece is the first of another answer, or a line before it belongs to none."""
    if piece.kind == "server" and kinds & (_DECIDES | {"name"}):
        return True
    if kinds & _DECIDES and piece.kind not in ("unknown", "linux", "reason"):
        return True
    between = range(block[-1].last + 1, piece.first)
    return len(between) > NEAR or any(not _belongs(page[i].strip()) or echo.is_prompt(page[i]) for i in between)


def _belongs(line: str) -> bool:
    """Whether a line is a heading, another address, or a part of these pieces."""
    if not line or (line.endswith(":") and len(line) < 60) or _ADDRESS.fullmatch(line):
        return True
    return line.startswith(("timeout was", "Aliases:", ">", ";;")) or "canonical name" in line


def _read(page: Paste, block: Sequence[Piece]) -> Output:
    named = next((piece.get("host") for piece in reversed(block) if piece.get("host")), "")
    asked = echo.named(block[0].command, _asked).get("host", "")
    addresses = [piece.get("address") for piece in _after_name(block) if address(piece.get("address"))]
    last = _last(page, block[-1]) if addresses else block[-1].last
    fields = {"addresses": " ".join(addresses)} if addresses else {}
    subject = about(asked or named)
    return output(
        PARSER,
        page.raw,
        (block[0].first, last),
        subject=subject,
        state=_state(block, addresses),
        why=CUT,
        fields=fields,
    )


def _after_name(block: Sequence[Piece]) -> list[Piece]:
    at = next((i for i, piece in enumerate(block) if piece.kind == "name"), len(block))
    return [piece for piece in block[at:] if piece.kind == "address"]


def _last(page: Paste, piece: Piece) -> int:
    """The last of the bare addresses below an address."""
    last = piece.last
    while last + 1 < len(page) and _ADDRESS.fullmatch(page[last + 1].strip()):
        last += 1
    return last


def _state(block: Sequence[Piece], addresses: Sequence[str]) -> str:
    if addresses:
        return "resolved"
    reasons = {_SQUEEZED[squeezed(piece.get("reason"))] for piece in block if piece.kind == "reason"}
    if reasons:
        return reasons.pop() if len(reasons) == 1 else ""
    return "timeout" if {piece.kind for piece in block} & {"late", "unreached"} else ""

"""openssl s_client: whether a connection came about, and what became of the certificate.

Takes the lines of a paste, gives an `Output` per connection. `Verify return code: 0 (ok)` is printed without any
certificate too, so it counts only where one was sent.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from diagnose.outputs.base import Output, about, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft, squeezed
from diagnose.outputs.parsing.pieces import COMMAND, Piece, blocks, commands, sentences

PARSER = "openssl-s-client"
NAMES = ("openssl",)
CUT = "the output ends before the verify return code"
NOT_NAMED = "the certificate is trusted; whether it is for this name was not verified (-verify_hostname)"
NEAR = 400  # lines of certificates between two pieces

_PATTERNS = {
    "begin": soft(r"^CONNECTED\([\da-fA-F]{1,8}\)"),
    "errno": soft(r"connect:errno=(?P<errno>\d{1,5})"),
    "reason": soft(r":BIO_(?:connect|lookup_ex|lookup):(?:system lib:[\w./-]{1,80}:\d{1,5}:)?(?=[A-Z])"),
    "code": soft(r"Verify return code: (?P<code>\d{1,3}) \((?P<text>[^)\n\r]{1,120})\)"),
    "none": soft(r"^no peer certificate available"),
    "established": soft(r"^CONNECTION ESTABLISHED$"),
    "peer": soft(r"^Peer certificate: .{0,300}?CN ?= ?(?P<name>[\w.*-]{1,253}?)(?=[ ,/]|Hash used|Signature|$)"),
    "peername": soft(r"^Verified peername: (?P<name>[\w.*-]{1,253}?)$"),
    "verification": soft(r"^Verification: (?P<text>OK)$"),
    "fault": soft(
        r"^verify error:num=(?P<code>\d{1,3}):(?P<text>.{1,120}?)(?=notAfter=|notBefore=|verify return|depth=|$)"
    ),
    "subject": soft(r"^subject ?=.{0,300}?CN ?= ?(?P<name>[\w.*-]{1,253}?)(?=[ ,/]|$)"),
}
# X509_V_ERR_*: not yet valid, expired, self-signed, unknown issuer, revoked, name mismatch. The text must agree.
_CODES = {
    0: "ok",
    10: "expired",
    62: "name-mismatch",
    **dict.fromkeys((2, 9, 18, 19, 20, 21, 23, 24, 26, 27), "untrusted"),
}
_TEXTS = {"ok": "ok", "certificatehasexpired": "expired", "hostnamemismatch": "name-mismatch"}
# Linux, macOS, Windows
_ERRNO = {
    **dict.fromkeys((111, 61, 10061), "refused"),
    **dict.fromkeys((110, 60, 10060), "timeout"),
    **dict.fromkeys((113, 101, 65, 51, 10065, 10051), "unreachable"),
}
_STOP = re.compile(r"CONNECTED|depth=|connect|[0-9A-F]{8,}:|BIO_|verify|---")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    said = sentences(page, _PATTERNS, ("reason",))
    for block in blocks(page, [*commands(calls), *said], NEAR, _begins):
        yield from _read(page, block)


def _begins(block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    return piece.kind == "begin" and bool(kinds - {COMMAND, "fault"})  # faults stand on another stream


def _asked(reading: str) -> dict[str, str] | None:
    words = echo.words(reading)
    if "s_client" not in words:
        return None
    options = dict(pairwise(words))
    name, _, number = options.get("-connect", "").rpartition(":")
    name, number = name or options.get("-host", ""), number or options.get("-port", "")
    return {"host": name, "port": number, "server_name": options.get("-servername", "")}


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind for piece in block}
    if not kinds & {"begin", "errno", "code", "established"} and not (COMMAND in kinds and kinds & {"reason", "fault"}):
        return
    asked = echo.named(block[0].command, _asked)
    names = [piece.get("name") for piece in block if piece.kind in ("subject", "peer")]
    code = next((piece for piece in reversed(block) if piece.kind == "code"), None)
    fields = {"certificate": names[0]} if names else {}
    if code is not None:
        fields |= {"verify_code": code.get("code"), "verify_text": " ".join(code.get("text").split())}
    subject = about(asked.get("host", ""), asked.get("port", ""))
    span = (block[0].first, block[-1].last)
    state, why = _state(block, bool(names)), CUT
    wanted = asked.get("server_name") or asked.get("host", "")
    if state == "ok" and wanted and not _named(block, wanted):
        state, why = "", NOT_NAMED
    yield output(PARSER, page.raw, span, subject=subject, state=state, why=why, fields=fields)


def _named(block: Sequence[Piece], wanted: str) -> bool:
    """Whether the name was verified, or is the one in the certificate: openssl does not look at it unless it is told to."""
    names = {piece.get("name").lower() for piece in block if piece.kind in ("subject", "peer", "peername")}
    return bool({wanted.lower(), "*." + wanted.lower().partition(".")[2]} & names)


def _state(block: Sequence[Piece], certificate: bool) -> str:
    kinds = {piece.kind for piece in block}
    if "errno" in kinds or ("reason" in kinds and "begin" not in kinds):
        states = {_ERRNO.get(int(piece.get("errno")), "") for piece in block if piece.kind == "errno"}
        states = (states - {""}) or {piece.error for piece in block if piece.kind == "reason"}
        return states.pop() if len(states) == 1 else ""
    if "none" in kinds and "fault" not in kinds:
        return "tls-error"
    results = {_verified(piece) for piece in block if piece.kind == ("code" if "code" in kinds else "fault")}
    if {"established", "peer", "verification"} <= kinds:
        results.add("ok")
    return results.pop() if len(results) == 1 and (certificate or "fault" in kinds) else ""


def _verified(piece: Piece) -> str:
    state = _CODES.get(int(piece.get("code")), "")
    said = _TEXTS.get(squeezed(piece.get("text")).lower(), "untrusted")
    return state if state == said else ""

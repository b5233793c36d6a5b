"""curl, with and without -v and -I.

Takes the lines of a paste, gives an `Output` per request. An HTTP answer, whatever its status, is `connected`. Error 7
without -v does not say why, so it is `failed`; error 28 is `timeout` only where no connection came about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial
from urllib.parse import urlsplit

from diagnose.outputs.base import Output, about, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing import socket_errors as sockets
from diagnose.outputs.parsing.echo import is_prompt
from diagnose.outputs.parsing.paste import Paste, full, paste, soft, squeezed
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, groups, sentences

PARSER = "curl"
NAMES = ("curl",)
OTHER = "curl's error {} says nothing about the connection"
CUT = "the output ends before an answer or an error"
NEAR = 60  # lines of one exchange without a line of its own

_PATTERNS = {
    "error": soft(r"curl: \((?P<code>\d{1,3})\) "),
    "trying": soft(r"^\* Trying (?P<address>[\da-fA-F.:\[\]]{2,60}?)(?::(?P<port>\d{1,5}))?\.\.\."),
    "connected": soft(
        r"^\* Connected to (?P<host>[\w.-]{1,255}) \((?P<address>[\da-fA-F.:]{2,60})\) port (?P<port>\d{1,5})"
    ),
    "refused": soft(
        r"^\* connect to (?P<address>[\da-fA-F.:]{2,60}) port (?P<port>\d{1,5}) (?:from .{1,80}? )?failed: "
    ),
    "immediate": soft(r"^\* Immediate connect fail for (?P<address>[\da-fA-F.:]{2,60}) ?: "),
    "late": soft(r"^\* Connection time(?:d )?out after \d{1,9} m"),
    "status": soft(r"^<? ?HTTP/(?:1\.[01]|2|3)(?:\.0)? (?P<status>[1-5]\d\d)(?=[ ]|$)"),
    "header": soft(r"^<? ?(?:[dD]ate|[sS]erver|[cC]ontent-[tT]ype|[cC]ontent-[lL]ength|[lL]ocation|[cC]onnection) ?: "),
    "failed": soft(r"Failed to connect to (?P<host>[\w.-]{1,255}) port (?P<port>\d{1,5})"),
    "unresolved": soft(r"Could not resolve host: (?P<host>[\w.-]{1,255})"),
}
_TLS = {35, 51, 53, 54, 58, 59, 60, 64, 66, 77, 80, 82, 83, 90, 91, 98}
MOST_LINES = 5  # of one error message
_STATES = {5: "name-error", 6: "name-error", 7: "failed", 22: "connected", 52: "no-response"}
_STATES |= dict.fromkeys(_TLS, "tls-error")
# A word that the message of an error has (lib/strerror.c and its own), so that a damaged number is not believed.
_WORDS = {5: "resolve", 6: "resolve", 7: "connect", 22: "returnederror", 28: "time", 52: "emptyreply"}
_CERTIFICATE = (
    (re.compile(r"certificatehasexpired|CERT_E_EXPIRED|SEC_E_CERT_EXPIRED"), "expired"),
    (re.compile(r"self.?signed|unabletoget(?:local)?issuer|UNTRUSTED_ROOT|nottrusted"), "untrusted"),
    (re.compile(r"noalternativecertificatesubject|doesnotmatchtargethost|WRONG_PRINCIPAL"), "name-mismatch"),
)
_LATE = re.compile(r"Connectiontimedout|Connectiontimeout|Failedtoconnect|connecttimeout|Timeoutwasreached")
_NO_RESPONSE = re.compile(r"Operation(?:timedout|tooslow)")
_VALUED = frozenset(
    (
        *("-o", "-u", "-H", "-d", "-X", "-m", "-A", "-e", "-b", "-c", "-x", "-w", "-T", "-E", "--max-time", "--url"),
        *("--connect-timeout", "--header", "--data", "--resolve", "--request", "--user", "--output", "--cacert"),
        *("--cert", "--key", "--proxy", "--retry", "--data-raw", "--interface", "--user-agent", "--write-out"),
    )
)
# Lines of curl between those above: -v, headers, the meter of the progress.
_OWN = re.compile(r"\s*(?:$|[*<>{}]|[\w-]{2,40}: |% Total|Dload|\d+ +[\d.kMG]+ +\d+ |[\d.:kMG -]+$)")
_STOP = re.compile(r"\*|curl: |HTTP/|<|>|%")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    said = sentences(page, _PATTERNS, ("refused", "immediate"))
    for block in groups([*commands(calls), *said], partial(_begins, page)):
        yield from _read(page, block)


def _begins(page: Paste, block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    """Whether another request begins: after an error comes nothing but its own words, and no prose within one."""
    between = range(block[-1].last + 1, piece.first)
    if "error" in kinds and piece.kind not in ("failed", "unresolved"):
        return True
    return len(between) > NEAR or any(not _is_own(page, i) for i in between)


def _is_own(page: Paste, line: int) -> bool:
    wrapped = bool(page[line].strip()) and full(page[line - 1], page[line])
    return (wrapped or bool(_OWN.match(page[line]))) and not is_prompt(page[line])


def _asked(reading: str) -> dict[str, str] | None:
    taken = iter(echo.words(reading))
    urls = []
    for word in taken:
        if word in _VALUED and word != "--url":
            next(taken, None)
        elif not word.startswith("-"):
            urls.append(word)
    if len(urls) != 1:
        return None
    return _url(urls[0])


def _url(text: str) -> dict[str, str] | None:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        number = parts.port
    except ValueError:
        return None
    if not parts.hostname or not about(parts.hostname):
        return None
    default = {"https": "443", "http": "80", "ftp": "21"}.get(parts.scheme, "")
    clean = parts._replace(netloc=parts.netloc.rpartition("@")[2], query="", fragment="").geturl()
    return {"host": parts.hostname, "port": str(number or default), "url": clean}


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind for piece in block}
    if not kinds & {"error", "status", "trying", "connected"} or not kinds & {
        COMMAND,
        "error",
        "trying",
        "connected",
        "header",
    }:
        return
    asked = echo.named(block[0].command, _asked)
    said = {
        key: next((p.get(key) for p in reversed(block) if p.get(key)), "")
        for key in ("host", "port", "address", "status")
    }
    subject = about(asked.get("host") or said["host"], asked.get("port") or said["port"], said["address"].strip("[]"))
    if "url" in asked:
        subject["url"] = asked["url"]
    state, why, last = _state(page, block)
    fields = {"status": said["status"]} if said["status"] else {}
    error = next((piece.get("code") for piece in block if piece.kind == "error"), "")
    fields |= {"error": error} if error else {}
    span = (block[0].first, max(last, block[-1].last))
    yield output(PARSER, page.raw, span, subject=subject, state=state, why=why, fields=fields)


def _state(page: Paste, block: Sequence[Piece]) -> tuple[str, str, int]:
    error = next((piece for piece in block if piece.kind == "error"), None)
    if error is None:
        return _without_error(block), CUT, block[-1].last
    text, last = _message(page, error)
    code = int(error.get("code"))
    if _WORDS.get(code, "") not in text.lower():
        return "", OTHER.format(code), last
    if code == 7:
        return sockets.state_of(text.rpartition(":")[2]) or _refused(block), "", last
    if code == 28:
        return _of_timeout(text, block), OTHER.format(code), last
    if code == 56:
        return ("reset" if "reset" in text else ""), OTHER.format(code), last
    state = _STATES.get(code, "")
    if state == "tls-error":
        state = next((name for pattern, name in _CERTIFICATE if pattern.search(text)), state)
    return state, OTHER.format(code), last


def _without_error(block: Sequence[Piece]) -> str:
    """The state where curl prints no error: with -s it tells one on lines of -v alone."""
    kinds = {piece.kind for piece in block}
    if kinds & {"status", "connected"}:
        return "connected"
    if "late" in kinds:
        return "timeout"
    return _refused(block) if "failed" in kinds else ""


def _refused(block: Sequence[Piece]) -> str:
    """What the lines of -v say of each address; `failed` where they do not agree."""
    named = {piece.error for piece in block if piece.kind in ("refused", "immediate")}
    return named.pop() if len(named) == 1 and "" not in named else "failed"


def _of_timeout(text: str, block: Sequence[Piece]) -> str:
    if _LATE.search(text):
        return "timeout"
    return "no-response" if _NO_RESPONSE.search(text) and any(p.kind == "connected" for p in block) else ""


def _message(page: Paste, piece: Piece) -> tuple[str, int]:
    """The text of an error without blanks, joined where it is wrapped, and its last line."""
    last = piece.first
    text = page[last]
    while last + 1 < min(piece.first + MOST_LINES, len(page)) and _continues(page, last):
        text += page[last + 1]
        last += 1
    return squeezed(text), last


def _continues(page: Paste, line: int) -> bool:
    following = page[line + 1]
    return (
        bool(following.strip()) and full(page[line], following) and not (is_prompt(following) or _STOP.match(following))
    )

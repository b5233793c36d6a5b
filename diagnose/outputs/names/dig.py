"""dig: the status and the number of answers in its header.

Takes the lines of a paste, gives an `Output` per question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from diagnose.outputs.base import Output, about, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, groups, sentences

PARSER = "dig"
NAMES = ("dig",)
CUT = "the output ends before the number of answers"
NEAR = 30

_NAME = r"(?P<host>[\w.-]{1,255}?)"
_PATTERNS = {
    "banner": soft(rf"^; <<>> DiG \S{{1,60}} <<>> (?:[@+-]\S{{1,100}} )?(?:[@+-]\S{{1,100}} )?{_NAME}(?=[ ]|$)"),
    "status": soft(r"^;; ->>HEADER<<- opcode: \w{1,10}, status: (?P<status>\w{3,12}), id:"),
    "count": soft(r"^;; flags: [\w ]{0,40}; QUERY: \d{1,4}, ANSWER: (?P<count>\d{1,5}), AUTHORITY"),
    "question": soft(rf"^;{_NAME}\.? IN (?P<type>[A-Z]{{1,10}})$"),
    "unreached": soft(r"^;; (?:connection timed out; )?no servers could be reached"),
    "size": soft(r"^;; MSG SIZE"),
}
_STATES = {"NXDOMAIN": "name-error", "SERVFAIL": "failed", "REFUSED": "refused"}
_OWN = re.compile(r"\s*(?:$|;|\S+\s+\d+\s+[A-Z]{2}\s)")
_STOP = re.compile(r";")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    for block in groups([*commands(calls), *sentences(page, _PATTERNS)], partial(_begins, page)):
        yield from _read(page, block)


def _begins(page: Paste, block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    """Whether another question begins, or something stands between that dig does not print."""
    if piece.kind in kinds or (piece.kind == "banner" and kinds - {COMMAND}):
        return True
    between = range(block[-1].last + 1, piece.first)
    return len(between) > NEAR or any(not _OWN.match(page[i]) for i in between)


def _asked(reading: str) -> dict[str, str] | None:
    words = [word for word in echo.words(reading) if not word.startswith(("@", "+", "-"))]
    return {"host": words[0]} if 1 <= len(words) <= 3 and about(words[0]) else None


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind: piece for piece in block}
    if not kinds.keys() & {"status", "count"} and not ("unreached" in kinds and kinds.keys() & {COMMAND, "banner"}):
        return
    asked = echo.named(block[0].command, _asked).get("host", "")
    said = [kinds[kind].get("host") for kind in ("question", "banner") if kind in kinds]
    status = kinds["status"].get("status") if "status" in kinds else ""
    count = kinds["count"].get("count") if "count" in kinds else ""
    state = _STATES.get(status, "")
    if status == "NOERROR" and count:
        state = "resolved" if int(count) else "no-data"
    if not status and "unreached" in kinds:
        state = "timeout"
    fields = {key: value for key, value in (("status", status), ("answers", count)) if value}
    span = (block[0].first, block[-1].last)
    yield output(PARSER, page.raw, span, subject=about((said or [asked])[0]), state=state, why=CUT, fields=fields)

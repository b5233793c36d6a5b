"""dig: the status and the number of answers in its header, or with +short and +noall the answers alone.

Takes the lines of a paste, gives an `Output` per question.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from diagnose.outputs.base import Output, about, address, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, groups, sentences

PARSER = "dig"
NAMES = ("dig",)
CUT = "the output ends before the number of answers"
NEAR = 30

_NAME = r"(?P<host>[\w.-]{1,255}?)"
_PATTERNS = {
    "banner": soft(r"^; <<>> DiG \S{1,60} <<>> (?P<asked>\S.{0,300}?)$"),
    "status": soft(r"^;; ->>HEADER<<- opcode: \w{1,10}, status: (?P<status>\w{3,12}), id:"),
    "count": soft(r"^;; flags: [\w ]{0,40}; QUERY: \d{1,4}, ANSWER: (?P<count>\d{1,5}), AUTHORITY"),
    "question": soft(rf"^;{_NAME}\.? IN (?P<type>[A-Z]{{1,10}})$"),
    "unreached": soft(r"^;; (?:connection timed out; )?no servers could be reached"),
    "size": soft(r"^;; MSG SIZE"),
}
_STATES = {"NXDOMAIN": "name-error", "SERVFAIL": "failed", "REFUSED": "refused"}
_OWN = re.compile(r"\s*(?:$|;|\S+\s+\d+\s+[A-Z]{2}\s)")
_STOP = re.compile(r";|\d{1,3}(?:\.\d{1,3}){3}$")
_VALUED = frozenset(("-b", "-c", "-f", "-k", "-p", "-t", "-y"))  # options with a value that is no name
# What is printed with +short, and a row of the answer, of which only an address tells that the name has one.
_SHORT = re.compile(r"(?P<value>[\da-fA-F.:]{3,45}|(?:[\w-]{1,63}\.)+)\s*")
_ROW = re.compile(r"(?:[\w*-]{1,63}\.)+\s+\d{1,10}\s+IN\s+(?:A|AAAA|CNAME)\s+(?P<value>\S{1,255})\s*")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    for block in groups([*commands(calls), *sentences(page, _PATTERNS)], partial(_begins, page)):
        yield from _read(page, block)
    for call in calls:
        yield from _answers_alone(page, call)


def _begins(page: Paste, block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    """Whether another question begins, or something stands between that dig does not print."""
    if piece.kind in kinds or (piece.kind == "banner" and kinds - {COMMAND}):
        return True
    between = range(block[-1].last + 1, piece.first)
    return len(between) > NEAR or any(not _OWN.match(page[i]) for i in between)


def _asked(reading: str) -> dict[str, str] | None:
    words, found = iter(echo.words(reading)), []
    for word in words:
        if word in _VALUED:
            next(words, "")
        elif not word.startswith(("@", "+", "-")):
            found.append(word)
    types = [
        word
        for word in found
        if word.isupper() or word.lower() in ("a", "aaaa", "any", "cname", "mx", "ns", "ptr", "soa", "srv", "txt")
    ]
    names = [word for word in found if word not in types]
    return {"host": names[0]} if names and len(found) <= 3 and about(names[0]) else None


def _answers_alone(page: Paste, call: echo.Echo) -> Iterator[Output]:
    """Below +short and +noall +answer stand the answers and nothing else; where none stand, nothing tells why."""
    reading = call.readings[0]
    pattern = _SHORT if "+short" in reading else _ROW if "+noall" in reading else None
    if pattern is None:
        return
    last = call.last
    values = []
    while last + 1 < len(page) and (found := pattern.fullmatch(page[last + 1])):
        values.append(found["value"])
        last += 1
    asked = echo.named(call, _asked).get("host", "")
    if any(map(address, values)) and asked:
        fields = {"answers": str(len(values))}
        yield output(PARSER, page.raw, (call.first, last), subject=about(asked), state="resolved", fields=fields)


def _read(page: Paste, block: Sequence[Piece]) -> Iterator[Output]:
    kinds = {piece.kind: piece for piece in block}
    if not kinds.keys() & {"status", "count"} and not ("unreached" in kinds and kinds.keys() & {COMMAND, "banner"}):
        return
    asked = echo.named(block[0].command, _asked).get("host", "")
    banner = _asked(kinds["banner"].get("asked")) if "banner" in kinds else None
    said = [kinds["question"].get("host")] if "question" in kinds else [banner["host"]] if banner else []
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

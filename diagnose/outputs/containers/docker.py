"""docker ps, also with names and states alone, and the state in docker inspect; the same for podman.

Takes the lines of a paste, gives an `Output` per container.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct

from diagnose.outputs.base import MOST, Output, output
from diagnose.outputs.parsing import echo, rows
from diagnose.outputs.parsing.paste import Paste, paste, soft, whole

PARSER = "docker"
NAMES = ("docker", "podman")

_HEADER = re.compile(r"\s*CONTAINER ID\s+IMAGE\s+COMMAND\s+CREATED\s+STATUS")
_ID = re.compile(r"\s*[0-9a-f]{12}(?:[0-9a-f]{52})?\s{2,}")
_STATUS = (
    r"(?P<status>Up (?:\d{1,5}|About an?|Less than a) (?:second|minute|hour|day|week|month|year)s?(?: \((?P<note>healthy|unhealthy|health: starting|Paused)\))?|Exited \((?P<exit>\d{1,3})\)[\w ]{0,40}? ago"
    r"|Restarting \(\d{1,3}\)[\w ]{0,40}? ago|Created|Dead|Removal In Progress|Paused|Stopping)"
)
_ROW = re.compile(
    r"\s*(?P<id>[0-9a-f]{12,64})\s{2,}(?P<image>\S+)\s{2,}.{1,200}?\s{2,}"
    + _STATUS
    + r"(?:\s{2,}(?P<ports>[^\s(].{0,1000}?))?"
    r"\s{2,}(?P<name>[\w.-]{1,128})(?:\s{2,}[\d.]{1,9}[kMGT]?B(?: \(virtual [\d.]{1,9}[kMGT]?B\))?)?\s*"
)
# --format "table {{.Names}}\t{{.Status}}"
_NAMES = re.compile(r"\s*NAMES\s+STATUS(?:\s+PORTS)?\s*")
_NAMED = re.compile(r"\s*(?P<name>[\w.-]{1,128})\s{2,}" + _STATUS + r"(?:\s{2,}[^\s(].{0,1000})?\s*")
_NOTES = {"unhealthy": "unhealthy", "Paused": "paused", "health: starting": "start-pending"}
_WORDS = {"Up": "running", "Exited": "exited", "Restarting": "restarting", "Created": "created", "Dead": "failed"}
_WORDS |= {"Removal": "stop-pending", "Paused": "paused", "Stopping": "stop-pending"}
_INSPECT = soft(
    r'(?:"State": )?\{ ?"(?:OciVersion": ?".{1,20}?", ?")?Status": ?"(?P<status>\w{4,12})", ?"Running": ?\w{4,5}, ?"Paused": ?\w{4,5},'
    r' ?"Restarting": ?\w{4,5}, ?"OOMKilled": ?(?P<oom>true|false), ?"Dead": ?\w{4,5}, ?"Pid": ?\d{1,9}, ?(?:"ConmonPid": ?\d{1,9}, ?)?'
    r'"ExitCode": ?(?P<exit>\d{1,3})'
)
_HEALTH = soft(r'"Health": ?\{ ?(?:"Status": ?"(?P<health>\w{4,12})")?')
_MISSING = soft(r"^Error(?: response from daemon)?: No such (?:container|object): (?P<name>[\w.-]{1,128})$")
CUT = "the output ends before the health of the container"
_INSPECTED = {"running": "running", "exited": "exited", "paused": "paused", "restarting": "restarting"}
_INSPECTED |= {"created": "created", "dead": "failed", "removing": "stop-pending"}
_HEALTHS = {"healthy": "running", "none": "running", "unhealthy": "unhealthy", "starting": "start-pending"}
_NAME = soft(r'"Name": "/(?P<name>[\w.-]{1,128})"')
_STOP = re.compile(r"CONTAINER|\[|\{")


class _Row(Struct, frozen=True):
    id: str
    name: str
    image: str
    status: str
    state: str
    exit: str
    sure: bool = True

    @property
    def key(self) -> tuple[str, str]:
        return (self.name, self.state)


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    yield from _ps(page, commands)
    yield from _named(page, commands)
    for found in islice(_INSPECT.finditer(page.flat.text), MOST):
        yield _inspected(page, commands, found)
    for found in islice(page.flat.matches(_MISSING), MOST):
        span = (page.flat.line(found.start()), page.flat.line(found.end() - 1))
        yield output(PARSER, page.raw, span, subject={"name": whole(found["name"])}, state="not-found")


def _ps(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    for span, row in rows.under(page, commands, _HEADER, _begins, _parse):
        fields = {"id": row.id, "image": row.image, "status": row.status, "exit_code": row.exit}
        fields = {key: value for key, value in fields.items() if value}
        yield output(PARSER, page.raw, span, subject={"name": row.name}, state=row.state, fields=fields)


def _begins(line: str) -> bool:
    return _ID.match(line) is not None


def _parse(line: str) -> _Row | None:
    found = _ROW.fullmatch(line)
    if found is None:
        return None
    return _Row(found["id"], found["name"], found["image"], found["status"], _state(found), found["exit"] or "")


def _state(row: re.Match[str]) -> str:
    state = _NOTES.get(row["note"] or "", "") or _WORDS[row["status"].split()[0]]
    return "completed" if state == "exited" and row["exit"] == "0" else state


def _named(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    """The rows of a table of names and states, which nothing but its header tells."""
    for header in islice((i for i, line in enumerate(page) if _NAMES.fullmatch(line)), MOST):
        above = echo.above(page, commands, header)
        first, at = above.first if above else header, header + 1
        while at < len(page) and (row := _NAMED.fullmatch(page[at])):
            fields = {"status": row["status"], **({"exit_code": row["exit"]} if row["exit"] else {})}
            yield output(PARSER, page.raw, (first, at), subject={"name": row["name"]}, state=_state(row), fields=fields)
            first = at = at + 1


def _inspected(page: Paste, commands: Sequence[echo.Echo], found: re.Match[str]) -> Output:
    flat = page.flat
    status, oom, code = (whole(found[key]) for key in ("status", "oom", "exit"))
    named = _NAME.search(flat.text, found.end(), found.end() + 3000)
    health = _HEALTH.search(flat.text, found.end(), found.end() + 600)
    state = "oom-killed" if oom == "true" and status != "running" else _INSPECTED.get(status, "")
    if state == "exited" and code == "0":
        state = "completed"
    if state == "running" and health:
        state = _HEALTHS.get(whole(health["health"] or ""), "")
    first, last = flat.line(found.start()), flat.line((health or found).end() - 1)
    above = echo.above(page, commands, first)
    name = whole(named["name"]) if named else echo.named(above, _asked).get("name", "")
    subject = {"name": name} if name else {}
    fields = {"status": status, "exit_code": code}
    return output(PARSER, page.raw, (first, last), subject=subject, state=state, why=CUT, fields=fields)


def _asked(reading: str) -> dict[str, str] | None:
    words = echo.words(reading)
    return {"name": words[-1]} if "inspect" in words and len(words) > 1 else None

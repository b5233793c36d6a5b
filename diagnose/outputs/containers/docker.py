"""docker ps and the state in docker inspect; the same for podman.

Takes the lines of a paste, gives an `Output` per container.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from diagnose.outputs.base import MOST, Output, output
from diagnose.outputs.parsing import echo, rows
from diagnose.outputs.parsing.paste import Paste, paste, soft, whole

PARSER = "docker"
NAMES = ("docker", "podman")

_HEADER = re.compile(r"\s*CONTAINER ID\s+IMAGE\s+COMMAND\s+CREATED\s+STATUS")
_ID = re.compile(r"\s*[0-9a-f]{12}(?:[0-9a-f]{52})?\s{2,}")
_ROW = re.compile(
    r"\s*(?P<id>[0-9a-f]{12,64})\s{2,}(?P<image>\S+)\s{2,}.{1,200}?\s{2,}"
    r"(?P<status>Up (?:\d{1,5}|About an?|Less than a) (?:second|minute|hour|day|week|month|year)s?(?: \((?P<note>healthy|unhealthy|health: starting|Paused)\))?|Exited \((?P<exit>\d{1,3})\)[\w ]{0,40}? ago"
    r"|Restarting \(\d{1,3}\)[\w ]{0,40}? ago|Created|Dead|Removal In Progress|Paused|Stopping)"
    r"(?:\s{2,}(?P<ports>[^\s(].{0,1000}?))?\s{2,}(?P<name>[\w.-]{1,128})\s*"
)
_NOTES = {"unhealthy": "unhealthy", "Paused": "paused", "health: starting": "start-pending"}
_WORDS = {"Up": "running", "Exited": "stopped", "Restarting": "restarting", "Created": "created", "Dead": "failed"}
_WORDS |= {"Removal": "stop-pending", "Paused": "paused", "Stopping": "stop-pending"}
_INSPECT = soft(
    r'"State": \{ "(?:OciVersion": ".{1,20}?", ")?Status": "(?P<status>\w{4,12})", "Running": \w{4,5}, "Paused": \w{4,5},'
    r' "Restarting": \w{4,5}, "OOMKilled": (?P<oom>true|false), "Dead": \w{4,5}, "Pid": \d{1,9}, (?:"ConmonPid": \d{1,9}, )?'
    r'"ExitCode": (?P<exit>\d{1,3})'
)
_INSPECTED = {"running": "running", "exited": "stopped", "paused": "paused", "restarting": "restarting"}
_INSPECTED |= {"created": "created", "dead": "failed", "removing": "stop-pending"}
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
    for n, found in enumerate(_INSPECT.finditer(page.flat.text)):
        if n >= MOST:
            break
        yield _inspected(page, found)


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
    status = found["status"]
    state = _NOTES.get(found["note"] or "", "") or _WORDS[status.split()[0]]
    return _Row(found["id"], found["name"], found["image"], status, state, found["exit"] or "")


def _inspected(page: Paste, found: re.Match[str]) -> Output:
    flat = page.flat
    status, oom, code = (whole(found[key]) for key in ("status", "oom", "exit"))
    named = _NAME.search(flat.text, found.end(), found.end() + 3000)
    state = "oom-killed" if oom == "true" and status != "running" else _INSPECTED.get(status, "")
    span = (flat.line(found.start()), flat.line(found.end() - 1))
    subject = {"name": whole(named["name"])} if named else {}
    return output(PARSER, page.raw, span, subject=subject, state=state, fields={"status": status, "exit_code": code})

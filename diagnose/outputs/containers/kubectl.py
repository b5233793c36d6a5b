"""kubectl get pods and describe pod; the same for oc and k3s.

Takes the lines of a paste, gives an `Output` per pod.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import echo, rows, tables
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import sentences

PARSER = "kubectl"
NAMES = ("kubectl", "oc")
UNKNOWN = "a pod with status {}"
CUT = "the output ends before the state of its containers"

# Phases and reasons as printPod of kubectl shows them (pkg/printers/internalversion/printers.go).
_STATES = {
    "Completed": "completed",
    "Succeeded": "completed",
    "Pending": "pending",
    "ContainerCreating": "start-pending",
    "PodInitializing": "start-pending",
    "Terminating": "stop-pending",
    "CrashLoopBackOff": "crash-loop",
    "ImagePullBackOff": "image-pull-error",
    "ErrImagePull": "image-pull-error",
    "InvalidImageName": "image-pull-error",
    "ErrImageNeverPull": "image-pull-error",
    "OOMKilled": "oom-killed",
    "Evicted": "evicted",
    "Error": "failed",
    "Failed": "failed",
    "CreateContainerConfigError": "failed",
    "CreateContainerError": "failed",
    "RunContainerError": "failed",
    "ContainerStatusUnknown": "",
}
_ENDS = frozenset({"OOMKilled", "Completed", "Error", "Evicted"})  # reasons that only what has ended can have
_POD = r"[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?"
_BEGINS = re.compile(rf"\s*(?:{_POD}\s+){{1,2}}\d{{1,3}}/\d{{1,3}}\s+[A-Z]")
_ROW = re.compile(
    rf"\s*(?:(?P<space>{_POD})\s+)?(?P<name>{_POD})\s+(?P<ready>\d{{1,3}})/(?P<all>\d{{1,3}})\s+(?P<status>[A-Z][\w:/-]{{1,60}})"
    r"\s+(?P<restarts>\d{1,6})(?:\s+\(\S{1,20} ago\))?\s+(?P<age>(?:\d{1,6}[smhdy])+|<\w+>)(?:\s+\S.{0,300})?\s*"
)
_HEADER = re.compile(r"\s*(?:NAMESPACE\s+)?NAME\s+READY\s+STATUS")
_NONE = soft(r"^No resources found(?: in (?P<space>[\w-]{1,63}) namespace)?\.?$")
_MISSING = soft(rf'^Error from server \(NotFound\): pods "(?P<name>{_POD})" not found$')
_STOP = re.compile(r"NAME|Name:|No resources|Error")
_KEYS = tables.keys(
    *("Name", "Namespace", "Status", "State", "Last State", "Reason", "Exit Code", "Ready", "Restart Count")
)


class _Row(Struct, frozen=True):
    space: str
    name: str
    status: str
    state: str
    restarts: str
    plain: str
    sure: bool = True

    @property
    def key(self) -> tuple[str, str, str]:
        return (self.space, self.name, self.status)


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    yield from _get(page, commands)
    yield from _describe(page, commands)
    for piece in sentences(page, {"none": _NONE, "missing": _MISSING}):
        above = echo.above(page, commands, piece.first)
        if piece.kind == "missing":
            yield output(
                PARSER, page.raw, (piece.first, piece.last), subject={"name": piece.get("name")}, state="not-found"
            )
        elif above is not None:
            subject = {"namespace": piece.get("space")} if piece.get("space") else {}
            yield output(PARSER, page.raw, (above.first, piece.last), subject=subject, state="not-found")


# --- get pods -----------------------------------------------------------------------------------------------------


def _get(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    for span, row in rows.under(page, commands, _HEADER, _begins, _parse):
        yield _output(page, span, row)


def _begins(line: str) -> bool:
    return _BEGINS.match(line) is not None


def _parse(line: str) -> _Row | None:
    found = _ROW.fullmatch(line)
    if found is None:
        return None
    status = found["status"]
    state = _state(status)
    if status == "Running":
        state = "running" if found["ready"] == found["all"] else "not-ready"
    plain = f"{found['name']}   {found['ready']}/{found['all']}   {status}   {found['restarts']}   {found['age']}"
    return _Row(found["space"] or "", found["name"], status, state, found["restarts"], plain)


def _state(status: str) -> str:
    reason = status.removeprefix("Init:")
    if reason != status:
        return "start-pending" if reason[:1].isdigit() else _STATES.get(reason, "")
    return _STATES.get(status, "")


def _output(page: Paste, span: tuple[int, int], row: _Row) -> Output:
    subject = {"name": row.name, **({"namespace": row.space} if row.space else {})}
    fields = {"status": row.status, "restarts": row.restarts}
    plain = row.plain if row.space else ""  # without the column that the command of one namespace does not have
    why = UNKNOWN.format(row.status)
    return output(PARSER, page.raw, span, subject=subject, state=row.state, why=why, fields=fields, plain=plain)


# --- describe pod -------------------------------------------------------------------------------------------------


def _describe(page: Paste, commands: Sequence[echo.Echo]) -> Iterator[Output]:
    pods: list[list[tables.Field]] = []
    for field in tables.fields(page, _KEYS):
        if field.key == "name" and _is_pod(page, field):
            pods.append([])
        if pods and not any(
            echo.is_prompt(page[i]) for i in range(pods[-1][-1].line if pods[-1] else field.line, field.line)
        ):
            pods[-1].append(field)
    for fields in pods:
        if any(field.key == "state" for field in fields) or sum(f.key in ("namespace", "status") for f in fields) == 2:
            above = echo.above(page, commands, fields[0].line)
            yield _described(page, above.first if above else fields[0].line, fields)


def _is_pod(page: Paste, field: tables.Field) -> bool:
    """Whether `Name:` is the first line of a description: the namespace follows."""
    following = page[field.line + 1] if field.line + 1 < len(page) else ""
    return following.strip().startswith("Namespace")


def _described(page: Paste, first: int, fields: Sequence[tables.Field]) -> Output:
    values = {field.key: _value(field) for field in reversed(fields) if field.key in ("name", "namespace", "status")}
    reasons, last = [], fields[0].line
    running = waiting = 0
    for before, field in zip((None, *fields), fields, strict=False):
        last = max(last, field.line)
        if field.key == "state":
            running += _value(field) == "Running"
            waiting += _value(field) != "Running"
        if field.key == "reason" and before is not None and before.key in ("state", "laststate"):
            possible = _value(before) == "Terminated" or _value(field) not in _ENDS
            reasons.append((before.key, _value(field) if possible else ""))
    ready = [_value(field) for field in fields if field.key == "ready"]
    now = [_state(reason) for key, reason in reasons if key == "state"]
    state = next(iter(now), "") if all(now) and len(now) == waiting else ""
    if not waiting and running and ready:
        state = "running" if set(ready) == {"True"} else "not-ready"
    if not running and not waiting:
        state = _state(_reason(fields) or values.get("status", ""))
    subject = {key: values[key] for key in ("name", "namespace") if values.get(key)}
    ended = [reason for key, reason in reasons if key == "laststate"]
    shown = {"status": values.get("status", ""), "last_reason": ended[0] if ended else ""}
    shown = {key: value for key, value in shown.items() if value}
    word = next((reason for key, reason in reasons if key == "state"), "")
    row = f"{values.get('name', '')}   0/1   {word}   0   0s\n" if state and word else ""
    plain = row and "\n".join((row, *page.raw[first : last + 1]))
    return output(PARSER, page.raw, (first, last), subject=subject, state=state, why=CUT, fields=shown, plain=plain)


def _reason(fields: Sequence[tables.Field]) -> str:
    """Why the pod as a whole has ended, which stands before its containers: Evicted."""
    reason = next((_value(field) for field in fields if field.key == "reason"), "")
    return reason if reason in _ENDS else ""


def _value(field: tables.Field) -> str:
    return field.readings[0][0]

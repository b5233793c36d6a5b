"""The states of Windows services as PowerShell prints them: tables, lists and single values.

Takes a `Paste`, gives `Service`s. The names of states are English on every Windows. Knows nothing of which cmdlet
printed them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from diagnose.outputs.parsing import tables
from diagnose.outputs.parsing.paste import Paste, full

# System.ServiceProcess.ServiceControllerStatus
STATES = {
    "running": "running",
    "stopped": "stopped",
    "startpending": "start-pending",
    "stoppending": "stop-pending",
    "paused": "paused",
    "pausepending": "pause-pending",
    "continuepending": "continue-pending",
}
WRAPPED_NAME = "the console wrapped the name of the service"
CUT = "the state is cut off"

_KEYS = tables.keys(
    *("Name", "ServiceName", "DisplayName", "Status", "ActivityLevel", "RoleName", "RequiredServices"),
    *("CanPauseAndContinue", "CanShutdown", "CanStop", "DependentServices", "MachineName", "ServicesDependedOn"),
    *("ServiceHandle", "ServiceType", "StartType", "StartupType", "Site", "Container", "UserName", "Description"),
    *("DelayedAutoStart", "BinaryPathName"),
)
_SPECIFIC = frozenset(
    {"canstop", "canshutdown", "canpauseandcontinue", "servicetype", "dependentservices", "servicesdependedon"}
    | {"requiredservices", "starttype", "startuptype", "displayname", "servicename", "activitylevel", "rolename"}
)
_HEADER = re.compile(r"\s*Status\s+Name(?:\s+(DisplayName|ActivityLevel)\w*)?", re.IGNORECASE)
_DASHES = re.compile(r"\s*-+(?: +-+)*\s*$")
_ROW = re.compile(r"\s*(?P<status>[A-Za-z]{4,15}(?:\.{2,3})?)\s+(?P<name>\S+)(?:\s+(?P<rest>\S.*?))?\s*$")
_SHORTEST = 4  # letters left of a state that a narrow column cut: `Start...`


class Service(Struct, frozen=True):
    """A service from line index `first` to `last`. `lync` says that a column stood there which only Lync's has."""

    first: int
    last: int
    name: str
    status: str
    state: str
    display: str = ""
    host: str = ""
    why: str = ""
    lync: bool = False
    alone: bool = False  # nothing but a name and a state


def state_of(word: str) -> str:
    """The state that a word stands for, also one that a narrow column cut and marked (`StartP...`)."""
    folded = word.strip().lower()
    if folded in STATES:
        return STATES[folded]
    start = folded.rstrip(".")
    if folded.endswith("..") and len(start) >= _SHORTEST:
        # What was cut was longer than its column, so `StopP...` is not Stopped.
        full = {state for name, state in STATES.items() if name.startswith(start) and len(name) > len(folded)}
        return full.pop() if len(full) == 1 else ""
    return ""


def services(page: Paste) -> Iterator[Service]:
    taken = -1
    for found in _rows(page):
        taken = max(taken, found.last)
        yield found
    yield from _other_tables(page)
    yield from _lists(page)


# --- Status Name DisplayName --------------------------------------------------------------------------------------


def _rows(page: Paste) -> Iterator[Service]:
    """Tables with the columns in their usual order; a row is recognised by the state that it begins with."""
    i = 0
    while i < len(page):
        header = _HEADER.match(page[i])
        if header is None:
            i += 1
            continue
        lync = (header[1] or "").lower().startswith("activity")
        first, i = i, _below(page, i)
        while i < len(page) and (found := _row(page, i)) is not None:
            yield Service(
                first, found.last, *(found.name, found.status, found.state), found.display, "", found.why, lync
            )
            first = i = found.last + 1


def _below(page: Paste, header: int) -> int:
    """The first line after a header, the rest of it where it is wrapped, and its dashes."""
    at = header + 1
    while at < min(header + 6, len(page)) and page[at].strip():
        if _row(page, at) is not None:
            break
        at += 1
    return at


def _row(page: Paste, at: int) -> Service | None:
    found = _ROW.match(page[at])
    if found is None or not state_of(found["status"]):
        return None
    last = at
    while last + 1 < len(page) and last < at + 4 and _goes_on(page, last):
        last += 1
    rest = (found["rest"] or "") + "".join(page[i] for i in range(at + 1, last + 1))
    why = WRAPPED_NAME if last > at and not found["rest"] and not page[at + 1][:1].isspace() else ""
    state = "" if why else state_of(found["status"])
    return Service(at, last, "" if why else found["name"], found["status"], state, rest.strip(), "", why)


def _goes_on(page: Paste, line: int) -> bool:
    """Whether the row on a line is wrapped onto the next one."""
    following = page[line + 1]
    begins = _ROW.match(following)
    if not following.strip() or (begins and state_of(begins["status"])) or _DASHES.match(following):
        return False
    return full(page[line], following) and not _HEADER.match(following)


# --- other tables -------------------------------------------------------------------------------------------------


def _other_tables(page: Paste) -> Iterator[Service]:
    """Tables with chosen columns: Name, Status, StartType and the like in any order."""
    for table in tables.tables(page):
        names = [column for column in ("name", "servicename", "rolename", "displayname") if column in table.columns]
        if "status" not in table.columns or not names or table.columns[:2] == ("status", "name"):
            continue
        if not any(state_of(row.values["status"]) for row in table.rows):
            continue
        first = table.first
        for row in table.rows:
            status = row.values["status"]
            state, name = state_of(status), row.values[names[0]].strip("{}")
            lync = bool({"rolename", "activitylevel"} & set(table.columns))
            display = row.values.get("displayname", "")
            yield Service(first, row.last, name, status, state, display, "", "" if state else CUT, lync)
            first = row.last + 1


# --- lists --------------------------------------------------------------------------------------------------------


def _lists(page: Paste) -> Iterator[Service]:
    for block in tables.lists(page, tables.fields(page, _KEYS)):
        fields = {field.key: field for field in block}
        name = fields.get("name") or fields.get("servicename") or fields.get("rolename")
        status = fields.get("status")
        if name is None or (status is None and not len(_SPECIFIC & fields.keys()) > 1):
            continue
        state, last = status.first(state_of) if status else ("", 0)
        if status and not state and not _SPECIFIC & fields.keys():
            continue
        display = fields["displayname"].typed(str) if "displayname" in fields else ""
        machine = fields["machinename"].typed(str) if "machinename" in fields else ""
        span = (min(field.line for field in block), max(last, *(field.line for field in block)))
        shown = status.readings[0][0] if status else ""
        lync = bool({"activitylevel", "rolename"} & fields.keys())
        alone = not _SPECIFIC & fields.keys()
        named = name.typed(_service_name)
        why = "" if state else CUT
        yield Service(*span, named, shown, state, display, machine.strip("."), why, lync, alone)


def _service_name(text: str) -> str:
    return text.strip("{}") if text and len(text) <= 256 and "  " not in text else ""

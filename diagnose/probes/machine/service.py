"""Does a service of this machine run? Asks systemd, the Windows service manager or launchd by a fixed command."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, ProbeLimits, said
from diagnose.probes.machine.process import output_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# SERVICE_STATUS dwCurrentState (winsvc.h): numbers, for the words are translated.
_WINDOWS = {
    "1": "stopped",
    "2": "start-pending",
    "3": "stop-pending",
    "4": "running",
    "5": "continue-pending",
    "6": "pause-pending",
    "7": "paused",
}
_SC_STATE = re.compile(r":\s+([1-7])\s+[A-Z_]+\s*$", re.MULTILINE)
_SC_START = re.compile(r":\s+4\s+DISABLED\b")
_SYSTEMD = {"active": "running", "reloading": "running", "activating": "start-pending", "deactivating": "stop-pending"}


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    return _ASKED.get(sys.platform, systemd)(arguments[0], limits)


def systemd(name: str, limits: ProbeLimits) -> Answer:
    command = ("systemctl", "show", "--property=LoadState,ActiveState,SubState,UnitFileState", "--", name)
    status, text = output_of(command, limits)
    told = dict(line.split("=", 1) for line in text.splitlines() if "=" in line)
    if status or "ActiveState" not in told:
        return Answer("", said(text) or "systemctl tells nothing")
    detail = said(", ".join(f"{key} {value}" for key, value in told.items() if value))
    if told.get("LoadState") == "not-found":
        return Answer("not-found", detail)
    state = _SYSTEMD.get(told["ActiveState"], "stopped")
    off = told.get("UnitFileState") in ("disabled", "masked") or told.get("LoadState") == "masked"
    return Answer("disabled" if state == "stopped" and off else state, detail)


def windows(name: str, limits: ProbeLimits) -> Answer:
    status, text = output_of(("sc.exe", "query", name), limits)
    if status == 1060:  # ERROR_SERVICE_DOES_NOT_EXIST
        return Answer("not-found", "no such service on this machine")
    # The first such line is TYPE, a bit mask (10, 20, 30, ...) but for drivers (1, 2): the last of its kind is STATE.
    states = _SC_STATE.findall(text)
    if not states:
        return Answer("", said(text))
    state = _WINDOWS[states[-1]]
    if state == "stopped" and _SC_START.search(output_of(("sc.exe", "qc", name), limits)[1]):
        state = "disabled"
    return Answer(state, f"{name} is {state}")


def launchd(name: str, limits: ProbeLimits) -> Answer:
    status, text = output_of(("launchctl", "print", f"system/{name}"), limits)
    if status == 113:  # could not find the service in the domain
        return Answer("not-found", "no such service in the domain system")
    found = re.search(r"^\s*state = (\w[\w ]*)$", text, re.MULTILINE)
    if status or found is None:
        return Answer("", said(text))
    return Answer("running" if found[1] == "running" else "stopped", f"state {found[1]}")


_ASKED: dict[str, Callable[[str, ProbeLimits], Answer]] = {"win32": windows, "darwin": launchd}

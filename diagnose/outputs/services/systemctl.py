"""systemctl: status of units, is-active, and units that do not exist.

Takes the lines of a paste, gives an `Output` per unit. The lines of the journal that status prints at its end are left to
others: they are evidence of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import COMMAND, Piece, commands, groups, sentences

PARSER = "systemctl"
NAMES = ("systemctl",)
CUT = "the output ends before the state of the unit"
NEAR = 12  # lines between the name of a unit and its state: Loaded, Drop-In and its files, TriggeredBy

_UNIT = r"(?P<unit>[\w@.:\\-]{1,200}\.(?:service|socket|timer|target|mount|automount|path|slice|scope|device|swap))"
_PATTERNS = {
    "unit": soft(rf"^[●○×↻*•x] {_UNIT}(?: - |$)"),
    "loaded": soft(r"^Loaded: (?P<load>loaded|not-found|masked|error|bad-setting|merged|stub)"),
    "active": soft(
        r"^Active: (?P<active>active|inactive|failed|activating|deactivating|reloading)(?: \((?P<sub>[\w -]{2,30})\))?"
    ),
    "missing": soft(rf"Unit {_UNIT} (?:could not be|not) found"),
}
_ENABLED = soft(r"; (?P<enabled>enabled|disabled|masked|static|indirect|generated|alias)[;)]")
_STOP = re.compile(r"[●○×↻*•x] |Unit |Failed |Loaded|active$|inactive$|failed$|activating$|unknown$")
# What a unit that is active does: services, sockets, timers, mounts, targets.
_ACTIVE = {"running": "running", "exited": "exited", "listening": "listening"}
_ACTIVE |= dict.fromkeys(("waiting", "mounted", "plugged", "active", "elapsed"), "running")
_ACTIVATING = {"auto-restart": "restarting"}
_ACTIVATING |= dict.fromkeys(("start", "start-pre", "start-post", "start-chown", "mounting"), "start-pending")
_WORDS = {
    "active": "",
    "inactive": "stopped",
    "failed": "failed",
    "activating": "start-pending",
    "unknown": "not-found",
}
_STATES = {
    "inactive": "stopped",
    "failed": "failed",
    "deactivating": "stop-pending",
    "reloading": "running",
}


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, _asked)]
    for block in groups([*commands(calls), *sentences(page, _PATTERNS)], partial(_begins, page)):
        if {piece.kind for piece in block} & {"active", "missing", "unit"}:
            yield _read(page, block)
    yield from _words(page, calls)


def _asked(reading: str) -> dict[str, str] | None:
    words = [word for word in echo.words(reading) if not word.startswith("-")]
    return {"verb": words[0], "unit": words[1]} if len(words) == 2 else None


def _begins(page: Paste, block: Sequence[Piece], kinds: set[str], piece: Piece) -> bool:
    """Whether a piece is the first of another unit: a name after anything but the command, a kind that was there."""
    between = range(block[-1].last + 1, piece.first)
    if piece.kind in kinds or len(between) > NEAR or (piece.kind in ("unit", "missing") and kinds != {COMMAND}):
        return True
    if block[-1].kind == COMMAND:
        return any(page[i].strip() for i in between)
    return any(not page[i].strip() or echo.is_prompt(page[i]) for i in between)


def _read(page: Paste, block: Sequence[Piece]) -> Output:
    named = echo.named(block[0].command, _asked)
    unit = next((piece.get("unit") for piece in block if piece.get("unit")), "") or named.get("unit", "")
    active = next((piece for piece in block if piece.kind == "active"), None)
    loaded = next((piece.get("load") for piece in block if piece.kind == "loaded"), "")
    state = _state(active, loaded, block)
    fields = {
        "load": loaded,
        "active": active.get("active") if active else "",
        "sub": active.get("sub") if active else "",
    }
    enabled = _ENABLED.search(page.flat.text, block[0].at, block[-1].at + 1)
    fields["enabled"] = enabled["enabled"].replace("\n", "") if enabled else ""
    fields = {"unit": unit, **fields}
    return output(
        PARSER,
        page.raw,
        (block[0].first, block[-1].last),
        subject={"service": unit.removesuffix(".service")} if unit else {},
        state=state,
        why=CUT,
        fields={key: value for key, value in fields.items() if value},
    )


def _state(active: Piece | None, loaded: str, block: Sequence[Piece]) -> str:
    if any(piece.kind == "missing" for piece in block) or loaded == "not-found":
        return "not-found"
    if active is None:
        return ""
    word, sub = active.get("active"), active.get("sub")
    if word == "active":
        return _ACTIVE.get(sub, "")
    if word == "activating":
        return _ACTIVATING.get(sub, "")
    return "disabled" if word == "inactive" and loaded == "masked" else _STATES[word]


def _words(page: Paste, calls: Sequence[echo.Echo]) -> Iterator[Output]:
    """The one word that is-active prints; `active` does not tell whether something runs."""
    for call in calls:
        named = echo.named(call, _asked)
        if named.get("verb") == "is-active" and call.last + 1 < len(page):
            word = page[call.last + 1].strip()
            if word in _WORDS:
                subject = {"service": named["unit"].removesuffix(".service")} if "unit" in named else {}
                state = "running" if word == "active" and subject else _WORDS[word]
                yield output(PARSER, page.raw, (call.first, call.last + 1), subject=subject, state=state)

"""What the library offers for an error text: the failures that it shows, each with the checks that tell why.

Takes lines of text, gives signals, parameters, checks and causes as an article writes them. Pure but for the library,
which it reads.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.codes import decode as codes
from diagnose.errors import KbError
from diagnose.facts import typed
from kb.authoring.drafting.whole_message import fixed
from kb.library.filled import UnusableError
from kb.library.testing import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.model import ParamType
    from kb.library.entry import SignalEntry, Wording
    from kb.library.library import Library

MOST = 3
LEAST_OWN = 3  # words of a message before the failure that it names
BESIDE = 1  # words beside a wording that do not make another message of it


class FittingCheck(Struct, frozen=True):
    """A check that tells why a failure happened: the outcome that shows it again, and the one that speaks against it; none
    where it leaves room for another reason (no space: blocks or inodes)."""

    check: str
    shows: str
    clears: str = ""


_TCP = "tcp-port"
FITTING: dict[str, tuple[FittingCheck, ...]] = {
    "address-in-use": (FittingCheck("listening-port", "any", "none"),),
    "certificate-expired": (FittingCheck("tls-certificate", "expired", "ok"),),
    "certificate-not-trusted": (FittingCheck("tls-certificate", "untrusted", "ok"),),
    "certificate-not-yet-valid": (FittingCheck("tls-certificate", "not-yet-valid", "ok"),),
    "certificate-wrong-name": (FittingCheck("tls-certificate", "name-mismatch", "ok"),),
    "connection-refused": (FittingCheck(_TCP, "refused", "connected"),),
    "connection-reset": (FittingCheck(_TCP, "connected"),),
    "connection-timed-out": (FittingCheck(_TCP, "timeout", "connected"),),
    "file-not-found": (FittingCheck("file-exists", "not-found", "present"),),
    "host-unreachable": (FittingCheck(_TCP, "unreachable", "connected"), FittingCheck("ping", "unreachable")),
    "name-not-resolved": (FittingCheck("dns-name", "name-error", "resolved"),),
    "network-unreachable": (FittingCheck(_TCP, "unreachable", "connected"),),
    "no-space": (FittingCheck("disk-space", "full"), FittingCheck("inodes", "none-left")),
    "out-of-memory": (FittingCheck("kernel-log", "out-of-memory"), FittingCheck("memory-pressure", "low")),
    "permission-denied": (FittingCheck("file-permissions", "denied", "readable"),),
    "protocol-version": (FittingCheck("tls-certificate", "tls-error", "ok"),),
    "read-only-file-system": (FittingCheck("mount", "read-only", "read-write"),),
}  # fmt: skip


class Proposed(Struct, frozen=True):
    """Parts of an article that use the library, by their names there; `uses` names the entries in order."""

    params: dict[str, Any]
    signals: dict[str, Any]
    checks: dict[str, Any]
    causes: list[dict[str, Any]]
    uses: tuple[str, ...]


class _ShownFailure(Struct, frozen=True):
    """A failure of the library that a text shows, and the values that its wordings capture there."""

    entry: SignalEntry
    values: dict[str, str]


def proposed(lines: Sequence[str], library: Library) -> Proposed:
    """The parts for the failures that `lines` show, at most MOST, in the order of the lines."""
    made = Proposed({}, {}, {}, [], ())
    uses: list[str] = []
    for shown in list(_shown(lines, library))[:MOST]:
        name = shown.entry.name
        signal: dict[str, Any] = {"use": name}
        if shown.values:
            signal["with"] = {capture: _param(made, capture, shown.entry.captures[capture]) for capture in shown.values}
        made.signals[name] = signal
        evidence: list[dict[str, Any]] = [{"signal": name, "supports": "moderate"}]
        for fitting in FITTING.get(name, ()):
            _check(made, fitting.check, library)
            evidence.append({"check": f"{fitting.check}.{fitting.shows}", "supports": "strong"})
            if fitting.clears:
                evidence.append({"check": f"{fitting.check}.{fitting.clears}", "refutes": "strong"})
        made.causes.append({"id": name, "title": shown.entry.title, "evidence": evidence})
        uses += [f"signal:{name}", *(f"check:{fitting.check}" for fitting in FITTING.get(name, ()))]
    return Proposed(made.params, made.signals, made.checks, made.causes, tuple(dict.fromkeys(uses)))


def known_message(message: str, library: Library) -> bool:
    """Whether a message is little more than a wording of the library: `nc: Connection refused`."""
    rests = (f"{message[:start]} {message[end:]}" for start, end in _wordings_in(message, library))
    return any(_words(fixed(rest)) <= BESIDE for rest in rests)


def own_part(message: str, library: Library) -> str:
    """A message up to the failure that it reports in the words of the library: `warm-up failed: connection refused` fails
    tomorrow because of a time-out."""
    for start, end in sorted(_wordings_in(message, library)):
        before = message[:start].rstrip()
        if end >= len(message.rstrip(". )")) and before.endswith(":") and _words(before) >= LEAST_OWN:
            return before.rstrip(":")
    return message


def _words(text: str) -> int:
    return len(re.findall(r"\w+", text))


def _wordings_in(message: str, library: Library) -> Iterator[tuple[int, int]]:
    """Where a wording of the library stands in a message."""
    for entry in _signals(library):
        for wording in entry.wordings:
            if matches(wording, message):
                pattern = wording.regex or (re.escape(wording.text) if wording.text else codes.pattern(wording.code))
                yield from (match.span() for match in re.finditer(pattern, message, re.IGNORECASE))


def _shown(lines: Sequence[str], library: Library) -> Iterator[_ShownFailure]:
    """A failure whose wordings are also those of another is left to the other: `unreachable` to `host-unreachable`."""
    told: set[str] = set()
    entries = [entry for entry in _signals(library) if not entry.use]
    for line in lines:
        for entry in entries:
            wordings = [wording for wording in entry.wordings if matches(wording, line)]
            if wordings and entry.name not in told:
                told.add(entry.name)
                yield _ShownFailure(entry, _captured(wordings, line, entry))


def _signals(library: Library) -> Iterator[SignalEntry]:
    for file in library.all():
        if file.kind == "signal":
            try:
                yield library.signal(file.name)
            except UnusableError as error:
                raise KbError(file.path, error.what, error.way_out) from None


def _captured(wordings: Sequence[Wording], line: str, entry: SignalEntry) -> dict[str, str]:
    found: dict[str, str] = {}
    for wording in wordings:
        match = re.search(wording.regex, line, re.IGNORECASE) if wording.regex else None
        for name, value in (match.groupdict() if match else {}).items():
            if value and typed(entry.captures[name], value) is not None:
                found.setdefault(name, value)
    return found


def _check(made: Proposed, name: str, library: Library) -> None:
    """Use a check; its values are parameters of the article, but for those that have a default."""
    values = library.check(name).values
    wanted = {value: _param(made, value, of.type, of.ask) for value, of in values.items() if of.default is None}
    made.checks[name] = {"use": name, **({"with": wanted} if wanted else {})}


def _param(made: Proposed, name: str, type_: ParamType, ask: str = "") -> str:
    """The slot of a parameter, which is declared; what asks for it is the first question that says something."""
    given = made.params.setdefault(name, {"type": type_, "ask": ask or f"which {name} the message names"})
    if ask and given["ask"].startswith("which "):
        given["ask"] = ask
    return f"${{{name}}}"

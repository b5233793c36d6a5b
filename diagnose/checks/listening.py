"""Checks that ask on which addresses something listens: the rows of ss, netstat and Get-NetTCPConnection as one answer.

A port may be listened on at several addresses, each a row; the check's own order of outcomes says which of them counts.
Takes checks with their values and recognised outputs, gives outcomes. Knows nothing of the tools but their names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.checks.patterns import told_by
from diagnose.checks.targets import slots

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diagnose.checks.answers import Located
    from diagnose.model import Check, Param

LISTENERS = frozenset({"ss", "netstat", "get-nettcpconnection"})
LISTENING = "listening"


def port_asked(check: Check, params: Mapping[str, Param], values: Mapping[str, str]) -> str:
    """The port that `check` asks about by its listeners; empty for any other check and where it is not known."""
    if check.parser not in LISTENERS or check.probe or LISTENING in check.outcomes:
        return ""
    ports = {name for name in slots(check) if name in params and params[name].type == "port"}
    return values.get(next(iter(ports)), "") if len(ports) == 1 else ""


def rows_of(port: str, outputs: Sequence[Located]) -> list[int]:
    """Which outputs are rows of something that listens on `port`, or say that nothing does."""
    return [
        index
        for index, located in enumerate(outputs)
        if located.output.parser in LISTENERS
        and located.output.state in (LISTENING, "not-found")
        and located.output.subject.get("port") == port
    ]


def outcome_of_rows(check: Check, rows: Iterable[Located]) -> tuple[str, str]:
    """The outcome that the rows show together, and why they show none; each is read as ss prints it."""
    shown = [_as_ss(located.output.subject) for located in rows if located.output.state == LISTENING]
    if not shown and "none" in check.outcomes:
        return "none", ""
    return told_by(check, "\n".join(shown))


def _as_ss(subject: Mapping[str, str]) -> str:
    at = subject.get("address") or subject.get("host") or "0.0.0.0"  # noqa: S104
    return f"LISTEN 0 0 {f'[{at}]' if ':' in at else at}:{subject['port']} *:* "

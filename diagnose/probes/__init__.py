"""Built-in read-only probes: the questions that `kb verify` may ask itself, by kind.

Takes a kind and typed arguments, gives a `ProbeResult` whose outcome has the names of pasted outputs
(`diagnose.outputs.base.STATES`). The only part of `diagnose` that touches the network and the system. A kind is a file
and a row of `PROBES`. Knows nothing of articles, consent and odds.
"""

from __future__ import annotations

import time
from importlib import import_module
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.diagnosis import ProbeResult
from diagnose.facts import EXPECTED, typed
from diagnose.model import ParamType
from diagnose.probes.base import Answer, Failed, ProbeLimits, said

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["PROBES", "Kind", "ProbeLimits", "ProbeResult", "fault_of", "run_probe"]


class ProbeKind(Struct, frozen=True):
    """A row: the types of the arguments (`least` of them are needed), and whether the first is a host to be asked."""

    module: str
    types: tuple[ParamType, ...]
    least: int
    remote: bool


PROBES: dict[str, ProbeKind] = {
    "tcp": ProbeKind("network.tcp", ("host", "port"), 2, remote=True),
    "dns": ProbeKind("network.dns", ("host",), 1, remote=True),
    "tls": ProbeKind("network.tls", ("host", "port", "host"), 2, remote=True),
    "http": ProbeKind("network.http", ("host", "port", "path"), 2, remote=True),
    "disk": ProbeKind("machine.disk", ("path",), 1, remote=False),
    "service": ProbeKind("machine.service", ("service",), 1, remote=False),
    "listening": ProbeKind("machine.listening", ("port",), 1, remote=False),
    "file": ProbeKind("machine.file", ("path",), 1, remote=False),
}


def fault_of(kind: str, arguments: Sequence[str]) -> str:
    """Why this cannot be asked: an unknown kind, too few arguments, one that is not plainly of its type; else empty."""
    row = PROBES.get(kind)
    if row is None:
        return f"no probe of the kind '{kind}'; there are {', '.join(PROBES)}"
    if not row.least <= len(arguments) <= len(row.types):
        return f"{kind} wants {' '.join(row.types[: row.least])}"
    for type_, value in zip(row.types, arguments, strict=False):
        if typed(type_, value) is None:
            return f"'{said(value)}' is not {EXPECTED[type_]}"
    return ""


def run_probe(kind: str, arguments: Sequence[str], *, limits: ProbeLimits) -> ProbeResult:
    """Ask once. An empty outcome is unclear, or was not asked: `detail` says why. Raises for nothing outside."""
    start = time.monotonic()
    answer = _asked(kind, arguments, limits)
    return ProbeResult(
        kind=kind,
        arguments=tuple(arguments),
        outcome=answer.outcome,
        detail=answer.detail,
        seconds=round(time.monotonic() - start, 3),
        address=answer.address,
    )


def _asked(kind: str, arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    fault = fault_of(kind, arguments)
    if fault:
        return Answer("", f"not asked: {fault}")
    try:
        answer: Answer = import_module(f"diagnose.probes.{PROBES[kind].module}").probe(arguments, limits)
        return answer
    except Failed as failed:
        return failed.answer
    except OSError as error:
        return Answer("", said(error.strerror or error))

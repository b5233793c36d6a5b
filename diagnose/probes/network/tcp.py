"""Does a TCP port accept a connection? Connects and closes; sends nothing, reads nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, ProbeLimits, connect

if TYPE_CHECKING:
    from collections.abc import Sequence


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    host, port = arguments
    connection, address = connect(host, port, limits)
    connection.close()
    return Answer("connected", f"{address} accepts connections on TCP {port}", address)

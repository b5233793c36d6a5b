"""Has a name an address, as this machine resolves it (its hosts file and cache included)?"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, ProbeLimits, resolve

if TYPE_CHECKING:
    from collections.abc import Sequence

SHOWN = 8


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    addresses = resolve(arguments[0], limits)
    if not addresses:
        return Answer("no-data", "the name has no address")
    more = f" and {len(addresses) - SHOWN} more" if len(addresses) > SHOWN else ""
    return Answer("resolved", f"{', '.join(addresses[:SHOWN])}{more}", addresses[0])

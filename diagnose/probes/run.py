"""Several probes, one after the other, within the limits: how many hosts, how many a second."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.diagnosis import ProbeResult
from diagnose.probes import run_probe

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.probes import ProbeLimits
    from diagnose.probes.plan import Planned


def run_all(planned: Sequence[Planned], limits: ProbeLimits) -> Iterator[ProbeResult]:
    """The result of each of `planned`, as it comes; hosts beyond the limit are not asked, and the result says so."""
    hosts: set[str] = set()
    following = 0.0
    for item in planned:
        host = item.host.casefold()
        if host and host not in hosts and len(hosts) >= limits.targets:
            yield _left_out(item, limits)
            continue
        hosts |= {host} - {""}
        time.sleep(max(0.0, following - time.monotonic()))
        following = time.monotonic() + 1 / limits.per_second
        yield replace(run_probe(item.kind, item.arguments, limits=limits), checks=item.checks)


def _left_out(item: Planned, limits: ProbeLimits) -> ProbeResult:
    return ProbeResult(
        kind=item.kind,
        arguments=item.arguments,
        outcome="",
        detail=f"not asked: more than {limits.targets} hosts",
        seconds=0.0,
        checks=item.checks,
    )

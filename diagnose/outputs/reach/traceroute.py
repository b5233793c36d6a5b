"""traceroute on Linux and macOS: whether the last hop shown is the address that was asked for.

Takes the lines of a paste, gives an `Output` per trace. A trace that ends elsewhere proves nothing: firewalls drop its
packets and let others pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from diagnose.outputs.base import Output, about, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft, whole
from diagnose.outputs.parsing.socket_errors import state_of
from diagnose.outputs.parsing.with_jc import rows

PARSER = "traceroute"
NAMES = ("traceroute",)
ELSEWHERE = "the last hop shown is not the address asked for; its packets may have been dropped on the way"
MOST_HOPS = 255

_HEADER = soft(
    r"^traceroute to (?P<host>[\w.:-]{1,253}) \((?P<address>[\da-fA-F.:]{3,45})\), (?P<hops>\d{1,3}) hops max(?:, (?P<size>\d{1,5}) byte packets)?$"
)
_HOP = re.compile(r"\s*\d{1,3}\s+\S.*(?:ms|\*)")
_TIME = re.compile(r"(?<=\d)ms")  # of inetutils
_NOT_SENT = re.compile(r"\s*(?:\d{1,3}\s+)?(?:[\w-]{0,9}traceroute: )?(?:connect|sendto): (?P<error>.+)")
_STOP = re.compile(r"traceroute to|\d")
_ANNOTATED = frozenset(("!H", "!N", "!P"))  # host, network, protocol unreachable


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    for hit in page.flat.matches(_HEADER):
        header, last = page.flat.line(hit.start()), page.flat.line(hit.end() - 1)
        above = echo.above(page, commands, header)
        named = {name: whole(value or "") for name, value in hit.groupdict().items()}
        hops = _hops(page, last + 1)
        span = (above.first if above else header, last + len(hops))
        unsent = _NOT_SENT.fullmatch(page[span[1] + 1]) if span[1] + 1 < len(page) else None
        if unsent and (state := state_of(unsent["error"])):
            subject = about(named["host"], at=named["address"])
            yield output(PARSER, page.raw, (span[0], span[1] + 1), subject=subject, state=state)
        else:
            yield _output(page, span, named, hops)


def _hops(page: Paste, at: int) -> list[str]:
    hops: list[str] = []
    while at + len(hops) < len(page) and len(hops) < MOST_HOPS and _HOP.match(page[at + len(hops)]):
        hops.append(page[at + len(hops)])
    return hops


def _output(page: Paste, span: tuple[int, int], named: dict[str, str], hops: Sequence[str]) -> Output:
    header = f"traceroute to {named['host']} ({named['address']}), {named['hops']} hops max, 60 byte packets"
    read = rows(PARSER, "\n".join((header, *(_TIME.sub(" ms", hop) for hop in hops))) + "\n")
    shown = read[0].get("hops") if read else None
    state = _state(shown[-1], named["address"]) if isinstance(shown, list) and shown else ""
    subject = about(named["host"], at=named["address"])
    return output(PARSER, page.raw, span, subject=subject, state=state, why=ELSEWHERE, fields={"hops": str(len(hops))})


def _state(hop: dict[str, Any], address: str) -> str:
    probes = hop.get("probes") or ()
    if any(probe.get("annotation") in _ANNOTATED for probe in probes):
        return "unreachable"
    return "reachable" if any(probe.get("ip") == address for probe in probes) else ""

"""Get-Service: table, list, a single state, and the errors about a service that does not exist.

Takes the lines of a paste, gives an `Output` per service. Also of Start-, Stop- and Restart-Service, which print the
same errors.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from diagnose.outputs.base import Output, host, output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.pieces import Piece, sentences
from diagnose.outputs.services.states import Service, services, state_of

PARSER = "get-service"
NAMES = ("Get-Service", "gsv")

_PARAMETERS = {
    "name": "name",
    "displayname": "display",
    "computername": "host",
    "cn": "host",
    "include": "",
    "exclude": "",
}
_SWITCHES = {"dependentservices", "requiredservices", "ds", "rs", "servicesdependedon"}
_STOP = re.compile(r"Status|Name|-{3}|Running|Stopped|\w+Pending|Paused|Get-Service ?:")
_ONE_VALUE = re.compile(r"\)\.Status\b|-ExpandProperty +Status\b|-exp\w* +Status\b", re.IGNORECASE)
_MISSING = {
    "name": soft(r"Cannot find any service with (?:service|display) name '(?P<service>[^'\n\r]{1,256})'"),
    "category": soft(r"ObjectNotFound: \((?P<service>[^:()\n\r]{1,256}):String\) \[\w{3,8}-Service\]"),
    "id": soft(r"NoServiceFoundForGiven(?:Display)?Name"),
}
_NEAR = 15  # lines of one error record


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, asked)]
    yield from shown(page, PARSER, calls, (service for service in services(page) if not service.lync))
    yield from _single(page, calls)
    yield from _missing(page)


def asked(reading: str) -> dict[str, str] | None:
    """What a command line of a service cmdlet names: "service", "host"."""
    found = echo.cmdlet(reading, _PARAMETERS, _SWITCHES)
    if found is None or "2" in found:
        return None
    named = {"service": found.get("name") or found.get("1", ""), "host": found.get("host", "")}
    return {key: value.strip("'\"") for key, value in named.items() if value}


def shown(page: Paste, parser: str, calls: Sequence[echo.Echo], found: Iterable[Service]) -> Iterator[Output]:
    """The outputs of services; a list of nothing but a name and a state counts only below its command."""
    last, call = -1, None
    for service in found:
        above = echo.above(page, calls, service.first)
        if service.alone and above is None:
            continue
        call = above or (call if service.first == last + 1 else None)  # the next row of the same table
        last = service.last
        where = host(service.host) or host(echo.named(call, asked).get("host", ""))
        subject = {"service": service.name, "host": where}
        fields = {"status": service.status, "display_name": service.display}
        yield output(
            parser,
            page.raw,
            (above.first if above else service.first, service.last),
            subject={key: value for key, value in subject.items() if value},
            state=service.state,
            why=service.why,
            fields={key: value for key, value in fields.items() if value},
        )


def _single(page: Paste, calls: Sequence[echo.Echo]) -> Iterator[Output]:
    """`(Get-Service X).Status` prints the state and nothing else."""
    for call in calls:
        if any(_ONE_VALUE.search(reading) for reading in call.readings):
            at = next((i for i in range(call.last + 1, min(call.last + 5, len(page))) if page[i].strip()), -1)
            state = state_of(page[at]) if at >= 0 else ""
            if state:
                named = echo.named(call, asked)
                subject = {key: value for key, value in named.items() if value}
                yield output(PARSER, page.raw, (call.first, at), subject=subject, state=state)


def _missing(page: Paste) -> Iterator[Output]:
    """Errors about one service: the message in any language, its category and its id within one record."""
    record: list[Piece] = []
    for piece in sentences(page, _MISSING):
        kinds = {p.kind for p in record}
        if record and (piece.kind in kinds or piece.kind == "name" or piece.first - record[0].first > _NEAR):
            yield _not_found(page, record)
            record = []
        record.append(piece)
    if record:
        yield _not_found(page, record)


def _not_found(page: Paste, record: Sequence[Piece]) -> Output:
    name = next((piece.get("service") for piece in record if piece.get("service")), "")
    span = (record[0].first, record[-1].last)
    return output(PARSER, page.raw, span, subject={"service": name} if name else {}, state="not-found")

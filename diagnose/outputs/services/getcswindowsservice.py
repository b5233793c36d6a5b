"""Get-CsWindowsService of Lync and Skype for Business Server: table and list, with ActivityLevel or RoleName.

Takes the lines of a paste, gives an `Output` per service. Below its command, tables with the usual columns are its too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output
from diagnose.outputs.parsing import echo
from diagnose.outputs.parsing.paste import Paste, paste
from diagnose.outputs.services.getservice import asked as service_asked
from diagnose.outputs.services.getservice import shown
from diagnose.outputs.services.states import Service, services

PARSER = "get-cswindowsservice"
NAMES = ("Get-CsWindowsService",)

_STOP = re.compile(r"Status|Name|RoleName|-{3}|Running|Stopped|\w+Pending|Paused|Get-Cs\w+ ?:")


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    calls = [call for call in echo.echoes(page, NAMES, _STOP) if echo.understood(call, service_asked)]
    yield from shown(page, PARSER, calls, _own(page, calls))


def _own(page: Paste, calls: Sequence[echo.Echo]) -> Iterator[Service]:
    """Services with a column that only this cmdlet has, and those that follow its command."""
    after = -1
    for service in sorted(services(page), key=lambda service: service.first):
        below = echo.above(page, calls, service.first) is not None or service.first == after
        if service.lync or below:
            yield service
        after = service.last + 1 if below else -1

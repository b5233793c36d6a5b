"""Windows events as people paste them: the pattern that finds an id in any of the forms, and the provider near it.

Forms: Event Viewer copy, the older copy, either squeezed into one line, XML, the Details pane, Get-WinEvent tables,
dcdiag (hex, the low 16 bits are the id), rows separated by tabs.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.model import EventRef

NEAR = 14
_PROVIDER = late(
    r"(?:\bSource\s*:|\bEvent Source\s*:|ProviderName\s*:|Provider Name\s*=|\[ ?Name\]|\bQuelle\s*:|\bOrigen\s*:)\s*[\"']?([\w.$ -]{3,80})",
    re.IGNORECASE,
)


def event_pattern(number: int) -> str:
    """One pattern (RE2 syntax) for event `number` in any of the forms that name it as an event."""
    n = f"0*{number}"
    return "|".join(
        (
            rf"event[ -]?(?:id)?[^\w\n]{{1,40}}{n}\b",
            rf"ereignis-?id[^\w\n]{{1,30}}{n}\b",
            rf"<EventID[^>\n]{{0,60}}>{n}<",
            rf"EventID:[ \t]*0x[0-9A-F]{{0,4}}{number & 0xFFFF:04X}\b",
            rf"\d{{1,2}}:\d\d(?::\d\d)?(?:[ \t]*[AP]M)?[ \t]+{n}[ \t]+[A-Z]",
            rf"\t{n}\t",
        )
    )


def provider_strength(event: EventRef, lines: Sequence[str]) -> float:
    """How far `lines` around the id show the event's provider: 1 named, 0.5 none is named, 0 another is."""
    if not event.provider:
        return 1.0
    wanted = _bare(event.provider)
    text = "\n".join(lines)
    if wanted in _bare(text):
        return 1.0
    named = [_bare(name) for name in _PROVIDER.findall(text)]
    if not named:
        return 0.5
    return 1.0 if any(name and (name in wanted or wanted.endswith(name)) for name in named) else 0.0


def _bare(text: str) -> str:
    return re.sub(r"[\s_-]+", "", text).casefold()

"""How a report is laid out."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct

Depth = Literal["brief", "short", "full"]


class Style(Struct, frozen=True):
    """How a report is laid out: `width` in columns, colours, how much is shown, whether the trees of reasons are, the number
    of the cause whose steps are asked for (0: none), and the options of the call that a further one needs as well."""

    colour: bool = False
    width: int = 100
    explain: bool = False
    depth: Depth = "short"
    fix: int = 0
    options: tuple[str, ...] = ()

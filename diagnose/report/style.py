"""How a report is laid out."""

from __future__ import annotations

from msgspec import Struct


class Style(Struct, frozen=True):
    """How a report is laid out: `width` in columns, colours, and whether the trees of reasons are shown."""

    colour: bool = False
    width: int = 100
    explain: bool = False

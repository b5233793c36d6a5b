"""A verdict on the way: what was ruled, why, and the lines that show it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.audit.model import Shown

if TYPE_CHECKING:
    from diagnose.audit.model import Verdict
    from diagnose.audit.watch import Spot


class Ruling(Struct, frozen=True):
    """`meant` says that what was found leaves no doubt that the report means a line of these logs."""

    verdict: Verdict
    why: str
    shows: tuple[Shown, ...] = ()
    meant: bool = False


def shown(*spots: Spot) -> tuple[Shown, ...]:
    """Lines as they are shown, each once."""
    return tuple(dict.fromkeys(Shown(source=spot.source, line=spot.line, quote=spot.quote) for spot in spots))


def yes(why: str, *spots: Spot) -> Ruling:
    return Ruling("supported", why, shown(*spots))


def no(why: str, *spots: Spot) -> Ruling:
    return Ruling("absent", why, shown(*spots))


def against(why: str, *spots: Spot) -> Ruling:
    return Ruling("contradicted", why, shown(*spots))


def unclear(why: str, *spots: Spot) -> Ruling:
    return Ruling("not checkable", why, shown(*spots))

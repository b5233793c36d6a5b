"""Texts that no diagnosis can look at, taken out of a part: a case has room for so many bytes and lines, first come first served.

A part is read behind others, or in another order, so that only what can never fit is left out: where what stands before it in
this part alone, and is no longer than it, leaves no room.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.parts.part import merged
from diagnose.scan.merging import by_worth
from diagnose.scan.reading import MOST_LINES, MOST_WHOLE, Scanned

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.scan.excerpts import Excerpt
    from diagnose.scan.reading import Item


class Room:
    """`most` in all, given out in order; `may_fit` says whether one more of `size` could have its place in any company."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: list[int] = []
        self._refused = most + 1

    def may_fit(self, size: int) -> bool:
        if size >= self._refused:
            return False
        if sum(self._kept[: bisect_right(self._kept, size)]) + size > self._most:
            self._refused = size
            return False
        insort(self._kept, size)
        return True


def slimmed(items: Sequence[Item]) -> list[Item]:
    """`items` without what can fit neither in their own order nor in that of their names."""
    wanted: set[int] = set()
    for order in (items, merged([items, []])):
        wanted |= _wanted(order)
    return [_slim(item, wanted) if isinstance(item, Scanned) else item for item in items]


def _wanted(items: Sequence[Item]) -> set[int]:
    """The `id`s of the texts and excerpts that may be looked at."""
    wanted: set[int] = set()
    whole, lines = Room(MOST_WHOLE), Room(MOST_LINES)
    for item in items:
        if not isinstance(item, Scanned):
            continue
        text = item.scan.whole
        if text is not None and (item.piece or whole.may_fit(len(text))):
            wanted |= {id(text), *map(id, item.scan.excerpts)}
        elif item.piece:
            wanted.update(map(id, item.scan.excerpts))
        else:
            wanted.update(id(e) for e in by_worth(item.scan.excerpts) if lines.may_fit(len(e.lines)))
    return wanted


def _slim(item: Scanned, wanted: set[int]) -> Scanned:
    scan = item.scan
    text = scan.whole if id(scan.whole) in wanted else None
    kept: tuple[Excerpt, ...] = tuple(e for e in scan.excerpts if id(e) in wanted)
    return replace(item, scan=replace(scan, whole=text, excerpts=kept))

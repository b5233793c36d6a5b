"""Frames: choices of occurrences that satisfy a set or a sequence within a limit and that nothing vetoes.

Takes the occurrences of each member, all of one key; gives one frame for every occurrence that can be its last, the
narrowest one. Positions are seconds or lines (`Extent`). Without vetoes the search is linear in the occurrences; with them
every pair of a first and a last is tried, within a budget.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from itertools import combinations, product
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_TRIES = 20_000


class Occurrence(Struct, frozen=True):
    """A signal at a line of a source. `parts` has the occurrences of patterns behind it, where it is a condition."""

    signal: str
    line: int
    time: float | None = None
    fields: tuple[tuple[str, str], ...] = ()
    source: str = "-"
    parts: tuple[Occurrence, ...] = ()

    @property
    def leaves(self) -> tuple[Occurrence, ...]:
        return self.parts or (self,)

    @property
    def has_time(self) -> bool:
        return all(leaf.time is not None for leaf in self.leaves)


class Extent(Struct, frozen=True):
    """Where an occurrence begins and ends, and the line that shows it."""

    start: float
    end: float
    key: tuple[str, int]
    of_: Occurrence

    @classmethod
    def of(cls, occurrence: Occurrence, timed: bool) -> Extent:
        places = [(leaf.time or 0.0) if timed else float(leaf.line) for leaf in occurrence.leaves]
        return cls(min(places), max(places), (occurrence.source, occurrence.line), occurrence)


class Vetoed(Struct, frozen=True, kw_only=True):
    """Forbids a frame where something of `at` (sorted) lies in its window around member number `anchor`."""

    anchor: int
    slide: float
    window: float
    absolute: bool
    at: tuple[float, ...]

    def reach(self, anchor: float, width: float) -> tuple[float, float]:
        start = anchor + self.slide
        return start, start + max(0.0, self.window + (0.0 if self.absolute else width))

    def forbids(self, anchor: float, width: float) -> bool:
        start, stop = self.reach(anchor, width)
        place = bisect_left(self.at, start)
        return place < len(self.at) and self.at[place] <= stop


class Frame(Struct, frozen=True):
    """`until` is the position up to which a veto may still come; `last` the part that completes it."""

    start: float
    end: float
    parts: tuple[Occurrence, ...]
    last: Occurrence
    until: float


class Budget:
    """How many choices may still be tried; below zero the search has stopped early."""

    def __init__(self, tries: int = MOST_TRIES) -> None:
        self.left = tries

    def spend(self) -> bool:
        self.left -= 1
        return self.left >= 0


def frames(
    members: Sequence[Sequence[Occurrence]],
    needs: Sequence[int],
    ordered: bool,
    limit: float,
    vetoes: Sequence[Vetoed],
    timed: bool,
    budget: Budget,
) -> list[Frame]:
    """One frame an end, in order of ends. `needs` says how often a set wants each member."""
    spans = [sorted((Extent.of(o, timed) for o in items), key=lambda s: (s.end, s.key)) for items in members]
    live = [veto for veto in vetoes if veto.at]
    if ordered:
        found = _vetoed_sequences(spans, limit, live, budget) if live else _sequences(spans, limit)
    else:
        found = _vetoed_sets(spans, needs, limit, live, budget) if live else _sets(spans, needs, limit)
    return [_frame(chosen, last, ordered, vetoes) for chosen, last in found]


Chosen = tuple["Sequence[Extent]", Extent]


def _frame(chosen: Sequence[Extent], last: Extent, ordered: bool, vetoes: Sequence[Vetoed]) -> Frame:
    start, end = min(s.start for s in chosen), max(s.end for s in chosen)
    inside = chosen if ordered else sorted(chosen, key=lambda s: (s.start, s.key))
    until = max((veto.reach(inside[veto.anchor].start, end - start)[1] for veto in vetoes), default=end)
    parts = sorted(chosen, key=lambda s: (s.start, s.key))
    return Frame(start, end, tuple(s.of_ for s in parts), last.of_, until)


# --- sets ---


def _sets(spans: Sequence[Sequence[Extent]], needs: Sequence[int], limit: float) -> Iterator[Chosen]:
    """Sweep over all ends; of every member the occurrences that begin latest are kept."""
    kept: list[list[Extent]] = [[] for _ in spans]
    for last, owner in _merged(spans):
        mine = kept[owner]
        mine.append(last)
        if len(mine) > needs[owner]:
            mine.remove(min(mine, key=lambda s: (s.start, s.end, s.key)))
        if last not in mine or any(len(part) < need for part, need in zip(kept, needs, strict=True)):
            continue
        chosen = [s for part in kept for s in part]
        if last.end - min(s.start for s in chosen) <= limit:
            yield chosen, last


def _merged(spans: Sequence[Sequence[Extent]]) -> list[tuple[Extent, int]]:
    return sorted(
        ((s, owner) for owner, part in enumerate(spans) for s in part), key=lambda p: (p[0].end, p[0].key, p[1])
    )


def _vetoed_sets(
    spans: Sequence[Sequence[Extent]], needs: Sequence[int], limit: float, vetoes: Sequence[Vetoed], budget: Budget
) -> Iterator[Chosen]:
    merged = _merged(spans)
    for number, (last, _) in enumerate(merged):
        before = [p for p in merged[: number + 1] if last.end - p[0].start <= limit]
        for start in sorted({s.start for s, _ in before}, reverse=True):
            if not budget.spend():
                return
            chosen = next(_choices(before, len(spans), needs, start, merged[number], vetoes, budget), None)
            if chosen:
                yield chosen, last
                break


def _choices(
    before: Sequence[tuple[Extent, int]],
    count: int,
    needs: Sequence[int],
    start: float,
    last: tuple[Extent, int],
    vetoes: Sequence[Vetoed],
    budget: Budget,
) -> Iterator[list[Extent]]:
    """Choices that begin at `start`, end with `last` and that nothing vetoes. Only choices that a veto tells apart are kept apart."""
    width = last[0].end - start
    if any(v.anchor == 0 and v.forbids(start, width) for v in vetoes):
        return
    parts = [[s for s, owner in before if owner == i and s.start >= start] for i in range(count)]
    if any(len(part) < need for part, need in zip(parts, needs, strict=True)):
        return
    if all(v.anchor in (0, sum(needs) - 1) for v in vetoes):  # then only the first and the last decide
        parts = [_outermost(part, need, start) for part, need in zip(parts, needs, strict=True)]
    for picked in product(*(combinations(part, need) for part, need in zip(parts, needs, strict=True))):
        if not budget.spend():
            return
        chosen = [s for part in picked for s in part]
        if last[0] not in picked[last[1]] or min(s.start for s in chosen) != start:
            continue
        ordered = sorted(chosen, key=lambda s: (s.start, s.key))
        if not any(v.forbids(ordered[v.anchor].start, width) for v in vetoes):
            yield chosen


def _outermost(part: Sequence[Extent], need: int, start: float) -> list[Extent]:
    """Enough of `part` to begin at `start` and to end with its last."""
    first = [s for s in part if s.start == start][: need + 1]
    return list(dict.fromkeys((*first, *part[-need:])))


# --- sequences ---


def _sequences(spans: Sequence[Sequence[Extent]], limit: float) -> Iterator[Chosen]:
    for last in spans[-1]:
        chosen = _chain(spans, last)
        if chosen and last.end - chosen[0].start <= limit:
            yield chosen, last


def _vetoed_sequences(
    spans: Sequence[Sequence[Extent]], limit: float, vetoes: Sequence[Vetoed], budget: Budget
) -> Iterator[Chosen]:
    for last in spans[-1]:
        first = [s for s in spans[0] if s.end <= last.end and last.end - s.start <= limit]
        for start in sorted({s.start for s in first}, reverse=True):
            if not budget.spend():
                return
            width = last.end - start
            allowed = [
                [s for s in part if not any(v.anchor == i and v.forbids(s.start, width) for v in vetoes)]
                for i, part in enumerate(spans)
            ]
            allowed[0] = [s for s in allowed[0] if s.start == start]
            chosen = _chain(allowed, last) if last in allowed[-1] else None
            if chosen:
                yield chosen, last
                break


def _chain(spans: Sequence[Sequence[Extent]], last: Extent) -> list[Extent] | None:
    """The sequence that ends with `last` and begins as late as it can, on lines of its own; None if there is none.

    Equal positions count as in order, so the members at one position share its lines out among themselves: a matching.
    """
    steps = len(spans)
    chosen: list[Extent | None] = [None] * steps
    chosen[-1] = last
    bound = last.start
    taken = {last.key: steps - 1} if last.start == last.end else {}
    for step in range(steps - 2, -1, -1):
        part = spans[step]
        if _assign(step, bound, spans, chosen, taken, {last.key}):
            continue
        before = part[: bisect_left(part, bound, key=lambda s: s.end)]
        at_once = [s for s in _at(part, bound) if s.key not in taken and s.start < s.end]
        latest = max((*before, *at_once), key=lambda s: (s.start, s.end), default=None) if at_once else None
        latest = latest or max(_latest(before), key=lambda s: s.start, default=None)
        if latest is None:
            return None
        chosen[step] = latest
        bound = latest.start
        taken = {latest.key: step} if latest.start == latest.end else {}
    return [s for s in chosen if s is not None]


def _latest(before: Sequence[Extent]) -> Iterable[Extent]:
    """Those that may begin latest: occurrences that are points end and begin in one order, conditions may not."""
    if before and before[-1].start == before[-1].end:
        return before[-1:]
    return before


def _at(part: Sequence[Extent], bound: float) -> Sequence[Extent]:
    return part[bisect_left(part, bound, key=lambda s: s.end) : bisect_right(part, bound, key=lambda s: s.end)]


def _assign(
    step: int,
    bound: float,
    spans: Sequence[Sequence[Extent]],
    chosen: list[Extent | None],
    taken: dict[tuple[str, int], int],
    fixed: set[tuple[str, int]],
) -> bool:
    """Give `step` a line at `bound`, moving others there to further lines of theirs where that helps (Kuhn)."""
    tried: set[tuple[str, int]] = set(fixed)

    def place(owner: int) -> bool:
        for span in _at(spans[owner], bound):
            if span.start < bound or span.key in tried:
                continue
            tried.add(span.key)
            if span.key not in taken or place(taken[span.key]):
                taken[span.key] = owner
                chosen[owner] = span
                return True
        return False

    return place(step)

"""Absences against the lines: "no such line", in all of the logs or in the part of them that the report speaks of."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.audit.judging.times import came_before
from diagnose.audit.judging.verdict import Ruling, against, unclear, yes
from diagnose.audit.reading.moments import DAY
from diagnose.scan.hits import SALIENT_REGEX

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diagnose.audit.model import Claim, Moment
    from diagnose.audit.watch import Spot, Watch

    Within = Callable[[Spot], bool | None]

_SALIENT = re.compile(SALIENT_REGEX, re.IGNORECASE)
_EXCEPTION = re.compile(r"exception|traceback", re.IGNORECASE)
_LEVELS = {"error": ("error", "fatal"), "fatal": ("fatal",), "warning": ("warning",), "exception": ()}


class _Scope(Struct, frozen=True):
    """The part of the logs that is meant: a line surely within it, and one that may be."""

    surely: Callable[[Spot], bool]
    perhaps: Callable[[Spot], bool]


def absence(claim: Claim, watch: Watch) -> Ruling:
    """Contradicted by a line of it that surely is within the scope, supported where none even may be."""
    scope = _scope(claim, watch)
    if isinstance(scope, str):
        return unclear(scope)
    sure, unsure, whole = _those(claim, watch)
    if found := [spot for spot in sure if scope.surely(spot)]:
        return against("the logs have such a line", found[0])
    if found := [spot for spot in [*sure, *unsure] if scope.perhaps(spot)]:
        return unclear("the logs have a line that may be such a one", found[0])
    if not whole:
        return unclear("there are more such lines than were looked at")
    return yes("no such line is in that part of the logs" if claim.edge else "no such line is in these logs")


def _those(claim: Claim, watch: Watch) -> tuple[list[Spot], list[Spot], bool]:
    """Lines of what is denied, lines that may be of it, and whether these are all that matter."""
    assert claim.needle is not None
    kind, _, level = claim.needle.key.partition(":")
    if kind != "level":
        finds = watch.found(claim.needle)
        ends = [*finds.spots, *((finds.last,) if finds.last else ())]
        return ends, [finds.weak] if finds.weak else [], finds.whole
    sure, unsure, whole = [], [], not watch.full
    for message in watch.messages.values():
        ends = [message.first, message.last]
        text = message.first.quote
        if message.level in _LEVELS[level] or (level == "exception" and _EXCEPTION.search(text)):
            sure += ends
            whole = whole and (message.count <= 2 or claim.edge in ("after", "before", ""))
        elif level != "warning" and message.level in ("", "warning") and _SALIENT.search(text):
            unsure += ends
    return sure, unsure, whole


def _scope(claim: Claim, watch: Watch) -> _Scope | str:
    if claim.moment is not None:
        return _of_time(claim, watch)
    if claim.other is not None:
        return _of_event(claim, watch)
    if claim.scoped:
        return "the part of the logs that it speaks of cannot be told"
    return _Scope(lambda spot: True, lambda spot: True)


def _of_time(claim: Claim, watch: Watch) -> _Scope | str:
    assert claim.moment is not None
    start = _instant(claim.moment, watch)
    end = _instant(claim.until, watch) if claim.until else None
    if start is None or not claim.edge or (claim.until is not None and end is None):
        return "the part of the logs that it speaks of cannot be told"
    assert watch.span is not None
    grain = claim.moment.grain
    if claim.edge == "after":
        if watch.span[1] < start:
            return "the logs end before that time"
        return _between(start + grain, start, None, None)
    if claim.edge == "before":
        return _between(None, None, start, start + grain)
    assert end is not None and claim.until is not None
    return _between(start + grain, start, end, end + claim.until.grain)


def _between(surely_from: float | None, from_: float | None, surely_to: float | None, to: float | None) -> _Scope:
    def surely(spot: Spot) -> bool:
        return (
            spot.time is not None
            and (surely_from is None or spot.time >= surely_from)
            and (surely_to is None or spot.time < surely_to)
        )

    def perhaps(spot: Spot) -> bool:
        return spot.time is None or ((from_ is None or spot.time >= from_) and (to is None or spot.time < to))

    return _Scope(surely, perhaps)


def _instant(moment: Moment, watch: Watch) -> float | None:
    """The time of the report in seconds since 1970, where the logs leave one day for it."""
    if watch.span is None:
        return None
    low, high = watch.span
    zone = moment.zone if moment.zone is not None else _offset(watch)
    days = range(int(low // DAY) - 1, int(high // DAY) + 2)
    if moment.day:
        try:
            days = range(at := int(datetime.fromisoformat(moment.day).replace(tzinfo=UTC).timestamp() // DAY), at + 1)
        except ValueError:
            return None
    found = [day * DAY + moment.second - zone for day in days]
    inside = [time for time in found if low - moment.grain <= time <= high + moment.grain]
    return inside[0] if len(inside) == 1 else None


def _offset(watch: Watch) -> int:
    """By how much the times that lines show are ahead of UTC."""
    for message in watch.messages.values():
        spot = message.first
        if spot.time is not None and spot.written is not None:
            apart = (spot.written - spot.time + DAY / 2) % DAY - DAY / 2
            return round(apart / 900) * 900
    return 0


def _of_event(claim: Claim, watch: Watch) -> _Scope | str:
    """Behind or before a quoted event or a restart: surely behind its last line, perhaps behind its first."""
    assert claim.other is not None
    spots = list(_events(claim, watch))
    if not spots or not claim.edge:
        return "the event that it speaks of stands nowhere in these logs"

    def surely(spot: Spot) -> bool:
        return (
            all(came_before(other, spot) for other in spots)
            if claim.edge == "after"
            else all(came_before(spot, other) for other in spots)
        )

    def perhaps(spot: Spot) -> bool:
        return (
            not all(came_before(spot, other) for other in spots)
            if claim.edge == "after"
            else not all(came_before(other, spot) for other in spots)
        )

    if claim.edge == "after" and not _goes_on(spots, watch):
        return "the logs end with that event"
    return _Scope(surely, perhaps)


def _goes_on(spots: Sequence[Spot], watch: Watch) -> bool:
    last = max(spots, key=lambda spot: spot.number)
    return any(came_before(last, message.last) for message in watch.messages.values())


def _events(claim: Claim, watch: Watch) -> Iterator[Spot]:
    assert claim.other is not None
    if claim.other.key.startswith("words:"):
        for words in claim.other.pieces:  # the word itself, else what stands in logs for it
            regex = re.compile(words, re.IGNORECASE)
            found = [message for message in watch.messages.values() if regex.search(message.first.quote)]
            for message in found:
                yield from (message.first, message.last)
            if found:
                return
        return
    finds = watch.found(claim.other)
    yield from finds.spots
    yield from (finds.last,) if finds.last else ()

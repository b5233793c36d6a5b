"""Times and orders against the lines: a report may tell its times in another zone, which all of them together show."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from diagnose.audit.judging.likeness import stems
from diagnose.audit.judging.verdict import Ruling, against, unclear, yes
from diagnose.audit.reading.moments import DAY, distance
from diagnose.audit.watch import of_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diagnose.audit.model import Claim, Moment
    from diagnose.audit.watch import Finds, Spot, Watch

QUARTER = 900  # zones differ by multiples of it
FURTHEST = 14 * 3600
ENOUGH = 2  # claims that tell the same shift
SKEW = 5.0  # seconds by which the clocks of two sources may differ
# Who did or noticed something at a time that no log has to show.
_PEOPLE = re.compile(
    r"\b(?:engineers?|team|we|i|users?|customers?|on-?call|support|operators?|admins?|noticed|found|discovered|alert\w*|paged|pager|called|opened|deploy\w*|investigat\w*|detected|ticket|incident|escalat\w*|declared|acknowledged|reported by|monitoring|rolled|merged|informed)\b",
    re.IGNORECASE,
)


class Times:
    """The claims about times of one report, judged together: first for the shift of its clock, then each."""

    def __init__(self, claims: Sequence[Claim], watch: Watch) -> None:
        self.watch = watch
        self.claims = [claim for claim in claims if claim.kind == "time" and claim.moment and claim.needle]
        self.straight = any(self._spots_at(claim, 0) for claim in self.claims)
        self.shift = 0 if self.straight else self._told_shift()

    def ruling(self, claim: Claim) -> Ruling:
        if claim.needle is None:
            return self._described(claim)
        finds = self.watch.found(claim.needle)
        if not finds.lines:
            return unclear("what it times stands nowhere in these logs")
        if not any(spot.time is not None or spot.written is not None for spot in finds.spots):
            return unclear("its lines tell no time", *finds.spots[:1])
        if found := self._spots_at(claim, self.shift):
            zone = (
                f"; the times of the report are {self.shift / 3600:+g} hours from those of the logs"
                if self.shift
                else ""
            )
            return yes(f"{_SAID[claim.edge]}{zone}", *found[:1])
        return self._missed(claim, finds)

    def _missed(self, claim: Claim, finds: Finds) -> Ruling:
        nearest = self._nearest(claim, finds)
        if not finds.whole or any(not _dated(spot) for spot in finds.spots):
            return unclear("not every line of it has a time that is known", *nearest)
        if claim.edge == "at" and _of_people(claim):
            return unclear("what people did at a time no log has to show", *nearest)
        if claim.edge == "between" and self._some_between(claim, finds):
            return unclear("some of its lines are of that time", *nearest)
        moment = claim.moment
        assert moment is not None
        if any(
            abs(apart) <= _doubt(moment)
            for spot in self._meant(claim, finds)
            for apart in _apart(spot, moment, self.shift)
        ):
            return unclear("its lines are of about that time", *nearest)
        if not self.straight and not self.shift and self._shifts(claim):
            return unclear("its lines are of that time in another zone", *nearest)
        return against(
            {"first": "the first line of it is of another time", "last": "the last line of it is of another time"}.get(
                claim.edge, "no line of it is of that time"
            ),
            *nearest,
        )

    def _meant(self, claim: Claim, finds: Finds) -> list[Spot]:
        """The lines that the claim is about: the first, the last or all."""
        spots = finds.spots
        if claim.edge in ("first", "last") and spots:
            ordered = sorted(spots, key=lambda spot: (spot.time is None, spot.time or 0.0, spot.number))
            if claim.edge == "first":
                return ordered[:1]
            last = finds.last
            return [last] if last and not finds.whole else ordered[-1:]
        return spots

    def _nearest(self, claim: Claim, finds: Finds) -> list[Spot]:
        moment = claim.moment
        assert moment is not None
        meant = [spot for spot in self._meant(claim, finds) if _apart(spot, moment, 0)]
        return sorted(meant, key=lambda spot: min(map(abs, _apart(spot, moment, 0))))[:1] or finds.spots[:1]

    def _spots_at(self, claim: Claim, shift: int) -> list[Spot]:
        """The lines that show the claim to be right, with the times of the report moved by `shift` seconds."""
        assert claim.needle is not None and claim.moment is not None
        meant = self._meant(claim, self.watch.found(claim.needle))
        if claim.edge == "between":
            inside = [spot for spot in meant if self._inside(claim, spot, shift)]
            return inside if inside and len(inside) == len(meant) else []
        return [spot for spot in meant if _fits(spot, claim.moment, shift)]

    def _inside(self, claim: Claim, spot: Spot, shift: int) -> bool:
        start, end = claim.moment, claim.until
        assert start is not None and end is not None
        if not _same_day(spot, start):
            return False
        reach = (end.second + end.grain - start.second) % DAY
        return any(((seconds + shift - start.second) % DAY) < reach for seconds in of_day(spot, start))

    def _some_between(self, claim: Claim, finds: Finds) -> bool:
        return any(self._inside(claim, spot, 0) for spot in finds.spots)

    def _shifts(self, claim: Claim) -> list[int]:
        steps = [step for step in range(-FURTHEST, FURTHEST + 1, QUARTER) if step]
        return [step for step in steps if self._spots_at(claim, step)]

    def _told_shift(self) -> int:
        counted = Counter(step for claim in self.claims for step in self._shifts(claim))
        best = counted.most_common(2)
        alone = len(best) == 1 or (len(best) > 1 and best[0][1] > best[1][1])
        return best[0][0] if best and best[0][1] >= ENOUGH and alone else 0

    # --- a time with a description in words --------------------------------------------------------------------

    def _described(self, claim: Claim) -> Ruling:
        moment = claim.moment
        assert moment is not None
        said = stems(claim.words)
        if len(said) < 2:
            return unclear("says too little to be found")
        spots = self.watch.at.get(moment, [])
        best = max(spots, key=lambda spot: len(said & stems(spot.quote)), default=None)
        if best is not None and len(said & stems(best.quote)) >= max(2, len(said) // 3):
            return yes("a line of that time says so", best)
        if spots:
            return unclear("lines of that time are there; none says it in words that can be compared", *spots[:1])
        return self._elsewhere(claim, said)

    def _elsewhere(self, claim: Claim, said: frozenset[str]) -> Ruling:
        ranked = sorted(self.watch.messages.values(), key=lambda message: -len(said & stems(message.first.quote)))[:2]
        shares = [len(said & stems(message.first.quote)) / len(said) for message in ranked]
        moment = claim.moment
        assert moment is not None
        if (
            not shares
            or shares[0] < 0.7
            or len(said) < 4
            or (len(shares) > 1 and shares[1] > shares[0] - 0.2)
            or ranked[0].count > 2
            or moment.rough
            or _of_people(claim)
        ):
            return unclear("no line of that time is in these logs")
        ends = [ranked[0].first, ranked[0].last]
        apart = [value for spot in ends for value in _apart(spot, moment, 0)]
        if not apart or any(abs(value) <= _doubt(moment) for value in apart) or self._is_shift(apart):
            return unclear("no line of that time is in these logs", *ends[:1])
        return against("the line that says it is of another time", *ends[:1])

    def _is_shift(self, apart: Iterable[float]) -> bool:
        return not self.straight and any(
            min(abs(value) % QUARTER, QUARTER - abs(value) % QUARTER) < 60 for value in apart
        )


_SAID = {
    "first": "its first line is of that time",
    "last": "its last line is of that time",
    "at": "a line of it is of that time",
    "between": "all of its lines are of that time",
}


def _of_people(claim: Claim) -> bool:
    """Whether the words beside the quotes tell what people did."""
    return bool(_PEOPLE.search(re.sub(r"`[^`]*`|\"[^\"]*\"", " ", claim.words)))


def _dated(spot: Spot) -> bool:
    return spot.time is not None or spot.written is not None


def _apart(spot: Spot, moment: Moment, shift: int) -> list[float]:
    """Seconds by which a line is off the time of the report, in each way in which it may be told."""
    return [distance(moment, (seconds + shift) % DAY) for seconds in of_day(spot, moment)]


def _fits(spot: Spot, moment: Moment, shift: int) -> bool:
    """Whether a line is of that time; a time to the minute may be rounded, one that is about so is within five minutes."""
    allowed = 300.0 if moment.rough else 30.0 if moment.grain >= 60 else 1.0 if moment.grain >= 1 else moment.grain
    return _same_day(spot, moment) and any(abs(apart) <= allowed for apart in _apart(spot, moment, shift))


def _doubt(moment: Moment) -> float:
    return 900.0 if moment.rough else 60.0 if moment.grain >= 60 else 2.0


def _same_day(spot: Spot, moment: Moment) -> bool:
    if not moment.day or spot.time is None:
        return True
    day = datetime.fromtimestamp(spot.time, UTC).date()
    try:
        told = datetime.fromisoformat(moment.day).date()
    except ValueError:
        return True
    local = spot.written is not None and abs(spot.written - spot.time % DAY) > 1
    return abs((day - told).days) <= int(local or moment.zone is not None)


def order(claim: Claim, watch: Watch) -> Ruling:
    """Whether the first of two things came first: supported by their first lines, contradicted only if all are the other way."""
    assert claim.needle is not None and claim.other is not None
    one, two = watch.found(claim.needle), watch.found(claim.other)
    if not one.lines or not two.lines:
        return unclear("not both stand in these logs", *one.spots[:1], *two.spots[:1])
    first, second = _earliest(one), _earliest(two)
    if first is None or second is None:
        return unclear("their lines tell no times that can be compared", one.spots[0], two.spots[0])
    if came_before(first, second):
        return yes("the first line of the one is before that of the other", first, second)
    if claim.edge == "first" and came_before(second, first):
        return against("the first of the other one is before it", second, first)
    if one.whole and two.whole and all(came_before(spot, first) for spot in two.spots):
        return against("it is the other way round", second, first)
    return unclear("they alternate, or their times are too near", first, second)


def _earliest(finds: Finds) -> Spot | None:
    if len(finds.by_source) == 1:
        return finds.spots[0]
    if any(spot.time is None for spot in finds.spots):
        return None
    return min(finds.spots, key=lambda spot: spot.time or 0.0)


def came_before(one: Spot, two: Spot) -> bool:
    """Whether a line was surely written before another: by its place in the same source, else by its time."""
    if one.source == two.source:
        return one.number < two.number
    return one.time is not None and two.time is not None and one.time + SKEW < two.time

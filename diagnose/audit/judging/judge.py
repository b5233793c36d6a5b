"""Claims against what the lines showed: each gets its verdict, the reason, and the line that shows it.

A claim is called contradicted or absent only where all of the logs was read and nothing speaks for it; else it is not
checkable. One function a kind of claim; those about times are in judge_times.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.audit.judging.absences import absence
from diagnose.audit.judging.likeness import LIKE, nearest, reworded
from diagnose.audit.judging.times import Times, order
from diagnose.audit.judging.verdict import Ruling, against, no, shown, unclear, yes
from diagnose.audit.model import Checked
from diagnose.view.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from diagnose.audit.model import Claim
    from diagnose.audit.watch import Finds, Spot, Watch

MEANT = 3  # words of a quote that is so near to a line that it can only be meant for it
NEAR, FAR = 0.15, 0.4  # how far a count may be from "about 100" and still be it, and from where on it is not


def judged(claims: Sequence[Claim], watch: Watch, *, complete: bool) -> list[Checked]:
    """Every claim with its verdict, in order; without `complete` nothing is called absent."""
    times = Times(claims, watch)
    made = []
    for claim in claims:
        ruling = times.ruling(claim) if claim.kind == "time" else _KINDS.get(claim.kind, _value)(claim, watch)
        if not complete and (ruling.verdict == "absent" or (claim.kind == "absence" and ruling.verdict == "supported")):
            ruling = unclear("not all of the logs was read")
        if not (claim.sure or ruling.meant) and ruling.verdict in ("absent", "contradicted"):
            ruling = unclear(f"{ruling.why}; it may be meant otherwise")
        made.append(
            Checked(
                kind=claim.kind,
                line=claim.line,
                claim=claim.words,
                about=claim.about,
                verdict=ruling.verdict,
                why=ruling.why,
                shows=ruling.shows,
            )
        )
    return made


def _found(claim: Claim, watch: Watch) -> Finds:
    assert claim.needle is not None
    return watch.found(claim.needle)


def _message(claim: Claim, watch: Watch) -> Ruling:
    finds = _found(claim, watch)
    if finds.lines:
        return yes(f"stands there, {counted(finds.lines, 'line')} in all", *finds.spots[:1])
    if any(claim.about.lower() in name.lower() for name in watch.sources) and "." in claim.about:
        return yes("names an input")
    if other := reworded(claim.about, watch.messages.values()):
        return Ruling("reworded", "stands nowhere in these words; a line has all of them in others", shown(other.first))
    share, near = nearest(claim.about, watch.messages.values())
    why = "stands nowhere in these logs"
    if near is None or share < LIKE or len(claim.about.split()) < MEANT:
        return no(why)
    return Ruling("absent", f"{why}; this line is most like it", shown(near.first), meant=True)


def _value(claim: Claim, watch: Watch) -> Ruling:
    finds = _found(claim, watch)
    if finds.lines:
        return yes(f"stands there, {counted(finds.lines, 'line')} in all", *finds.spots[:1])
    if any(claim.about.lower() in name.lower().replace("\\", "/") for name in watch.sources):
        return yes("is part of the name of an input")
    if finds.weak:
        return unclear("the logs have it only as something else, or in part", finds.weak)
    others = watch.found(claim.sides).values if claim.sides else {}
    if len(others) == 1:
        (value, spot), *_ = others.items()
        why = f"stands nowhere in these logs; they have {value} there"
        return against(why, spot) if claim.kind == "version" else no(why, spot)
    return no("stands nowhere in these logs", *list(others.values())[:1])


def _count(claim: Claim, watch: Watch) -> Ruling:
    assert claim.needle is not None
    if claim.needle.key.startswith("level:"):
        return _of_level(claim, watch, claim.needle.key.removeprefix("level:"))
    finds = _found(claim, watch)
    if not finds.lines:
        return unclear("what it counts stands nowhere in these logs")
    seen = {finds.lines, finds.times, finds.lines + finds.repeats, *finds.by_source.values()}
    why = f"{counted(finds.lines, 'line')} of these logs {'has' if finds.lines == 1 else 'have'} it"
    return _compared(claim, watch, seen, why, (*finds.spots[:1], *((finds.last,) if finds.last else ())))


def _of_level(claim: Claim, watch: Watch, level: str) -> Ruling:
    lines = watch.levels[level]
    seen = {lines, lines + watch.levels["fatal"]} if level == "error" else {lines}
    first = [message.first for message in watch.messages.values() if message.level == level][:1]
    if watch.full or not sum(count for name, count in watch.levels.items() if name):
        return unclear("the lines of these logs show no level")
    return _compared(claim, watch, seen, f"{counted(lines, 'line')} of level {level} in these logs", first)


def _compared(claim: Claim, watch: Watch, seen: set[int], why: str, spots: Iterable[Spot]) -> Ruling:
    number, kept = claim.number, tuple(dict.fromkeys(spots))
    fits = {
        "exact": number in seen,
        "min": max(seen) >= number,
        "max": min(seen) <= number,
        "rough": any(abs(count - number) <= NEAR * number for count in seen),
    }[claim.bound]
    if fits:
        return yes(why, *kept[:1])
    if claim.scoped or watch.suppressed or (claim.needle is not None and claim.needle.pieces):
        return unclear(f"{why}; the report counts a part of them, or the logs sum lines up", *kept[:1])
    if claim.bound == "rough" and any(abs(count - number) <= FAR * max(count, number) for count in seen):
        return unclear(f"{why}, which is near", *kept[:1])
    return against(why, *kept)


def _place(claim: Claim, watch: Watch) -> Ruling:
    finds, (file, line) = _found(claim, watch), claim.place
    named = [name for name in watch.sources if _file_of(name) == file.lower()]
    if not finds.lines or len(named) != 1:
        return unclear("no input has this name" if finds.lines else "what it places stands nowhere in these logs")
    there = [spot for spot in finds.spots if spot.source == named[0]]
    if any(spot.line == line for spot in there):
        return yes("stands on that line", *[spot for spot in there if spot.line == line])
    if not finds.whole or any(abs(spot.line - line) <= 2 for spot in there):
        return unclear("stands near that line", *there[:1])
    return against("stands on other lines", *(there or finds.spots)[:2])


def _file_of(name: str) -> str:
    return name.replace("\\", "/").replace("!", "/").rpartition("/")[2].lower()


def _cause(claim: Claim, watch: Watch) -> Ruling:
    return unclear("see the ranking")


_KINDS: dict[str, Callable[[Claim, Watch], Ruling]] = {
    "message": _message,
    "count": _count,
    "order": order,
    "absence": absence,
    "place": _place,
    "cause": _cause,
}

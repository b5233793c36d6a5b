"""Combinations of signals to evidence: what a matched condition shows, and how rare it is.

Takes the evidence of one problem's patterns; gives evidence of its `any`, `all`, `set` and `sequence` signals at the
lines that made them. The meaning is `diagnose.match.conditions`; nothing here searches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.match.conditions import Horizon, Result, combined, evaluate
from diagnose.match.correlation import Occurrence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from diagnose.model import Evidence, Problem

LEAST_RATE = 1e-9


class Implied(Struct, frozen=True):
    """Evidence of matched combinations by signal; the signals that a veto takes along; what must be said."""

    evidence: dict[str, list[Evidence]]
    silenced: frozenset[str]
    warnings: tuple[str, ...]


def implied(problem: Problem, seen: Mapping[str, Sequence[Evidence]], horizons: Mapping[str, Horizon]) -> Implied:
    """What the combinations of `problem` make of `seen`.

    Where a symptom that is a condition was vetoed, what it is made of was seen but is not what is meant: its members
    bring the article up no longer, unless another symptom that was matched is made of them too.
    """
    if not any(combined(signal) for signal in problem.signals.values()):
        return Implied({}, frozenset(), ())
    results = evaluate(problem, {name: [occurrence(i) for i in items] for name, items in seen.items()}, horizons)
    vetoed = {n for n in problem.symptoms if n in results and results[n].vetoed}
    standing = {n for n in problem.symptoms if n in results and results[n].truth == "matched"}
    silenced = _made_of(problem, vetoed) - _made_of(problem, standing) if vetoed else set()
    evidence: dict[str, list[Evidence]] = {}
    warnings: list[str] = []
    for name, items, warning in _matched(problem, seen, results):
        evidence[name] = items
        warnings += [warning] if warning else []
    return Implied(evidence, frozenset(silenced), tuple(warnings))


def _made_of(problem: Problem, names: Iterable[str]) -> set[str]:
    """The signals that `names` are made of, at any depth, those that they must not see left out."""
    found: set[str] = set()
    waiting = list(names)
    while waiting:
        for member in combined(problem.signals[waiting.pop()]):
            if member not in found:
                found.add(member)
                waiting.append(member)
    return found


def _matched(
    problem: Problem, seen: Mapping[str, Sequence[Evidence]], results: Mapping[str, Result]
) -> Iterator[tuple[str, list[Evidence], str]]:
    """(signal, its evidence, a warning or "") for every combination that was matched."""
    places = {(e.seen, e.at.source, e.at.line): e for items in seen.values() for e in items}
    for name, result in results.items():
        if result.truth != "matched":
            continue
        shown = result.used if problem.signals[name].any else _first_of_each(result.used)
        items = [places[o.signal, o.source, o.line] for o in shown]
        strength = min(item.strength for item in items)
        limit = None if result.clock else "moderate"
        any_ = bool(problem.signals[name].any)
        evidence = [
            replace(item, seen=name, strength=item.strength if any_ else strength, limit=limit) for item in items
        ]
        yield name, evidence, f"{problem.id}: '{name}': {result.why}" if result.cut else ""


def occurrence(item: Evidence) -> Occurrence:
    """Evidence as conditions see it."""
    return Occurrence(signal=item.seen, line=item.at.line, time=item.time, fields=item.facts, source=item.at.source)


def _first_of_each(used: Iterable[Occurrence]) -> list[Occurrence]:
    """One line of each pattern: thirty lines of one error say no more than the first."""
    first: dict[str, Occurrence] = {}
    for occurrence in used:
        first.setdefault(occurrence.signal, occurrence)
    return list(first.values())


def combined_rates(
    rates: Mapping[tuple[str, str], tuple[float, int]], evidence: Iterable[Evidence], problems: Mapping[str, Problem]
) -> dict[tuple[str, str], tuple[float, int]]:
    """`rates` with those of the combinations in `evidence`: how often chance would show one."""
    result = dict(rates)
    for problem, name in dict.fromkeys((item.problem, item.seen) for item in evidence):
        if (problem, name) not in result and (rate := _rate(problem, name, problems, rates)):
            result[problem, name] = rate
    return result


def _rate(
    problem: str,
    name: str,
    problems: Mapping[str, Problem],
    rates: Mapping[tuple[str, str], tuple[float, int]],
) -> tuple[float, int] | None:
    """That of the rarest member, and of every other the chance to stand within its window of lines."""
    signal = problems[problem].signals.get(name)
    if (problem, name) in rates or signal is None:
        return rates.get((problem, name))
    known = [rate for member in combined(signal) if (rate := _rate(problem, member, problems, rates))]
    if not known or signal.any:
        return min(known, default=None)
    share, holders = min(known)[0], min(holders for _, holders in known)
    for other, _ in (*sorted(known)[1:], *[min(known)] * (signal.count - 1)):
        share *= min(1.0, other * signal.lines)
    return max(LEAST_RATE, share), holders

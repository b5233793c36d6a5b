"""Conditions over signals: any, all, set, sequence, count and not; what was seen of each signal to what follows from it.

Takes a problem, the occurrences of its signals and how far each source was read; gives a three-valued result a signal.
A condition occurs at every line that completes it, once, and may be a member of another. Where its members all have a
time, positions are times; else they are lines, and a window is a distance in lines. Pure; the search for frames is
`diagnose.match.correlation`. Knows nothing of patterns, texts or odds. Meaning: docs/article-format.md, "Conditions".
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from msgspec import Struct
from msgspec.structs import replace

from diagnose.match.correlation import Budget, Extent, Frame, Occurrence, Vetoed, frames
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diagnose.model import Problem, Signal


# Occurrences of one signal that are kept, and frames of one condition: what bounds time and memory.
MOST = 2000
_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = late(r"(-?)((?:\d+(?:\.\d+)?(?:ms|[smhd]))+|0)", re.ASCII)
_PART = late(r"(\d+(?:\.\d+)?)(ms|[smhd])", re.ASCII)

Truth = Literal["matched", "not matched", "cannot tell"]


class Horizon(Struct, frozen=True):
    """How far a source was read: its number of lines, the time of its last line, and whether nothing was left out."""

    lines: int
    time: float | None = None
    whole: bool = True


class Result(Struct, frozen=True):
    """`used` has the occurrences of patterns behind the first match. `clock` is False where lines stood for time;
    `cut` where the log ends before a veto could no longer come; `vetoed` where only a veto stands against a match.
    `why` says what could not be told."""

    truth: Truth
    used: tuple[Occurrence, ...] = ()
    clock: bool = True
    cut: bool = False
    why: str = ""
    vetoed: bool = False


@lru_cache(maxsize=1024)
def seconds(text: str) -> float:
    """A duration such as 30s, 5m, 1h30m, 500ms, -5s or 0. ValueError for anything else."""
    found = _DURATION.fullmatch(text)
    if found is None:
        raise ValueError(text)
    total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(found[2]))
    return -total if found[1] else total


def combined(signal: Signal) -> tuple[str, ...]:
    """The signals that a combination is made of, those that it must not see left out."""
    return signal.any or signal.all or signal.set or signal.sequence


def evaluate(
    problem: Problem, seen: Mapping[str, Sequence[Occurrence]], horizons: Mapping[str, Horizon]
) -> dict[str, Result]:
    """The result of every combination among the signals of `problem`. `seen` has the occurrences of its patterns."""
    evaluation = _Evaluation(problem, seen, horizons)
    return {name: evaluation.result(name) for name, signal in problem.signals.items() if combined(signal)}


class _Evaluation:
    """One problem over one input. Lives inside `evaluate`; results are kept by name, since members are shared."""

    def __init__(
        self, problem: Problem, seen: Mapping[str, Sequence[Occurrence]], horizons: Mapping[str, Horizon]
    ) -> None:
        self.signals = problem.signals
        self.horizons = horizons
        self.results: dict[str, Result] = {}
        self.found: dict[str, list[Occurrence]] = {}
        self.crowded = {name for name, items in seen.items() if len(items) > MOST}
        for name, items in seen.items():
            lines = {(o.source, o.line): o for o in reversed(items[:MOST])}
            self.found[name] = sorted(lines.values(), key=lambda o: (o.source, o.line))

    def result(self, name: str) -> Result:
        self.occurrences(name)
        return self.results.get(name) or Result("not matched")

    def occurrences(self, name: str) -> list[Occurrence]:
        if name in self.found or name not in self.signals:
            return self.found.get(name, [])
        signal = self.signals[name]
        self.found[name] = []  # a circle is refused when the article is read; here it must only end
        if combined(signal):
            either = bool(signal.any)
            self.found[name] = (self._any if either else self._condition)(name, signal)[:MOST]
        return self.found[name]

    def _any(self, name: str, signal: Signal) -> list[Occurrence]:
        items = [o for member in signal.any for o in self.occurrences(member)]
        unique = {(o.source, o.line): o for o in reversed(items)}
        found = sorted(unique.values(), key=lambda o: (o.source, o.line))
        if found:
            used = tuple(leaf for o in found for leaf in o.leaves)
            clock = all(self.results[m].clock for m in signal.any if m in self.results and self.occurrences(m))
            self.results[name] = Result("matched", used, clock)
        else:
            self.results[name] = self._missing(signal.any)
        return found

    def _condition(self, name: str, signal: Signal) -> list[Occurrence]:
        names = combined(signal)
        parts = [self.occurrences(member) for member in names]
        vetoes = [self.occurrences(veto.signal) for veto in signal.not_]
        if not all(parts):
            self.results[name] = self._missing(names)
            return []
        found: list[Occurrence] = []
        matches: list[tuple[Frame, bool]] = []
        doubts: list[str] = []
        for sources in self._groups(signal, parts, vetoes):
            if found and len(sources) > 1:
                break
            timed = _timed(signal, (*parts, *vetoes), sources)
            for frame in self._frames(signal, parts, vetoes, sources, timed, doubts):
                matches.append((frame, timed))
                found.append(_occurrence(name, frame))
        result = self._judged(signal, names, parts, matches, doubts)
        if not found and any(vetoes):
            freed = replace(signal, not_=())
            if any(self._ends(freed, parts, sources) for sources in self._groups(signal, parts, vetoes)):
                result = replace(result, vetoed=True)
        self.results[name] = result
        return found

    def _ends(self, signal: Signal, parts: Sequence[Sequence[Occurrence]], sources: frozenset[str]) -> bool:
        return bool(self._frames(signal, parts, (), sources, _timed(signal, parts, sources), []))

    def _groups(
        self, signal: Signal, parts: Sequence[Sequence[Occurrence]], vetoes: Sequence[Sequence[Occurrence]]
    ) -> Iterable[frozenset[str]]:
        """One source at a time; then all together, where a clock joins them."""
        every = sorted({o.source for part in parts for o in part})
        yield from (frozenset({source}) for source in every)
        together = frozenset(every)
        if len(every) > 1 and _timed(signal, (*parts, *vetoes), together):
            yield together

    def _frames(
        self,
        signal: Signal,
        parts: Sequence[Sequence[Occurrence]],
        vetoes: Sequence[Sequence[Occurrence]],
        sources: frozenset[str],
        timed: bool,
        doubts: list[str],
    ) -> list[Frame]:
        """All frames within `sources`, of every key of `by`, in order of their ends."""
        here = [_keyed(part, sources, signal.by) for part in parts]
        against = [_keyed(part, sources, signal.by) for part in vetoes]
        limit = seconds(signal.window) if timed and signal.window else float(signal.lines)
        budget = Budget()
        result: list[Frame] = []
        for key in sorted(set.intersection(*(set(part) for part in here))):
            keyed = [part[key] for part in here]
            needs = [signal.count] * len(keyed) if signal.set else [1] * len(keyed)
            rules = [
                Vetoed(
                    anchor=veto.anchor,
                    slide=_distance(veto.slide, signal, timed),
                    window=_distance(veto.window, signal, timed),
                    absolute=veto.absolute,
                    at=tuple(sorted(Extent.of(o, timed).end for o in items.get(key, ()))),
                )
                for veto, items in zip(signal.not_, against, strict=True)
            ]
            result += frames(keyed, needs, bool(signal.sequence), limit, rules, timed, budget)
        if budget.left < 0:
            doubts.append("too many ways to combine what was seen")
        return sorted(result, key=lambda frame: frame.end)

    def _judged(
        self,
        signal: Signal,
        names: Sequence[str],
        parts: Sequence[Sequence[Occurrence]],
        matches: Sequence[tuple[Frame, bool]],
        doubts: Sequence[str],
    ) -> Result:
        inner = [self.results[m] for m in names if m in self.results]
        for wanted in (False, True):  # a match that nothing can undo any more comes first
            for frame, timed in matches:
                cut = frame.until > self._end(frame, timed)
                if cut == wanted:
                    used = tuple(leaf for o in frame.parts for leaf in o.leaves)
                    clock = (timed or not _wants_clock(signal)) and all(r.clock for r in inner)
                    why = "the log ends before a veto could no longer come" if cut else ""
                    return Result("matched", used, clock, cut or any(r.cut for r in inner), why)
        if doubts:
            return Result("cannot tell", why=doubts[0])
        crowded = self.crowded & set(names)
        if crowded:
            return Result("cannot tell", why=f"only the first {MOST} of '{min(crowded)}' were looked at")
        if self._open(signal, parts):
            return Result("cannot tell", why="the log ends inside its window")
        if _wants_clock(signal) and any(o.time is None for part in parts for o in part):
            return Result("cannot tell", why="no clock: the lines carry no time")
        return self._missing(())

    def _end(self, frame: Frame, timed: bool) -> float:
        ends = [self.horizons.get(leaf.source) for o in frame.parts for leaf in o.leaves]
        if timed:
            return max((h.time for h in ends if h and h.time is not None), default=frame.end)
        return max((float(h.lines) for h in ends if h), default=frame.end)

    def _open(self, signal: Signal, parts: Sequence[Sequence[Occurrence]]) -> bool:
        """Whether something that could begin the condition stands so near the end that the rest may be cut off."""
        first = parts[:1] if signal.sequence else parts
        for o in (o for part in first for o in part):
            horizon = self.horizons.get(o.source)
            if horizon is None:
                continue
            if o.time is not None and horizon.time is not None and signal.window:
                if horizon.time - o.time < seconds(signal.window):
                    return True
            elif horizon.lines - o.line < signal.lines:
                return True
        return False

    def _missing(self, names: Sequence[str]) -> Result:
        """Absence counts only where everything was read that would show it."""
        unknown = [self.results[m] for m in names if m in self.results and self.results[m].truth == "cannot tell"]
        if unknown:
            return unknown[0]
        if not self.horizons or not all(h.whole for h in self.horizons.values()):
            return Result("cannot tell", why="not everything was read")
        return Result("not matched")


def _wants_clock(signal: Signal) -> bool:
    return bool(signal.window or any(veto.window or veto.slide for veto in signal.not_))


def _timed(signal: Signal, parts: Iterable[Sequence[Occurrence]], sources: frozenset[str]) -> bool:
    """Whether times decide: the condition speaks of time, and everything seen here has one."""
    if not _wants_clock(signal):
        return False
    return all(o.has_time for part in parts for o in part if o.source in sources)


def _distance(text: str, signal: Signal, timed: bool) -> float:
    """A duration in seconds; without a clock its sign times the line window."""
    value = seconds(text) if text else 0.0
    return value if timed or not value else float(signal.lines if value > 0 else -signal.lines)


def _keyed(
    items: Sequence[Occurrence], sources: frozenset[str], by: Sequence[str]
) -> dict[tuple[str, ...], list[Occurrence]]:
    """By the captured values of `by`; what lacks one joins nothing."""
    result: dict[tuple[str, ...], list[Occurrence]] = {}
    for o in items:
        fields = dict(o.fields)
        if o.source in sources and all(field in fields for field in by):
            result.setdefault(tuple(fields[field] for field in by), []).append(o)
    return result


def _occurrence(name: str, frame: Frame) -> Occurrence:
    """A match as an occurrence of the condition: at its last line, with the fields on which its parts agree."""
    last = frame.last
    fields: dict[str, str] = {}
    for field, value in (pair for part in frame.parts for pair in part.fields):
        fields[field] = value if fields.get(field, value) == value else ""
    leaves = tuple(leaf for part in frame.parts for leaf in part.leaves)
    agreed = tuple((field, value) for field, value in fields.items() if value)
    return replace(last, signal=name, fields=agreed, parts=leaves)


def horizons_of(lines: Mapping[str, int], times: Mapping[tuple[str, int], float]) -> dict[str, Horizon]:
    """How far each source was read: its number of lines, and the latest time seen in it."""
    latest: dict[str, float] = {}
    for (source, _), time in times.items():
        latest[source] = max(time, latest.get(source, time))
    return {source: Horizon(lines=count, time=latest.get(source)) for source, count in lines.items()}

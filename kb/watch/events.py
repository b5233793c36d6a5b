"""Diagnoses of a log that is being written to events: one when a cause becomes visible or surer, then silence for a while."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.sanitize import clip, json_text, neutral

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diagnose.diagnosis import Diagnosis, Finding, NextCheck, Verdict

LEVELS = ("unknown", "possible", "likely", "confirmed")
MOST_EVIDENCE = 5
MOST_REMEMBERED = 10_000  # causes


class Seen(Struct, frozen=True):
    """A line that speaks for the cause."""

    signal: str
    source: str
    line: int
    quote: str
    time: str | None = None
    count: int = 1


class Event(Struct, frozen=True, kw_only=True):
    """What is told: `verdict` is possible, likely or confirmed. `next_check` is the command to run next, or its question."""

    schema: str = "kb.event/1"
    time: str
    verdict: str
    probability: float
    cause: str
    article: str
    title: str
    evidence: tuple[Seen, ...]
    next_check: str = ""


class Told:
    """What was told of which cause, and when."""

    def __init__(self, quiet: float) -> None:
        self._quiet = quiet
        self._last: dict[str, tuple[str, float, int]] = {}

    def events(self, diagnosis: Diagnosis, before: Mapping[str, int], now: float, clock: str) -> Iterator[Event]:
        """The events of a diagnosis that was made `now` (monotonic; `clock` for people). `before` has the lines of each source
        that came before those that were diagnosed."""
        problems = [(p.verdict, p.causes, p.next_check) for p in diagnosis.problems]
        for verdict, causes, check in problems or [(diagnosis.verdict, diagnosis.causes, diagnosis.next_check)]:
            if verdict == "unknown" or not causes:
                continue
            lead = causes[0]
            evidence = [e for e in lead.evidence if e.supports] or list(lead.evidence)
            latest = max((before.get(e.source, 0) + (e.last_line or e.line) for e in evidence), default=0)
            if self._worth(lead.id, verdict, now, latest):
                yield _event(lead, verdict, check, before, clock)

    def _worth(self, cause: str, verdict: Verdict, now: float, latest: int) -> bool:
        level, time, line = self._last.get(cause, ("unknown", 0.0, -1))
        surer = LEVELS.index(verdict) > LEVELS.index(level)
        over = cause in self._last and now - time >= self._quiet and latest > line
        if not (surer or over):
            return False
        self._last.pop(cause, None)
        self._last[cause] = (verdict, now, latest)
        if len(self._last) > MOST_REMEMBERED:
            del self._last[next(iter(self._last))]
        return True


def _event(lead: Finding, verdict: str, check: NextCheck | None, before: Mapping[str, int], clock: str) -> Event:
    seen = [
        Seen(e.signal, e.source, before.get(e.source, 0) + e.line, e.quote, e.time, e.count)
        for e in lead.evidence
        if e.supports
    ]
    return Event(
        time=clock,
        verdict=verdict,
        probability=lead.probability,
        cause=lead.id,
        article=lead.article,
        title=lead.title,
        evidence=tuple(seen[:MOST_EVIDENCE]),
        next_check=_next(check),
    )


def _next(check: NextCheck | None) -> str:
    if check is None or check.shown is None:
        return ""
    ready = [command.command for command in check.shown.commands if not command.missing]
    return ready[0] if ready else check.shown.title


def line_of(event: Event) -> str:
    """An event as a line of JSON."""
    return json_text(event, indent=-1)


def block_of(event: Event) -> str:
    """An event for people, in a few lines."""
    lines = [f"{event.time}  {event.verdict.upper()}  {100 * event.probability:.0f} %  {event.title}"]
    lines += (f"  {seen.source}:{seen.line}  {clip(seen.quote, 120)}" for seen in event.evidence[:2])
    lines += [f"  next: {event.next_check}"] if event.next_check else []
    return "\n".join(map(neutral, [*lines, f"  kb show {event.article}"]))

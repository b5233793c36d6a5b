"""What happened when: evidence with its times, counts and surroundings, and all of it in order of time.

Takes findings and what was matched; gives the same findings with more told, and the moments of all inputs on one line of
time. A source without times keeps its order of lines and has no moments. Knows nothing of odds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.diagnosis import Moment
from diagnose.model import Place
from diagnose.records.grouping import record_at
from diagnose.timestamps.of_hits import times_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.diagnosis import Finding, Line, ShownEvidence
    from diagnose.match.evidence import Matched
    from diagnose.records.grouping import Record
    from diagnose.scan.passages import Passage
    from diagnose.timestamps.of_hits import When

MOST = 40
MOST_MESSAGES = 200


class Times:
    """Tells of evidence and lines when they were written, how often, and what stands around them."""

    def __init__(self, matched: Matched, when: When, context: int) -> None:
        self._matched = matched
        self._times = dict(matched.times)
        self._when = when
        self._records: dict[tuple[str, int], Record] = {}
        self._context = context

    def finding(self, finding: Finding) -> Finding:
        return replace(finding, evidence=tuple(self._evidence(finding.article, item) for item in finding.evidence))

    def _evidence(self, problem: str, item: ShownEvidence) -> ShownEvidence:
        tally = self._matched.tallies.get((problem, item.signal))
        item = self._in_message(replace(item, time=self._time(item.source, item.line)))
        if tally is None:
            return item
        return replace(
            item,
            count=max(1, tally.count),
            at_least=tally.at_least,
            first_time=self._said(tally.first),
            last_time=self._said(tally.last),
            last_line=tally.last_line if tally.count > 1 else None,
            spread=tally.spread if tally.count > 1 else "",
        )

    def _in_message(self, item: ShownEvidence) -> ShownEvidence:
        """The evidence with the message that its line belongs to, and the lines around it."""
        for passage, index in self._places(item.source, item.line):
            record = self._record(passage, index)
            return replace(
                item,
                message_first=passage.first + record.first,
                message_last=passage.first + record.last,
                kind=record.kind,
                level=record.level,
                context=_lines(passage, index, self._context) if self._context else (),
            )
        return item

    def _record(self, passage: Passage, index: int) -> Record:
        key = passage.source, passage.first + index
        if key not in self._records:
            self._records[key] = record_at(passage.quotes, index)
        return self._records[key]

    def _places(self, source: str, line: int) -> Iterator[tuple[Passage, int]]:
        """The passages that hold a line, with its index there."""
        for passage in self._matched.passages:
            if passage.source == source and 0 <= line - passage.first < len(passage.quotes):
                yield passage, line - passage.first

    def messages(self, lines: Iterable[Place]) -> set[Place]:
        """`lines` and all others of the messages that they stand in."""
        found = set(lines)
        for at in sorted(found, key=lambda at: (at.source, at.line))[:MOST_MESSAGES]:
            for passage, index in self._places(at.source, at.line):
                record = self._record(passage, index)
                found.update(
                    Place(source=at.source, line=passage.first + i) for i in range(record.first, record.last + 1)
                )
        return found

    def lines(self, lines: Sequence[Line]) -> tuple[Line, ...]:
        """`lines` with their times, where the text tells times at all."""
        if self._times:
            self._times |= times_of(self._matched.passages, lines, self._when)
        return tuple(replace(line, time=self._time(line.source, line.line)) for line in lines)

    def _time(self, source: str, line: int) -> str | None:
        return self._said(self._times.get((source, line)))

    def _said(self, time: float | None) -> str | None:
        if time is None:
            return None
        from diagnose.timestamps.clock import format_time

        return format_time(time, self._when.zone)

    def moments(self, findings: Sequence[Finding], unexplained: Iterable[Line]) -> tuple[Moment, ...]:
        """Evidence of `findings` and lines that nothing explains, in order of time; one for a line."""
        found: dict[Place, tuple[float, Moment]] = {}
        for finding in findings:
            # What has only a reason (words of a title, a known message) brought an article up, and is no event.
            for item in (e for e in finding.evidence if e.weight or not e.why):
                self._add(found, Place(source=item.source, line=item.line), item.signal, finding.id, item.quote)
        for line in unexplained:
            self._add(found, Place(source=line.source, line=line.line), "", "", line.quote)
        ordered = sorted(found.values(), key=lambda i: (i[0], i[1].source, i[1].line))
        return tuple(moment for _, moment in ordered[:MOST])

    def _add(self, found: dict[Place, tuple[float, Moment]], at: Place, signal: str, cause: str, quote: str) -> None:
        time = self._times.get((at.source, at.line))
        said = self._said(time)
        if time is not None and said is not None and at not in found:
            moment = Moment(time=said, source=at.source, line=at.line, signal=signal, cause=cause, quote=quote)
            found[at] = time, moment


def _lines(passage: Passage, index: int, reach: int) -> tuple[str, ...]:
    return passage.quotes[max(0, index - reach) : index + reach + 1]

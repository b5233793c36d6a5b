"""Answers of many cases to a summary: causes by number of cases, what the unknown ones share, slow and unread inputs.

Takes lines of answers.jsonl; gives a Summary. Knows nothing of files. Of a case with several answers, as after --resume, the
last counts.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from diagnose.baseline.shapes import shape
from diagnose.errors import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SLOWEST = 10
MOST_LINES = 40  # of a case without a known cause that are looked at
MOST_CLUSTERS = 50
SHOWN_LINES = 5
# A message that cases with a known cause have half as often is background.
BACKGROUND = 0.5


class _Cause(Struct):
    id: str
    article: str
    title: str
    probability: float
    verdict: str


class _Problem(Struct):
    verdict: str
    causes: list[_Cause]


class _Line(Struct):
    quote: str


class _Skipped(Struct):
    path: str
    reason: str
    code: str


class _Diagnosis(Struct):
    verdict: str
    causes: list[_Cause]
    problems: list[_Problem]
    unexplained: list[_Line]
    skipped: list[_Skipped]
    open_line: _Line | None = None


class _Answer(Struct):
    case: str
    seconds: float
    diagnosis: _Diagnosis | None = None
    error: str = ""


class CauseCount(Struct, frozen=True):
    """A cause that leads in some cases: how sure, on average and by verdict, and which cases."""

    id: str
    title: str
    cases: tuple[str, ...]
    probability: float
    verdicts: dict[str, int]


class Cluster(Struct, frozen=True):
    """Cases without a known cause that share a message: `lines` are of one of them, `article` a name for what is to be written."""

    article: str
    message: str
    cases: tuple[str, ...]
    lines: tuple[str, ...]


class Unread(Struct, frozen=True):
    case: str
    reason: str


class Slow(Struct, frozen=True):
    case: str
    seconds: float


class Summary(Struct, frozen=True, kw_only=True):
    """`cases` is the number of answers, `asked` of all that were to be answered; `unknown` counts those without a cause."""

    schema: str = "kb.batch/1"
    asked: int
    cases: int
    known: int
    unknown: int
    failed: int
    causes: tuple[CauseCount, ...]
    write_next: tuple[Cluster, ...]
    slow: tuple[Slow, ...]
    unread: tuple[Unread, ...]


def summary_of(lines: Iterable[bytes], asked: int) -> Summary:
    """The summary of the answers in `lines`."""
    gathering = _Gathering()
    decoder = msgspec.json.Decoder(_Answer)
    for line in lines:
        gathering.take(decoder.decode(line))
    return gathering.summary(asked)


class _Gathering:
    """What is kept of every case: never its whole answer. Lives inside `summary_of` only."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self.leads: dict[str, list[_Cause]] = {}
        self.unread: dict[str, str] = {}
        self.failed: set[str] = set()
        self.shapes: dict[str, dict[bytes, str]] = {}

    def take(self, answer: _Answer) -> None:
        case = answer.case
        self.seconds[case] = answer.seconds
        self.failed.discard(case)
        self.unread.pop(case, None)
        found = answer.diagnosis
        if found is None:
            self.failed.add(case)
            self.unread[case] = answer.error
            self.leads[case] = []
            self.shapes[case] = {}
            return
        if missed := [item for item in found.skipped if item.code != LEFT_OUT]:
            more = f" and {len(missed) - 1} more" if len(missed) > 1 else ""
            self.unread[case] = f"{missed[0].path}: {missed[0].reason}{more}"
        self.leads[case] = list(_leads(found))
        lines = [line.quote for line in (found.open_line, *found.unexplained) if line]
        self.shapes[case] = {key: line for line in reversed(lines[:MOST_LINES]) if (key := shape(line.encode()))}

    def summary(self, asked: int) -> Summary:
        known = [case for case, leads in self.leads.items() if leads]
        unknown = [case for case, leads in self.leads.items() if not leads and case not in self.failed]
        slow = sorted(self.seconds.items(), key=lambda item: (-item[1], item[0]))[:SLOWEST]
        return Summary(
            asked=asked,
            cases=len(self.leads),
            known=len(known),
            unknown=len(unknown),
            failed=len(self.failed),
            causes=tuple(self._causes()),
            write_next=tuple(_clusters(self.shapes, known, unknown)),
            slow=tuple(Slow(case, seconds) for case, seconds in slow),
            unread=tuple(Unread(case, reason) for case, reason in sorted(self.unread.items())),
        )

    def _causes(self) -> Iterator[CauseCount]:
        by_cause: dict[str, dict[str, _Cause]] = {}
        for case, leads in self.leads.items():
            for cause in leads:
                by_cause.setdefault(cause.id, {})[case] = cause
        for name, cases in sorted(by_cause.items(), key=lambda item: (-len(item[1]), item[0])):
            verdicts = Counter(cause.verdict for cause in cases.values())
            mean = sum(cause.probability for cause in cases.values()) / len(cases)
            title = next(iter(cases.values())).title
            yield CauseCount(name, title, tuple(sorted(cases)), round(mean, 3), dict(sorted(verdicts.items())))


def _leads(found: _Diagnosis) -> Iterator[_Cause]:
    """The leading cause of each independent problem that has one."""
    problems = found.problems or [_Problem(found.verdict, found.causes)]
    for problem in problems:
        if problem.verdict != "unknown" and problem.causes:
            yield problem.causes[0]


def _clusters(shapes: dict[str, dict[bytes, str]], known: Sequence[str], unknown: Sequence[str]) -> Iterator[Cluster]:
    """The unknown cases by the message that most of them share, each once; then those that are left, and so on."""
    usual = Counter(key for case in known for key in shapes[case])
    left = set(unknown)
    names: set[str] = set()
    counts = Counter(key for case in unknown for key in shapes[case])
    telling = {
        key for key, count in counts.items() if usual[key] * len(unknown) < BACKGROUND * count * max(1, len(known))
    }
    for _ in range(MOST_CLUSTERS):
        counts = Counter(key for case in left for key in shapes[case] if key in telling)
        if not counts:
            return
        key = min(counts, key=lambda one: (-counts[one], one))
        cases = sorted(case for case in left if key in shapes[case])
        left -= set(cases)
        own = shapes[cases[0]]
        lines = (own[key], *(line for other, line in own.items() if other != key and other in telling))
        yield Cluster(_name(key, names), own[key], tuple(cases), lines[:SHOWN_LINES])


def _name(key: bytes, taken: set[str]) -> str:
    """An id for an article on that message: its first words, not used before."""
    from kb.articles.ids import identifier

    words = re.findall(r"[a-z]{2,}", key.decode("utf-8", "replace"))
    name = made = identifier("-".join(words[:5])[:60])
    number = 1
    while made in taken:
        number += 1
        made = f"{name}-{number}"
    taken.add(made)
    return made

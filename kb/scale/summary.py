"""Answers of many cases to a summary: causes by number of cases, what the unknown ones share, slow and unread inputs.

Takes lines of answers.jsonl, one a case; gives a Summary. Knows nothing of files. Cases are told apart by their place: two may
have one name, where names hide what differs.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from diagnose.baseline.shapes import shape
from diagnose.errors import LEFT_OUT
from kb.authoring.drafting.whole_message import spoken

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
    """Cases without a known cause that share a message, here without time, host and program: `lines`, its own first, are of one
    of them, `article` is a name for what is to be written."""

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
    decoder = msgspec.json.Decoder(_Answer)
    cases = [_case(decoder.decode(line)) for line in lines]
    known = [case for case in cases if case.leads]
    unknown = [case for case in cases if not case.leads and not case.failed]
    slow = sorted(cases, key=lambda case: (-case.seconds, case.name))[:SLOWEST]
    unread = sorted((case.name, case.unread) for case in cases if case.unread)
    return Summary(
        asked=asked,
        cases=len(cases),
        known=len(known),
        unknown=len(unknown),
        failed=sum(case.failed for case in cases),
        causes=tuple(_causes(cases)),
        write_next=tuple(_clusters(known, unknown)),
        slow=tuple(Slow(case.name, case.seconds) for case in slow),
        unread=tuple(Unread(name, reason) for name, reason in unread),
    )


class _Case(Struct):
    """What is kept of a case: never its whole answer."""

    name: str
    seconds: float
    leads: list[_Cause]
    shapes: dict[bytes, str]
    unread: str = ""
    failed: bool = False


def _case(answer: _Answer) -> _Case:
    found = answer.diagnosis
    if found is None:
        return _Case(answer.case, answer.seconds, [], {}, answer.error, failed=True)
    missed = [item for item in found.skipped if item.code != LEFT_OUT]
    more = f" and {len(missed) - 1} more" if len(missed) > 1 else ""
    unread = f"{missed[0].path}: {missed[0].reason}{more}" if missed else ""
    lines = [line.quote for line in (found.open_line, *found.unexplained) if line]
    shapes = {key: line for line in reversed(lines[:MOST_LINES]) if (key := shape(spoken(line).encode()))}
    return _Case(answer.case, answer.seconds, list(_leads(found)), shapes, unread)


def _causes(cases: Sequence[_Case]) -> Iterator[CauseCount]:
    by_cause: dict[str, list[tuple[str, _Cause]]] = {}
    for case in cases:
        for cause in {cause.id: cause for cause in case.leads}.values():
            by_cause.setdefault(cause.id, []).append((case.name, cause))
    for name, found in sorted(by_cause.items(), key=lambda item: (-len(item[1]), item[0])):
        verdicts = Counter(cause.verdict for _, cause in found)
        mean = sum(cause.probability for _, cause in found) / len(found)
        names = tuple(sorted(case for case, _ in found))
        yield CauseCount(name, found[0][1].title, names, round(mean, 3), dict(sorted(verdicts.items())))


def _leads(found: _Diagnosis) -> Iterator[_Cause]:
    """The leading cause of each independent problem that has one."""
    problems = found.problems or [_Problem(found.verdict, found.causes)]
    for problem in problems:
        if problem.verdict != "unknown" and problem.causes:
            yield problem.causes[0]


def _clusters(known: Sequence[_Case], unknown: Sequence[_Case]) -> Iterator[Cluster]:
    """The unknown cases by the message that most of them share, each once; then those that are left, and so on."""
    usual = Counter(key for case in known for key in case.shapes)
    counts = Counter(key for case in unknown for key in case.shapes)
    telling = {
        key for key, count in counts.items() if usual[key] * len(unknown) < BACKGROUND * count * max(1, len(known))
    }
    left, names = sorted(unknown, key=lambda case: case.name), set[str]()
    for _ in range(MOST_CLUSTERS):
        counts = Counter(key for case in left for key in case.shapes if key in telling)
        if not counts:
            return
        key = min(counts, key=lambda one: (-counts[one], one))
        sharing = [case for case in left if key in case.shapes]
        left = [case for case in left if key not in case.shapes]
        own = sharing[0].shapes
        lines = (own[key], *(line for other, line in own.items() if other != key and other in telling))
        yield Cluster(_name(key, names), spoken(own[key]), tuple(case.name for case in sharing), lines[:SHOWN_LINES])


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

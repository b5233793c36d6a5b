"""What the leading problem leaves open: other faults of the same text, and lines that look like errors and that
nothing explains.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.diagnosis import AlsoFound, Line
from diagnose.model import Place
from diagnose.scan.hits import SALIENT_REGEX

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from diagnose.answer.faults import Group
    from diagnose.answer.standings import Candidates
    from diagnose.rank.problems import Standing
    from diagnose.scan.passages import Passage


UNEXPLAINED = 20
_DIGITS = str.maketrans("123456789", "0" * 9)
# What makes a line look like the error itself, and how much: a code with a name, words that end things, words that
# report; words of a line that went well, or goes on, take from it.
_TELLING = tuple(
    (re.compile(pattern), worth)
    for pattern, worth in (
        (r"\b[A-Z]{2,12}-\d{3,6}\b|\b[A-Z]{2,}(?:_[A-Z]+)+\b|\bERROR \d{3,5}\b|\((?:HY|0|2|4|5)[\dA-Z]{3,4}\)", 2.0),
        (r"(?i)\b0x[8c][0-9a-f]{7}\b|\berrno\b|\bsqlstate\b", 2.0),
        (
            r"(?i)\b(?:fatal|panic|emerg(?:ency)?|critical|segfault|out of memory|killed|corrupt(?:ed)?|traceback)\b",
            2.0,
        ),
        (r"(?i)\b(?:table|disk|device|queue|log|filesystem) (?:is )?full\b|\bdropp(?:ed|ing)\b|\bexhausted\b", 2.0),
        (r"(?i)\b(?:error|exception|failure|fault)\b|\b\w+(?:error|exception)\b", 1.5),
        (
            r"(?i)\bfail(?:ed|s)?\b|\bdenied\b|\brefused\b|\btimed out\b|\bunable to\b|\bunreachable\b|\babort(?:ed)?\b",
            1.5,
        ),
        (
            r"(?i)\bcould ?n[o']t\b|\bcan(?:not|'t)\b|\bdoes(?: not|n't)\b|\bnot (?:found|available|permitted|allowed)\b",
            1.5,
        ),
        (r"(?i)\binvalid\b|\bmissing\b|\bunknown\b|\bexpired\b|\brejected\b|\bexceeded\b|\bunavailable\b", 1.0),
        (r"(?i)\bwarn(?:ing)?\b|\bretry(?:ing)?\b|\b(?:0|no) errors?\b|\berrors?[:=] ?0\b|\bsucceeded\b", -1.0),
    )
)
LEAST_TELLING = 2.0
LONGEST_LOOKED_AT = 1000


def also_found(groups: Sequence[Group]) -> tuple[AlsoFound, ...]:
    """The faults after the first, each with the first line that speaks for it."""
    return tuple(_also(competing, group[0]) for competing, group in groups[1:])


def _also(competing: Candidates, lead: Standing) -> AlsoFound:
    own = [item.at for item in competing.evidence[lead.problem]]
    first = min(own, key=lambda at: (at.source, at.line))
    title = competing.problems[lead.problem].title
    return AlsoFound(article=lead.problem, title=title, source=first.source, line=first.line)


def unexplained_lines(passages: Sequence[Passage], explained: set[Place]) -> tuple[Line, ...]:
    """Salient lines that no leading article explains, one of each shape, bounded."""
    salient = re.compile(SALIENT_REGEX, re.IGNORECASE)
    seen: set[str] = set()
    result: list[Line] = []
    for passage in passages:
        for index, line in enumerate(passage.lines):
            at = Place(source=passage.source, line=passage.first + index)
            shape = line[:80].translate(_DIGITS)
            if shape in seen or at in explained or not salient.search(line):
                continue
            seen.add(shape)
            if len(result) < UNEXPLAINED:
                result.append(Line(source=at.source, line=at.line, quote=passage.quotes[index].strip()[:400]))
    return tuple(result)


def most_telling(passages: Sequence[Passage], explained: Set[Place], least: float = LEAST_TELLING) -> Line | None:
    """The line outside of `explained` that looks most like an error, the first of equals; None where none looks like one."""
    best, found = 0.0, None
    for passage in passages:
        for index, line in enumerate(passage.lines):
            worth = telling(line)
            if worth > best and Place(source=passage.source, line=passage.first + index) not in explained:
                best, found = worth, (passage, index)
    if found is None or best < least:
        return None
    passage, index = found
    return Line(source=passage.source, line=passage.first + index, quote=passage.quotes[index].strip()[:400])


def telling(line: str) -> float:
    """How much a line looks like the error itself."""
    head = line[:LONGEST_LOOKED_AT]
    return sum(worth for pattern, worth in _TELLING if pattern.search(head))

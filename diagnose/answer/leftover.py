"""What the leading problems leave open: lines that look like errors and that nothing explains."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.diagnosis import Line
from diagnose.model import Place
from diagnose.scan.hits import SALIENT_REGEX
from diagnose.text.worded import WordedPattern

if TYPE_CHECKING:
    from collections.abc import Sequence, Set

    from diagnose.scan.passages import Passage


UNEXPLAINED = 20
_DIGITS = str.maketrans("123456789", "0" * 9)
# What makes a line look like the error itself, and how much: a code with a name, words that end things, words that
# report; words of a line that went well, or goes on, take from it.
_TELLING = tuple(
    (WordedPattern(words, pattern), worth)
    for words, pattern, worth in (
        (
            "ora|tns|pls|rman|sp2|aadsts|msb|nu|netsdk|err|(hy|(0|(2|(4|(5",
            r"\b(?:ORA|TNS|PLS|RMAN|SP2|AADSTS|MSB|NU|NETSDK|ERR)-?\d{3,6}\b|\bERROR \d{3,5}\b|\((?:HY|0|2|4|5)[\dA-Z]{3,4}\)",
            2.0,
        ),
        (
            "0x|errno|sqlstate|no_pubkey|err_|error_|e_|status_",
            r"(?i)\b0x[8c][0-9a-f]{7}\b|\berrno\b|\bsqlstate\b|\bNO_PUBKEY\b|\b(?:err(?:or)?|e|status)_[a-z_]{3,}\b",
            2.0,
        ),
        (
            "fatal|panic|emerg|critical|segfault|out of memory|killed|corrupt|traceback",
            r"(?i)\b(?:fatal|panic|emerg(?:ency)?|critical|segfault|out of memory|killed|corrupt(?:ed)?|traceback)\b",
            2.0,
        ),
        (
            " full|dropp|exhausted",
            r"(?i)\b(?:table|disk|device|queue|log|filesystem) (?:is )?full\b|\bdropp(?:ed|ing)\b|\bexhausted\b",
            2.0,
        ),
        (
            "error|exception|fail|fault",
            r"(?i)\b(?:error|exception|failure|fault)\b|\b\w+(?:error|exception)\b",
            1.5,
        ),
        (
            "fail|denied|refused|timed out|unable to|unreachable|abort",
            r"(?i)\bfail(?:ed|s)?\b|\bdenied\b|\brefused\b|\btimed out\b|\bunable to\b|\bunreachable\b|\babort(?:ed)?\b",
            1.5,
        ),
        (
            "could|can|does|not ",
            r"(?i)\bcould ?n[o']t\b|\bcan(?:not|'t)\b|\bdoes(?: not|n't)\b|\bnot (?:found|available|permitted|allowed)\b",
            1.5,
        ),
        (
            "invalid|missing|unknown|expired|rejected|exceeded|unavailable",
            r"(?i)\binvalid\b|\bmissing\b|\bunknown\b|\bexpired\b|\brejected\b|\bexceeded\b|\bunavailable\b",
            1.0,
        ),
        (
            "warn|retry|error|succeeded",
            r"(?i)\bwarn(?:ing)?\b|\bretry(?:ing)?\b|\b(?:0|no) errors?\b|\berrors?[:=] ?0\b|\bsucceeded\b",
            -1.0,
        ),
    )
)
# The words of SALIENT_REGEX.
_SALIENT = WordedPattern(
    "error|fail|exception|fatal|denied|refused|timed out|unable to|could not|cannot|can't|not found|invalid|panic|abort"
    "|unreachable|0x",
    SALIENT_REGEX,
    re.IGNORECASE,
)
LEAST_TELLING = 2.0
LONGEST_LOOKED_AT = 1000


def unexplained_lines(passages: Sequence[Passage], explained: set[Place]) -> tuple[Line, ...]:
    """Salient lines that no leading article explains, one of each shape, bounded."""
    known = _shapes(passages, explained)
    seen: set[str] = set()
    result: list[Line] = []
    for passage in passages:
        for index, line in enumerate(passage.lines):
            shape = shape_of(line)
            if shape in seen or not _SALIENT.search(line, line.lower()) or _told(passage, index, explained, known):
                continue
            seen.add(shape)
            if len(result) < UNEXPLAINED:
                result.append(
                    Line(source=passage.source, line=passage.first + index, quote=passage.quotes[index].strip()[:400])
                )
    return tuple(result)


def most_telling(passages: Sequence[Passage], explained: Set[Place], least: float = LEAST_TELLING) -> Line | None:
    """The line outside of `explained` that looks most like an error, the first of equals; None where none looks like one."""
    known = _shapes(passages, explained)
    best, found = 0.0, None
    for passage in passages:
        for index, line in enumerate(passage.lines):
            worth = telling(line)
            if worth > best and not _told(passage, index, explained, known):
                best, found = worth, (passage, index)
    if found is None or best < least:
        return None
    passage, index = found
    return Line(source=passage.source, line=passage.first + index, quote=passage.quotes[index].strip()[:400])


def shape_of(line: str) -> str:
    """The beginning of a line whatever its numbers: lines of one shape are one message, told again."""
    return line[:80].translate(_DIGITS)


def _shapes(passages: Sequence[Passage], places: Set[Place]) -> set[str]:
    return {
        shape_of(line)
        for passage in passages
        for index, line in enumerate(passage.lines)
        if Place(source=passage.source, line=passage.first + index) in places
    }


def _told(passage: Passage, index: int, places: Set[Place], shapes: Set[str]) -> bool:
    at = Place(source=passage.source, line=passage.first + index)
    return at in places or shape_of(passage.lines[index]) in shapes


def telling(line: str) -> float:
    """How much a line looks like the error itself."""
    head = line[:LONGEST_LOOKED_AT]
    lowered = head.lower()
    return sum(worth for pattern, worth in _TELLING if pattern.search(head, lowered))

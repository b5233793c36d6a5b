"""How often a pattern would be seen in ordinary logs, from a table of word shares (kb/data/background.tsv).

The table holds counts only; benchmarks/make_background.py says how it was measured.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from diagnose.scan.needed import parsed
from diagnose.text.terms import PLACEHOLDER, words

if TYPE_CHECKING:
    from collections.abc import Iterable

UNSEEN = 5e-6  # share of lines of a word that the background never shows
NEXT_WORD = 0.3  # each further word makes a line rarer by about this factor; words of one message are not independent
LEAST = 1e-8
NUMBER = 0.01
MOST_READINGS = 200
MOST_LETTERS = 3
_EDGES = re.compile(r"\A\w+"), re.compile(r"\w+\Z")


@cache
def shares() -> dict[str, float]:
    """Share of log lines that hold a word."""
    text = (Path(__file__).parent.parent / "data" / "background.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {word: int(count) / 1_000_000 for word, count in rows}


def rate(text: str) -> float:
    """Estimated share of log lines that hold `text`: its rarest word, made rarer by every further one.

    The text is taken as it is: a number that varies in a log, such as a long one or an address, is one value of many here.
    """
    found = [UNSEEN if word == PLACEHOLDER else shares().get(word, UNSEEN) for word in words(text)]
    if not found:
        return 0.05  # punctuation alone
    if all(word.isdigit() for word in words(text)):
        return NUMBER  # a short bare number stands in any log
    return max(LEAST, min(found) * NEXT_WORD ** (len(found) - 1))


def rate_of_part(text: str) -> float:
    """The same for a text that may begin and end within a word: there it counts as the commonest word that it is of."""
    beginnings, ends = _parts()
    head = _EDGES[0].sub(lambda cut: ends.get(cut[0], cut[0]), text)
    return rate(_EDGES[1].sub(lambda cut: beginnings.get(cut[0], cut[0]), head))


@cache
def _parts() -> tuple[dict[str, str], dict[str, str]]:
    """The commonest word with each beginning, and with each end."""
    beginnings: dict[str, str] = {}
    ends: dict[str, str] = {}
    for word in sorted(shares(), key=shares().__getitem__):
        beginnings |= {word[:size]: word for size in range(1, len(word) + 1)}
        ends |= {word[-size:]: word for size in range(1, len(word) + 1)}
    return beginnings, ends


@lru_cache(maxsize=1 << 13)
def regex_rate(regex: str) -> float:
    """The same for a pattern: its least rare reading."""
    return max(rate(text) for text in readings(regex))


@lru_cache(maxsize=1 << 13)
def readings(regex: str, most: int = MOST_READINGS) -> tuple[str, ...]:
    """The texts that `regex` wants, its alternatives and options spelled out, blanks where it lets the text vary.

    At most `most`: a group that would make more of them is left out, which makes each of the rest more common.
    """
    return tuple(_spelled(parsed(regex), most))


def _spelled(items: Iterable[tuple[object, Any]], most: int) -> list[str]:
    texts = [""]
    for operator, value in items:
        choices = _choices(str(operator), value, most)
        if len(texts) * len(choices) > most:
            choices = [" "]
        texts = [text + choice for text in texts for choice in choices]
    return list(dict.fromkeys(texts))


def _choices(operator: str, value: Any, most: int) -> list[str]:
    """What one node of a parsed pattern may read as."""
    if operator == "LITERAL":
        return [chr(value)]
    if operator == "AT":
        return [""]
    if operator == "SUBPATTERN":
        return _spelled(value[3], most)
    if operator == "BRANCH":
        return [text for branch in value[1] for text in _spelled(branch, most)]
    if operator in ("MAX_REPEAT", "MIN_REPEAT"):
        least, _, inner = value
        inside = _spelled(inner, most)
        return inside if least or inside == [" "] else ["", *inside]
    if operator == "IN":
        letters = {chr(inner).lower() for kind, inner in value if str(kind) == "LITERAL"}
        plain = all(str(kind) == "LITERAL" for kind, _ in value) and len(letters) <= MOST_LETTERS
        return sorted(letters) if plain else [" "]
    return [" "]

"""How much of what a report says stands in a line in other words: stems, numbers and whether something is denied."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from diagnose.text.terms import stem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnose.audit.watch import Message

_WORD = re.compile(r"[^\W\d_]{2,40}")
_PART = re.compile(r"(?<=[a-z])(?=[A-Z])")
_VALUE = re.compile(r"[\w.:-]*\d[\w.:-]*")
_DENIED = re.compile(r"\b(?:not|no|never|none|cannot|without|nor)\b|n't\b", re.IGNORECASE)
_SMALL = frozenset(
    "the an and or of to in on at for from with by is was are were be been has have had it its this that as into which then there here"
    " log logs line lines message messages error errors showed shows show shown first last seen appeared appears occurred started began".split()
)
LIKE = 0.6


@lru_cache(maxsize=1 << 15)
def stems(text: str) -> frozenset[str]:
    """The stems of the words that say something; of a compound name its parts too."""
    found: set[str] = set()
    for word in _WORD.findall(text):
        parts = [word, *_PART.split(word)] if not word.islower() else [word]
        found.update(stem(part.lower()) for part in parts if len(part) > 1 and part.lower() not in _SMALL)
    return frozenset(found)


def values(text: str) -> frozenset[str]:
    """Numbers, names of hosts and the like: words with a digit in them, which are no wording."""
    return frozenset(value.strip(".:-") for value in _VALUE.findall(text.lower()))


def denies(text: str) -> bool:
    return bool(_DENIED.search(text))


def nearest(text: str, messages: Iterable[Message]) -> tuple[float, Message | None]:
    """The message that has most of the words of a text, and their share."""
    wanted = stems(text)
    best, found = 0.0, None
    if not wanted:
        return best, found
    for message in messages:
        share = len(wanted & stems(message.first.quote)) / len(wanted)
        if share > best:
            best, found = share, message
    return best, found


def reworded(text: str, messages: Iterable[Message]) -> Message | None:
    """A message with all words and numbers of a text, of the same sense as far as words of denial tell."""
    wanted, told = stems(text), values(text)
    if len(wanted) < 2:
        return None
    for message in messages:
        line = message.first.quote
        if wanted <= stems(line) and all(value in line.lower() for value in told) and denies(text) == denies(line):
            return message
    return None

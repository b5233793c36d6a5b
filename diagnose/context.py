"""What the text tells of its surroundings: the system it comes from, the products it names."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.match import Passage
    from diagnose.model import Platform

LOOKED_AT = 1000  # lines: a system shows early and often
_WORD = re.compile(r"[a-z][a-z0-9]{2,}")

# What only one kind of system writes: prompts, paths, names of its parts.
SYSTEMS: dict[Platform, re.Pattern[str]] = {
    "windows": re.compile(
        r"\bPS [A-Z]:\\|\b[A-Z]:\\\w|FullyQualifiedErrorId|HRESULT|\bEvent ?ID\b|\bWin32\b|\bHKLM\b|0x8007"
    ),
    "linux": re.compile(r"\bsystemd\b|/var/|/etc/|/usr/|\bkernel:|\bsudo\b|\berrno\b|@[\w-]{1,60}:[~/]"),
    "macos": re.compile(r"/Library/|\bDarwin\b|com\.apple\.|\blaunchd\b"),
}


def platform_of(passages: Sequence[Passage]) -> Platform | None:
    """The system that the text comes from, where one kind of trace prevails."""
    lines = list(islice((line for passage in passages for line in passage.lines), LOOKED_AT))
    counts = {name: sum(1 for line in lines if pattern.search(line)) for name, pattern in SYSTEMS.items()}
    best = max(counts, key=lambda name: counts[name])
    rivals = [count for name, count in counts.items() if name != best]
    return best if counts[best] > max(rivals) else None


def context_of(passages: Sequence[Passage], base: Knowledge) -> dict[str, int]:
    """For every problem that names products: 1 where one of them is named in the text, -1 where only another's is."""
    products = base.products()
    vocabulary = frozenset().union(*products.values()) if products else frozenset()
    text = {word for passage in passages for line in passage.lines for word in _WORD.findall(line.lower())}
    named = vocabulary & text
    if not named:
        return {}
    return {problem: 1 if words & named else -1 for problem, words in products.items()}

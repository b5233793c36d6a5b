"""What the text tells of its surroundings: the system it comes from, the products it names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.retrieve import rarity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.match import Passage
    from diagnose.model import Platform

_WORD = re.compile(r"[a-z][a-z0-9]{2,}")

# What only one kind of system writes: prompts, paths, names of its parts.
_SYSTEMS: dict[Platform, re.Pattern[str]] = {
    "windows": re.compile(
        r"\bPS [A-Z]:\\|\b[A-Z]:\\\w|FullyQualifiedErrorId|HRESULT|\bEvent ?ID\b|\bWin32\b|\bHKLM\b|0x8007"
    ),
    "linux": re.compile(r"\bsystemd\b|/var/|/etc/|/usr/|\bkernel:|\bsudo\b|\berrno\b|@[\w-]{1,60}:[~/]"),
    "macos": re.compile(r"/Library/|\bDarwin\b|com\.apple\.|\blaunchd\b"),
}


def platform_of(passages: Sequence[Passage]) -> Platform | None:
    """The system that the text comes from, where one kind of trace prevails."""
    counts = {
        name: sum(1 for passage in passages for line in passage.lines if pattern.search(line))
        for name, pattern in _SYSTEMS.items()
    }
    best = max(counts, key=lambda name: counts[name])
    rivals = [count for name, count in counts.items() if name != best]
    return best if counts[best] > max(rivals) else None


def context_of(passages: Sequence[Passage], base: Knowledge, problems: Iterable[str]) -> dict[str, float]:
    """For each of `problems` that names products: up to 1 where one of them is named in the text, the more the fewer
    problems share it; -1 where only another's is."""
    products = base.products()
    holders = base.product_words()
    text = {word for passage in passages for line in passage.lines for word in _WORD.findall(line.lower())}
    named = {word: rarity(holders[word], base.size) for word in text if word in holders}
    if not named:
        return {}
    full = rarity(1, base.size)
    return {
        problem: max((named[word] / full for word in products[problem] if word in named), default=-1.0)
        for problem in problems
        if problem in products
    }

"""What a word or a code says, in nats, by how many problems of the base use it."""

from __future__ import annotations

from math import log

from diagnose.text.terms import COMMON_CODES

MOST_PAIRS = 20_000
# What a code that any program returns is worth at most (nats), however few articles of the base name it.
COMMON_CODE = 2.0
# A base of six articles says little about how rare a feature is in the world: shares are taken of at least so many.
LEAST_BASE = 1000


def rarity(df: int, size: int) -> float:
    """-ln of the share of problems that hold a feature, at most that of one in LEAST_BASE: a feature is worth the same in
    a base of six as in one of thousands, so that weights fitted on one base hold on another."""
    return log(max(LEAST_BASE / df, 1.0) if size <= LEAST_BASE else min(size / df, LEAST_BASE))


def word_worth(word: str, df: int, size: int) -> float:
    return min(COMMON_CODE, rarity(df, size)) if word in COMMON_CODES else rarity(df, size)

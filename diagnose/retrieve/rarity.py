"""What a word or a code says, in nats, by how many problems of the base use it."""

from __future__ import annotations

from math import log

from diagnose.text.terms import COMMON_CODES, prose

MOST_PAIRS = 20_000
# What a code that any program returns is worth at most (nats), however few articles of the base name it.
COMMON_CODE = 2.0
# What the system says of a failed call, in any program: as words it says no more than as a code.
COMMON_TEXTS = frozenset(
    frozenset(prose(text))
    for text in (
        "No such file or directory", "Permission denied", "Operation not permitted", "Input/output error",
        "Resource temporarily unavailable", "Cannot allocate memory", "Device or resource busy", "File exists",
        "Not a directory", "Is a directory", "Invalid argument", "Too many open files", "No space left on device",
        "Read-only file system", "Broken pipe", "Operation not supported", "Address already in use",
        "Cannot assign requested address", "Network is unreachable", "Connection reset by peer", "Connection timed out",
        "Connection refused", "No route to host", "Host is down", "i/o timeout", "context deadline exceeded",
        "Access is denied", "The system cannot find the file specified", "The system cannot find the path specified",
        "The parameter is incorrect", "Unspecified error", "The handle is invalid", "Element not found",
    )
)  # fmt: skip
LONGEST_COMMON = 60  # characters
# A base of six articles says little about how rare a feature is in the world: shares are taken of at least so many.
LEAST_BASE = 1000


def rarity(df: int, size: int) -> float:
    """-ln of the share of problems that hold a feature, at most that of one in LEAST_BASE: a feature is worth the same in
    a base of six as in one of thousands, so that weights fitted on one base hold on another."""
    return log(max(LEAST_BASE / df, 1.0) if size <= LEAST_BASE else min(size / df, LEAST_BASE))


def word_worth(word: str, df: int, size: int) -> float:
    return min(COMMON_CODE, rarity(df, size)) if word in COMMON_CODES else rarity(df, size)


def common(text: str) -> bool:
    """Whether a text is what the system says of any failed call, and nothing else."""
    return len(text) <= LONGEST_COMMON and frozenset(prose(text)) in COMMON_TEXTS

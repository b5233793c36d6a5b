"""The weights of the ranking, as they were fitted: diagnose/data/weights.json, with where they come from.

`kb eval --fit` writes the file, docs/ranking.md says what each number multiplies. Read once a process.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import msgspec
from msgspec import Struct

FILE = Path(__file__).parent.parent / "data" / "weights.json"


class Weights(Struct, frozen=True):
    """The weights of the log-odds of a problem against `unknown`, and the thresholds of the verdicts."""

    unknown: float
    signal: float = 0.0
    silent: float = 0.0
    vetted: float = 0.0
    quiet: float = 0.0
    missing: float = 0.0
    title: float = 0.0
    words: float = 0.0
    information: float = 0.0
    whole: float = 0.0
    stretch: float = 0.0
    worth: float = 0.0
    named: float = 0.0
    other: float = 0.0
    likely: float = 0.7
    likely_cause: float = 0.5
    confirmed: float = 0.9


class Fitted(Struct, frozen=True):
    """Weights with their provenance: when, on how many cases (their digest), and what held-out folds showed.

    `left_out` has, for each base, the figures of weights that were fitted without it; `seen` is what tells the cases of
    the fit again (kb.evaluate.seen).
    """

    weights: Weights
    date: str
    cases: int
    digest: str
    folds: int
    penalty: float
    figures: dict[str, float]
    left_out: dict[str, dict[str, float]] = {}
    seen: str = ""


@cache
def fitted() -> Fitted:
    """The weights that come with the package, with where they come from."""
    return msgspec.json.decode(FILE.read_bytes(), type=Fitted)


def shipped() -> Weights:
    """The weights that come with the package."""
    return fitted().weights

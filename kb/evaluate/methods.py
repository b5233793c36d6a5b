"""The simple methods that the ranking must be worth its weights against: full text, coverage of known messages, both.

Takes what was retrieved for a text; gives the problems in the order of one number each. Nothing here is fitted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diagnose.retrieve.lookup import Retrieved


def bm25(retrieved: Retrieved) -> dict[str, float]:
    """BM25 of the whole text, relative to the best."""
    return {problem: text.whole for problem, text in retrieved.fulltext.items()}


def coverage(retrieved: Retrieved) -> dict[str, float]:
    """The best known message: the share of it that is present times what that is worth, relative to the best."""
    best: dict[str, float] = {}
    for covered in retrieved.covered:
        best[covered.problem] = max(best.get(covered.problem, 0.0), covered.share * covered.worth)
    top = max(best.values(), default=1.0)
    return {problem: worth / top for problem, worth in best.items()}


def both(retrieved: Retrieved) -> dict[str, float]:
    """The sum of the two."""
    text, message = bm25(retrieved), coverage(retrieved)
    return {problem: text.get(problem, 0.0) + message.get(problem, 0.0) for problem in {**text, **message}}


METHODS: Mapping[str, Callable[[Retrieved], dict[str, float]]] = {"bm25": bm25, "coverage": coverage, "both": both}


def ranked(method: str, retrieved: Retrieved) -> list[tuple[str, float]]:
    """The problems that the method finds, best first."""
    return sorted(METHODS[method](retrieved).items(), key=lambda item: (-item[1], item[0]))

"""The answer to a labelled case, as it is scored."""

from __future__ import annotations

from msgspec import Struct

KEPT = 10


class ScoredAnswer(Struct, frozen=True):
    """What a base answers to a case: the KEPT best articles with their probabilities, the best causes, the verdict.

    `fitted` is whether the weights were fitted on the case; `unread` says which of its inputs could not be read, and why.
    """

    id: str
    kind: str
    expect: tuple[str, ...]
    acceptable: tuple[str, ...]
    articles: tuple[tuple[str, float], ...]
    causes: tuple[str, ...]
    verdict: str
    unknown: float
    fitted: bool = False
    unread: tuple[str, ...] = ()

    @property
    def confidence(self) -> float:
        return self.articles[0][1] if self.articles else 0.0

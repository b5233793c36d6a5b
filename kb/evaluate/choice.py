"""A labelled case as a choice between its candidates, as the fit sees it."""

from __future__ import annotations

from msgspec import Struct

from diagnose.rank.features import FEATURES

Vector = list[float]


class LabelledChoice(Struct, frozen=True):
    """A case as the fit sees it: the candidates with their features (in the order of FEATURES), and what is right.

    `base` tells the bases of several runs apart; `source` is the thread of the text, `digest` what tells it again.
    """

    base: str
    id: str
    kind: str
    expect: tuple[str, ...]
    acceptable: tuple[str, ...]
    candidates: tuple[tuple[str, tuple[float, ...]], ...]
    source: str = ""
    digest: str = ""

    @property
    def rows(self) -> list[tuple[bool, Vector]]:
        """Whether it is right, and features with -1 for unknown; acceptable ones are left out; unknown is last."""
        wanted, spared = set(self.expect), set(self.acceptable) - set(self.expect)
        rows = [(name in wanted, [*values, -1.0]) for name, values in self.candidates if name not in spared]
        return [*rows, (not self.expect, [0.0] * (len(FEATURES) + 1))]

"""Which cases the weights were fitted on: a digest of each text stands beside the weights.

Figures on those say how well the fit remembers, so they are never mixed with the others.
"""

from __future__ import annotations

import hashlib
from functools import cache

from diagnose.rank.weights import fitted

LENGTH = 8


def digest(text: str) -> str:
    """A text as LENGTH hexadecimal digits; blanks and line ends do not matter."""
    return hashlib.sha256(" ".join(text.split()).encode("utf-8", "surrogateescape")).hexdigest()[:LENGTH]


@cache
def _known() -> frozenset[str]:
    seen = fitted().seen
    return frozenset(seen[at : at + LENGTH] for at in range(0, len(seen), LENGTH))


def was_fitted(text: str) -> bool:
    """Whether the weights that come with the package were fitted on this text."""
    return digest(text) in _known()

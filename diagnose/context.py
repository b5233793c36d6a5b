"""Products named in the text: +1 for a problem of a product that is named, -1 where only another product is."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.match import Passage

_WORD = re.compile(r"[a-z][a-z0-9]{2,}")


def context_of(passages: Sequence[Passage], base: Knowledge) -> dict[str, int]:
    """For every problem that names products: 1, 0 or -1."""
    products = base.products()
    vocabulary = frozenset().union(*products.values()) if products else frozenset()
    text = {word for passage in passages for line in passage.lines for word in _WORD.findall(line.lower())}
    named = vocabulary & text
    if not named:
        return {}
    return {problem: 1 if words & named else -1 for problem, words in products.items()}

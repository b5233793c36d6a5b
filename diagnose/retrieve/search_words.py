"""Words of a line that the articles know, as a query that finds some.

Takes a line and what was retrieved for its text; gives the rarest words of it, in their order, so that a search of the
articles for them has results.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.text.terms import prose

if TYPE_CHECKING:
    from diagnose.retrieve.lookup import Retrieved

MOST_WORDS = 4
_WORD = re.compile(r"[A-Za-z][\w-]{2,30}")


def search_words(line: str, retrieved: Retrieved) -> str:
    """At most MOST_WORDS words of `line` that stand in articles; empty where none does."""
    known: dict[str, float] = {}
    for word in _WORD.findall(line):
        worth = max((retrieved.rarity.get(stem, 0.0) for stem in prose(word)), default=0.0)
        if worth > 0 and word.lower() not in (seen.lower() for seen in known):
            known[word] = worth
    best = sorted(known, key=lambda word: -known[word])[:MOST_WORDS]
    return " ".join(word for word in known if word in best)

"""How often a pattern would be seen in ordinary logs, from a table of word shares (kb/data/background.tsv).

The table holds counts only; benchmarks/make_background.py says how it was measured.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from diagnose.terms import PLACEHOLDER, words

UNSEEN = 5e-6  # share of lines of a word that the background never shows
NEXT_WORD = 0.3  # each further word makes a line rarer by about this factor; words of one message are not independent
LEAST = 1e-8
NUMBER = 0.01


@cache
def shares() -> dict[str, float]:
    """Share of log lines that hold a word."""
    text = (Path(__file__).parent / "data" / "background.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines())
    return {word: int(count) / 1_000_000 for word, count in rows}


def rate(text: str) -> float:
    """Estimated share of log lines that hold `text`: its rarest word, made rarer by every further one."""
    found = [shares().get(word, UNSEEN) for word in words(text) if word != PLACEHOLDER]
    if not found:
        return 0.05  # punctuation alone
    if not any(word[0].isalpha() for word in words(text)):
        return NUMBER  # a bare number stands in any log
    return max(LEAST, min(found) * NEXT_WORD ** (len(found) - 1))


_CLASS = re.compile(r"\[[^\]]*\]|\\[dwsbDWSB]|\(\?[^)]*?[:>]|[.*+?^$|(){}]|\\")


def regex_rate(regex: str) -> float:
    """The same for a pattern: its least rare alternative, read as the words that stand in it."""
    alternatives = [_CLASS.sub(" ", part) for part in regex.split("|") if part.strip()] or [regex]
    worded = [part for part in alternatives if any(word[0].isalpha() for word in words(part))]
    # A number among the alternatives of a group has the words around the group with it.
    return max(rate(part) for part in (worded if worded and "(" in regex else alternatives))

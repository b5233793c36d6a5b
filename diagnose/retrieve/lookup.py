"""Pasted text and the postings of a base to what was measured of its problems: coverage, full text, names.

Coverage is the idf-weighted share of a known message's word pairs that stand near each other in the text: measured on
real pastes it keeps its meaning in noise, where BM25 alone does not. Full text is read twice, of the whole text and of
the best stretch of STRETCH lines, so that lines of other logs around an error cost little. Knows nothing of declared
signals or of ranking.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING

from msgspec import Struct, field

from diagnose.codes.numbers import numbers_of, said_in
from diagnose.retrieve.coverage import Covered, covered_messages
from diagnose.retrieve.fulltext import FullText, Holdings, fulltext_scores, holdings, stretches_of
from diagnose.retrieve.names import Named, named_problems
from diagnose.retrieve.rarity import MOST_PAIRS, word_worth
from diagnose.scan.passages import TextLine
from diagnose.text.terms import LineWords, prose

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.knowledge import Knowledge

MOST_LINES = 2_000
_NUMERAL = re.compile(r"(?<![\w.:/-])\d{1,2}(?![\w:/-]|\.\d)")


class Retrieved(Struct, frozen=True):
    """`fulltext` has the best problems by full text, `holdings` which documents hold the words of the text; `rarity` is
    what a word of the text is worth by the base (nats), `stretches` the distinct words of each stretch, `numbers` those by
    which the text names errors, `numerals` all short ones that stand alone, `words` the words of any line, read when they
    are asked for."""

    covered: tuple[Covered, ...]
    named: tuple[Named, ...]
    fulltext: dict[str, FullText]
    rarity: dict[str, float] = {}
    stretches: tuple[frozenset[str], ...] = ()
    numbers: frozenset[str] = frozenset()
    numerals: frozenset[str] = frozenset()
    holdings: Holdings = Holdings()
    words: LineWords = field(default_factory=LineWords)


def retrieve(places: Sequence[TextLine], codes: Sequence[tuple[str, TextLine]], base: Knowledge) -> Retrieved:
    """Look `places` (lines in order) and the codes seen in them up in `base`."""
    places = places[:MOST_LINES]
    lines = [prose(place.text) for place in unrepeated(places)]
    frequency = Counter(word for line in lines for word in line)
    postings = base.postings(list(frequency)[:MOST_PAIRS])
    stretches = stretches_of(lines, postings)
    return Retrieved(
        covered=tuple(covered_messages(places, base)),
        named=tuple(named_problems(places, codes, base)),
        fulltext=fulltext_scores(stretches, frequency, postings, base),
        holdings=holdings(postings, base),
        rarity={word: word_worth(word, len(posting), base.size) for word, posting in postings.items()},
        stretches=tuple(stretches),
        numbers=numbers_of(code for code, _ in codes) | {n for place in places for n in said_in(place.text)},
        numerals=frozenset(n for place in places for n in _NUMERAL.findall(place.text)),
    )


def unrepeated(places: Sequence[TextLine]) -> list[TextLine]:
    """`places` without the lines that stood before with the same line after or before them: a log given twice says no more
    than once."""
    seen: set[tuple[str, str]] = set()
    kept: list[TextLine] = []
    pairs = [(left.text, right.text) for left, right in pairwise(places)]
    for index, place in enumerate(places):
        around = pairs[max(0, index - 1) : index + 1]
        if not (around and seen.intersection(around)):
            kept.append(place)
        seen.update(pairs[index - 1 : index] if index else ())
    return kept

"""Candidates that fit about as well, told apart by the words that they do not share.

Siblings quote the same message, and most of what speaks for one speaks for all of them; what is left decides: the words of
the text that some of them hold and others do not, each by its rarity and by how often the article says it. Only their
order among one another changes: together they are as probable as before, so a text that none of them is about gains
nothing. Takes standings and words, gives a shift of the log-odds for each sibling.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

# Within so many nats of the leading candidate another one is its sibling.
NEAR = 2.0
# Nats that a sibling gains which holds all the words that tell them apart, each about once.
TELLS = 1.0
# Between siblings a nat counts for more than against unknown: they compete for the same words.
SHARPER = 1.2
SHOWN = 4
# When something happened tells no article from another.
_DATES = frozenset(
    "jan feb mar apr may jun jul aug sep sept oct nov dec mon tue wed thu fri sat sun utc gmt cet cest pst pdt est edt".split()
)


class Told(Struct, frozen=True):
    """What telling it apart adds to the log-odds of a candidate, and the words of the text that it has before others."""

    shift: float
    words: tuple[str, ...]


def siblings(values: Mapping[str, float]) -> list[str]:
    """The candidates near the leading one, by their log-odds; empty where it stands alone."""
    best = max(values.values(), default=0.0)
    near = sorted(name for name, value in values.items() if value > best - NEAR)
    return near if len(near) > 1 else []


def told_apart(
    values: Mapping[str, float],
    held: Mapping[str, Mapping[str, float]],
    stretches: Sequence[Set[str]],
    rarity: Mapping[str, float],
) -> dict[str, Told]:
    """A shift for each of `values` (log-odds). `held` has what each says of a word, about 1 for once; a stretch is the
    words of some lines, `rarity` what a word is worth."""
    telling = _telling(held)
    best = dict.fromkeys(values, (0.0, frozenset[str]()))
    most = 0.0
    for stretch in stretches:
        words = telling & stretch
        most = max(most, sum(rarity[word] for word in sorted(words)))
        for name in values:
            own = words & held[name].keys()
            said = sum(rarity[word] * held[name][word] for word in sorted(own))
            if said > best[name][0]:
                best[name] = (said, own)
    weighed = {name: SHARPER * (value + TELLS * best[name][0] / (most or 1.0)) for name, value in values.items()}
    back = _sum(values) - _sum(weighed)
    return {name: Told(weighed[name] + back - values[name], _rarest(best[name][1], rarity)) for name in values}


def _telling(held: Mapping[str, Mapping[str, float]]) -> frozenset[str]:
    """The words that some hold and others do not."""
    each = [frozenset(words) - _DATES for words in held.values()]
    return frozenset[str]().union(*each) - frozenset[str].intersection(*each)


def _sum(values: Mapping[str, float]) -> float:
    """The log-odds of all of them together."""
    return log(sum(exp(value) for value in values.values()))


def _rarest(words: Set[str], rarity: Mapping[str, float]) -> tuple[str, ...]:
    return tuple(sorted(words, key=lambda word: (-rarity[word], word))[:SHOWN])

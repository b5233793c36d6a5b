"""What a line must hold so that a pattern may match it: texts in order, to look for in any letter case, whatever looks for them.

Takes patterns; gives a short list of needles of which at least one stands in every line that one of them matches, and the
patterns for which that cannot be promised. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.scan.needed import parsed
from diagnose.text.fold import FOLDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHORTEST = 4  # a text of fewer characters stands in too many lines
LEAST_PIECE = 2  # characters of a further text of the same needle
MOST = 40  # alternatives of one pattern
LONGEST = 80  # characters of a text that are looked for
# A line may hold another character for these: typographic quotes, dashes and dots. Full-width letters are not thought of.
_WIDE = 0xFF00
_TWINS = frozenset("".join(text for code, text in FOLDED.items() if text and code < _WIDE)) - {" "}


class Wanted(Struct, frozen=True):
    """A pattern of a base and the signals that it belongs to, as `article: signal`."""

    regex: str
    owners: tuple[str, ...]


# Texts that stand in a line in this order.
Needle = tuple[str, ...]


class Needles(Struct, frozen=True):
    """`texts` to look for, `left` the patterns that they do not find, each with the reason."""

    texts: tuple[Needle, ...]
    left: tuple[tuple[Wanted, str], ...]


def needles_of(patterns: Iterable[Wanted]) -> Needles:
    """The needles of all `patterns`."""
    texts: set[Needle] = set()
    left: list[tuple[Wanted, str]] = []
    for pattern in patterns:
        found = required(pattern.regex)
        if found is None:
            left.append((pattern, f"no text of {SHORTEST} characters or more stands in every line that it matches"))
        else:
            texts |= found
    return Needles(tuple(_shortest(texts)), tuple(sorted(left, key=lambda item: (item[0].owners, item[0].regex))))


def required(regex: str) -> frozenset[Needle] | None:
    """Needles in small letters of which every match of `regex` holds one; None where one would be too short to look for."""
    try:
        tree = parsed(regex)
    except (ValueError, RecursionError, OverflowError, re.error):
        return None
    ways = _ways(tree)
    return ways if all(max(map(len, way), default=0) >= SHORTEST for way in ways) else None


def _ways(items: Sequence[tuple[object, Any]]) -> frozenset[Needle]:
    """The alternatives of a sequence, each with the texts that always take part in it. What varies too much is passed over."""
    ways: frozenset[Needle] = frozenset({()})
    run = ""
    for operator, value in [*items, ("END", None)]:
        character = _character(str(operator), value)
        if character:
            run += character
            continue
        inside = _inside(str(operator), value)
        ways = frozenset(way + _texts(run) for way in ways)
        run = ""
        if len(ways) * len(inside) <= MOST:
            ways = frozenset(way + more for way in ways for more in inside)
    return ways


def _character(operator: str, value: Any) -> str:
    """A literal, or a set that differs in letter case alone; empty for all else."""
    if operator == "LITERAL":
        return chr(value).lower()
    if operator == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
        found = {chr(code).lower() for _, code in value}
        return found.pop() if len(found) == 1 else ""
    return ""


def _texts(run: str) -> Needle:
    """The pieces of a run between characters that a line may hold in another form."""
    pieces = "".join("\n" if ch in _TWINS or not ch.isascii() or not ch.isprintable() else ch for ch in run).split("\n")
    return tuple(text for piece in pieces if len(text := piece.strip()[:LONGEST].strip()) >= LEAST_PIECE)


def _inside(operator: str, value: Any) -> frozenset[Needle]:
    if operator == "SUBPATTERN":
        return _ways(value[3])
    if operator in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
        return _ways(value[2])
    if operator == "ATOMIC_GROUP":
        return _ways(value)
    if operator == "BRANCH":
        return frozenset().union(*map(_ways, value[1]))
    return frozenset({()})


def _shortest(needles: Iterable[Needle]) -> list[Needle]:
    """Without those that hold a needle of one text: whoever looks for that finds them."""
    kept: list[Needle] = []
    single: list[str] = []
    for needle in sorted(needles, key=lambda one: (len(one) > 1, sum(map(len, one)), one)):
        if any(text in piece for text in single for piece in needle):
            continue
        kept.append(needle)
        single += needle if len(needle) == 1 else ()
    return sorted(kept)

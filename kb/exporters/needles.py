"""What a line must hold so that a pattern may match it: texts to look for in any letter case, whatever looks for them.

Takes patterns; gives the shortest list of texts of which at least one stands in every line that one of them matches, and the
patterns for which that cannot be promised. Pure.
"""

from __future__ import annotations

from re import _parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.text.fold import FOLDED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHORTEST = 4  # a text of fewer characters stands in too many lines
MOST = 60  # alternatives of one pattern
LONGEST = 80  # characters of a text that are looked for
# A line may hold another character for these: typographic quotes, dashes and dots. Full-width letters are not thought of.
_WIDE = 0xFF00
_TWINS = frozenset("".join(text for code, text in FOLDED.items() if text and code < _WIDE)) - {" "}


class Wanted(Struct, frozen=True):
    """A pattern of a base and the signals that it belongs to, as `article: signal`."""

    regex: str
    owners: tuple[str, ...]


class Needles(Struct, frozen=True):
    """`texts` to look for, `left` the patterns that they do not find, each with the reason."""

    texts: tuple[str, ...]
    left: tuple[tuple[Wanted, str], ...]


def needles_of(patterns: Iterable[Wanted]) -> Needles:
    """The texts of all `patterns`."""
    texts: set[str] = set()
    left: list[tuple[Wanted, str]] = []
    for pattern in patterns:
        found = required(pattern.regex)
        if found is None:
            left.append((pattern, f"no text of {SHORTEST} characters or more stands in every line that it matches"))
        else:
            texts |= found
    return Needles(tuple(_shortest(texts)), tuple(sorted(left, key=lambda item: (item[0].owners, item[0].regex))))


def required(regex: str) -> frozenset[str] | None:
    """Texts in small letters of which every match of `regex` holds one; None where there are none that are long enough."""
    try:
        tree = _parser.parse(regex)
    except (ValueError, RecursionError, _parser.error):
        return None
    return _best(_choices(tree))


def _best(choices: Iterable[frozenset[str]]) -> frozenset[str] | None:
    """The choice whose shortest text is longest, and of those the one with the fewest."""
    fit = [choice for choice in choices if choice and len(choice) <= MOST and min(map(len, choice)) >= SHORTEST]
    return max(fit, key=lambda choice: (min(map(len, choice)), -len(choice), sorted(choice)), default=None)


def _choices(items: Sequence[tuple[object, Any]]) -> list[frozenset[str]]:
    """Each of them is enough: a run of characters that always takes part, or what stands in every alternative."""
    choices: list[frozenset[str]] = []
    run = ""
    for operator, value in items:
        character = _character(str(operator), value)
        if character:
            run += character
            continue
        choices += _texts(run)
        run = ""
        choices += _inside(str(operator), value)
    return [*choices, *_texts(run)]


def _character(operator: str, value: Any) -> str:
    """A literal, or a set that differs in letter case alone; empty for all else."""
    if operator == "LITERAL":
        return chr(value).lower()
    if operator == "IN" and all(str(kind) == "LITERAL" for kind, _ in value):
        found = {chr(code).lower() for _, code in value}
        return found.pop() if len(found) == 1 else ""
    return ""


def _texts(run: str) -> list[frozenset[str]]:
    """The pieces of a run between characters that a line may hold in another form."""
    pieces = "".join("\n" if ch in _TWINS or not ch.isascii() or not ch.isprintable() else ch for ch in run).split("\n")
    return [frozenset({text}) for piece in pieces if len(text := piece.strip()[:LONGEST].strip()) >= SHORTEST]


def _inside(operator: str, value: Any) -> list[frozenset[str]]:
    if operator == "SUBPATTERN":
        return _choices(value[3])
    if operator in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT") and value[0] > 0:
        return _choices(value[2])
    if operator == "ATOMIC_GROUP":
        return _choices(value)
    if operator == "BRANCH":
        every = [_best(_choices(branch)) for branch in value[1]]
        known = [found for found in every if found is not None]
        return [frozenset().union(*known)] if len(known) == len(every) else []
    return []


def _shortest(texts: Iterable[str]) -> list[str]:
    """Without those that hold another one: whoever looks for the shorter finds them."""
    kept: list[str] = []
    for text in sorted(texts, key=lambda one: (len(one), one)):
        if not any(other in text for other in kept):
            kept.append(text)
    return sorted(kept)

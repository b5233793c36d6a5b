"""Static check of a pattern: the RE2 subset that runs in linear time in the engine, and what `re` may run besides.

Takes a pattern as an article writes it, gives faults with their column, and how many steps it may take. Read off the parse tree of the standard library.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from diagnose.scan.needed import needed_texts, parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1024
MOST_REPEATS = 1000
WINDOW = 2048
MOST_STEPS = 5 * 10**10
# Where no text of TELLING characters says which lines need not be looked at, every line costs so many.
TELLING, MOST_BLIND_STEPS = 2, 10**7
_UNBOUNDED = 4294967295
_REFUSED = (
    (r"\(\?[=!]", "look-ahead"),
    (r"\(\?<[=!]", "look-behind"),
    (r"\(\?>", "an atomic group"),
    (r"\(\?\(", "a conditional group"),
    (r"\(\?P=", "a back-reference"),
    (r"\\[1-9]", "a back-reference"),
    (r"(?:[*+?]|\})\+", "a possessive repeat"),
    (r"\\[GZzAKRX]", "an anchor that lines do not have; use ^ and $"),
    (r"\(\?[aiLmsux-]*[aLmsux][aiLmsux-]*[:)]", "inline flags; matching is caseless unless case: true"),
)
_ESCAPED = re.compile(r"\\[\\\[\](){}?*+]|\[(?:\\.|[^\]\\])*\]")


def faults(pattern: str) -> tuple[tuple[int, str], ...]:
    """(column from 1, what) for everything that a pattern may not hold; empty if it may be used."""
    if len(pattern) > LONGEST:
        return ((1, f"is {len(pattern)} characters long; at most {LONGEST}"),)
    return _faults(pattern)


@lru_cache(maxsize=1 << 13)  # a check of the library has its patterns in every article that uses it
def _faults(pattern: str) -> tuple[tuple[int, str], ...]:
    bare = _ESCAPED.sub(lambda found: "x" * len(found[0]), pattern)
    found = [(m.start() + 1, f"holds {what}") for regex, what in _REFUSED for m in re.finditer(regex, bare)]
    if found:
        return tuple(found)
    try:
        tree = parsed(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return (((getattr(error, "pos", None) or 0) + 1, f"is not a pattern: {getattr(error, 'msg', error)}"),)
    if _width(tree)[0] == 0:
        found.append((1, "matches the empty text, so every line"))
    if _nested(tree):
        found.append((1, "repeats a repeat without bound, such as (a+)+"))
    if _bomb(tree) > MOST_REPEATS:
        found.append((1, f"repeats more than {MOST_REPEATS} times"))
    return tuple(found)


@lru_cache(maxsize=1 << 13)  # asked at every use of a pattern, and as dear as compiling it
def bounded(pattern: str) -> bool:
    """Whether the standard library may run it: no nested unbounded repeats, few steps a window however bad the text."""
    try:
        tree = parsed(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    telling = any(all(len(text) >= TELLING for text in group) for group in needed_texts(pattern))
    most = MOST_STEPS if telling else MOST_BLIND_STEPS
    return not _nested(tree) and _bomb(tree) <= MOST_REPEATS and steps(tree) <= most


def open_pieces(pattern: str) -> int:
    """The number of its pieces that repeat without bound."""
    return sum(1 for _, high, _ in _repeats(parsed(pattern)) if high >= _UNBOUNDED)


def steps(tree: Any) -> int:
    """How often an engine that goes back may try something in WINDOW characters, at most: from every place where a match may
    begin, the product of the lengths of all pieces that may vary and are followed by what they match themselves."""
    start = next(iter(tree), None)
    if start and str(start[0]) == "AT" and "BEGINNING" in str(start[1]):
        return _cost(tree, 1, (_ANY, True))
    return WINDOW // max(1, _leading(tree)) * _cost(tree, 1, (_ANY, True))


def _width(tree: Any) -> tuple[int, int]:
    low, high = tree.getwidth()
    return int(low), int(high)


def _children(value: Any) -> Iterator[Any]:
    """The parsed groups inside one node."""
    for part in value if isinstance(value, (list, tuple)) else (value,):
        if hasattr(part, "getwidth"):
            yield part
        elif isinstance(part, (list, tuple)):
            yield from _children(part)


def _repeats(tree: Any) -> Iterator[tuple[int, int, Any]]:
    for operator, value in tree:
        if str(operator) in ("MAX_REPEAT", "MIN_REPEAT", "POSSESSIVE_REPEAT"):
            yield int(value[0]), int(value[1]), value[2]
        for child in _children(value):
            yield from _repeats(child)


def _nested(tree: Any) -> bool:
    return any(
        high >= _UNBOUNDED and any(inner >= _UNBOUNDED for _, inner, _ in _repeats(child))
        for _, high, child in _repeats(tree)
    )


def _bomb(tree: Any) -> int:
    """The product of bounded repeats along the deepest path."""
    worst = 1
    for operator, value in tree:
        inner = max((_bomb(child) for child in _children(value)), default=1)
        if str(operator) in ("MAX_REPEAT", "MIN_REPEAT"):
            high = int(value[1])
            inner *= max(1, int(value[0])) if high >= _UNBOUNDED else max(1, high)
        worst = max(worst, inner)
    return worst


# --- steps -----------------------------------------------------------------------------------------------------------

_ANY = frozenset(range(256)) - {10}
_WORD = frozenset(code for code in range(128) if chr(code).isalnum() or code == 95)
_CATEGORIES = {
    "CATEGORY_DIGIT": frozenset(b"0123456789"),
    "CATEGORY_SPACE": frozenset(b" \t\r\f\v"),
    "CATEGORY_WORD": _WORD,
}
_First = tuple[frozenset[int], bool]


def _leading(tree: Any) -> int:
    """The number of characters that every match begins with: a search goes from one such text to the next."""
    count = 0
    for operator, value in tree:
        if str(operator) == "SUBPATTERN" and not count:
            return _leading(value[3])
        if str(operator) != "LITERAL":
            break
        count += 1
    return count


def _cost(tree: Any, rest: int, follow: _First) -> int:
    """The steps of `tree` before what takes `rest` steps and begins with a character of `follow`."""
    cost = rest
    items = list(tree)
    for index in range(len(items) - 1, -1, -1):
        operator, value = str(items[index][0]), items[index][1]
        if operator == "AT":
            if "BOUNDARY" in str(value) and index and _characters([items[index - 1]]) <= _WORD:
                follow = (follow[0] - _WORD, False)
            continue
        if operator == "SUBPATTERN":
            cost = _cost(value[3], cost, follow)
        elif operator == "BRANCH":
            cost = sum(_cost(branch, cost, follow) for branch in value[1])
        elif operator in ("MAX_REPEAT", "MIN_REPEAT"):
            cost = _repeat_cost(value, cost, follow)
        else:
            cost += 1
        characters, empty = _first([items[index]])
        follow = (characters | follow[0], follow[1]) if empty else (characters, False)
    return cost


def _repeat_cost(value: Any, rest: int, follow: _First) -> int:
    """A piece that its successor cannot match has one length only, found by going on to its end."""
    low, high, inner = int(value[0]), int(value[1]), value[2]
    choices = min(high, WINDOW) - low + 1
    once = _cost(inner, 1, (_ANY, True)) if _width(inner)[0] != _width(inner)[1] else len(inner)
    ambiguous = follow[1] or bool(_characters(inner) & follow[0])
    return (choices + low) * once + (choices * rest if ambiguous and choices > 1 else rest)


def _first(items: Any) -> _First:
    """The bytes that a match of `items` may begin with, and whether it may be empty."""
    found: frozenset[int] = frozenset()
    for operator, value in items:
        name = str(operator)
        if name == "AT":
            continue
        if name == "SUBPATTERN":
            characters, empty = _first(value[3])
        elif name == "BRANCH":
            parts = [_first(branch) for branch in value[1]]
            characters = frozenset[int]().union(*(part for part, _ in parts))
            empty = any(nothing for _, nothing in parts)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            characters, empty = _first(value[2])
            empty = empty or value[0] == 0
        else:
            characters, empty = _characters([(operator, value)]), False
        found |= characters
        if not empty:
            return found, False
    return found, True


def _characters(items: Any) -> frozenset[int]:
    """All bytes that can stand in a match of `items`; of a character outside ASCII, any byte above it."""
    found: frozenset[int] = frozenset()
    for operator, value in items:
        name = str(operator)
        if name == "LITERAL":
            found |= _both_cases(value, value)
        elif name == "RANGE":
            found |= _both_cases(*value)
        elif name == "NOT_LITERAL":
            found |= _ANY - {value}
        elif name == "ANY":
            found |= _ANY
        elif name == "CATEGORY":
            kind = str(value)
            found |= _CATEGORIES[kind] if kind in _CATEGORIES else _ANY - _CATEGORIES[kind.replace("NOT_", "")]
        elif name == "IN":
            inside = _characters(value)
            found |= _ANY - inside if str(value[0][0]) == "NEGATE" else inside
        elif name != "NEGATE":
            for child in _children(value):
                found |= _characters(child)
    return found


def _both_cases(low: int, high: int) -> frozenset[int]:
    plain = frozenset(range(low, min(high, 127) + 1))
    other = frozenset(code ^ 32 for code in plain if chr(code).isalpha())
    return plain | other | (frozenset(range(128, 256)) if high > 127 else frozenset())

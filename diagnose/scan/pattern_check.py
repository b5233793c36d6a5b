"""Static check of a pattern: the RE2 subset that runs in linear time in the engine, and what `re` may run besides.

Takes a pattern as an article writes it, gives faults with their column. Read off the parse tree of the standard library.
"""

from __future__ import annotations

import re
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1024
MOST_REPEATS = 1000
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


def faults(pattern: str) -> list[tuple[int, str]]:
    """(column from 1, what) for everything that a pattern may not hold; empty if it may be used."""
    if len(pattern) > LONGEST:
        return [(1, f"is {len(pattern)} characters long; at most {LONGEST}")]
    bare = _ESCAPED.sub(lambda found: "x" * len(found[0]), pattern)
    found = [(m.start() + 1, f"holds {what}") for regex, what in _REFUSED for m in re.finditer(regex, bare)]
    if found:
        return found
    try:
        tree = _parsed(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        return [((getattr(error, "pos", None) or 0) + 1, f"is not a pattern: {getattr(error, 'msg', error)}")]
    if _width(tree)[0] == 0:
        found.append((1, "matches the empty text, so every line"))
    if _nested(tree):
        found.append((1, "repeats a repeat without bound, such as (a+)+"))
    if _bomb(tree) > MOST_REPEATS:
        found.append((1, f"repeats more than {MOST_REPEATS} times"))
    return found


def capturable(pattern: str) -> bool:
    """Whether `re` may run it on a line: no nested unbounded repeats, at most two unbounded ones that overlap."""
    try:
        tree = _parsed(pattern)
    except (re.error, RecursionError, OverflowError):
        return False
    return not _nested(tree) and _bomb(tree) <= MOST_REPEATS and _greedy(tree) <= 4


def _parsed(pattern: str) -> Any:
    from re import _parser  # type: ignore[attr-defined]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _parser.parse(pattern)


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


def _greedy(tree: Any) -> int:
    return sum(1 for _, high, _ in _repeats(tree) if high >= _UNBOUNDED)


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

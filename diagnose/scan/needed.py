"""A pattern as a parse tree, and the texts that every match of it holds: a line without them need not be looked at.

Takes a pattern in RE2 syntax; gives groups of texts. Read off the parse tree of the standard library.
"""

from __future__ import annotations

import warnings
from functools import lru_cache
from typing import Any


@lru_cache(maxsize=512)  # the patterns of a few articles: each is asked for several times in a row
def parsed(pattern: str) -> Any:
    """Nobody may change the tree. `re.error`, RecursionError and OverflowError where it is no pattern."""
    from re import _parser  # type: ignore[attr-defined]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _parser.parse(pattern)


def needed_texts(regex: str) -> list[tuple[bytes, ...]]:
    """What every match of `regex` holds, in order: of each of these groups one text, in small letters."""
    groups = [tuple(text.lower() for text in group) for group in _needed(parsed(regex))]
    return [group for group in groups if all(text.strip() for text in group)]


def _needed(items: Any) -> list[tuple[bytes, ...]]:
    groups: list[tuple[bytes, ...]] = [(b"",)]
    for operator, value in items:
        name = str(operator)
        if name == "LITERAL":
            groups[-1] = (groups[-1][0] + chr(value).encode(),)
        elif name == "BRANCH":
            groups += [tuple(max(_needed(branch), key=rarity)[0] for branch in value[1]), (b"",)]
        elif name != "AT":
            groups += [*(_needed(value[3]) if name == "SUBPATTERN" else ()), (b"",)]
    return groups


def rarity(group: tuple[bytes, ...]) -> int:
    """How telling a group is: as its shortest text; of several, one is not enough to be the only one looked for."""
    return min(map(len, group)) if len(group) == 1 else 0

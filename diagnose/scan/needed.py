"""The texts that every match of a pattern holds: a line without them need not be looked at.

Takes a pattern in RE2 syntax; gives groups of texts. Read off the parse tree of the standard library.
"""

from __future__ import annotations

import warnings
from typing import Any


def needed_texts(regex: str) -> list[tuple[bytes, ...]]:
    """What every match of `regex` holds, in order: of each of these groups one text, in small letters."""
    from re import _parser  # type: ignore[attr-defined]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        parsed = _parser.parse(regex)
    groups = [tuple(text.lower() for text in group) for group in _needed(parsed)]
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

"""Patterns made cheaper to compile, and the check that makes up for it.

A repetition of up to 200 is 200 states for an engine that takes no step back; without the bound it is one, and a base of
2,000 patterns compiles in a third of the time. What the wider pattern finds is held against the one that was meant, on the
line that it found. Knows nothing of engines.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from diagnose.scan.linear import compile_line, runnable

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from diagnose.scan.linear import LinePattern

# Bounds from here on are left out: below, they cost less than the check of what is found without them.
LARGE = 25
# An escape or a class of characters, in which braces are characters; else a repetition with its bounds.
_BOUNDS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+),(\d+)\}", re.DOTALL)


def relaxed(regex: str) -> str:
    """`regex` without its large bounds, which finds all that it finds; itself where no line could be checked here."""
    wider = _BOUNDS.sub(lambda m: f"{{{m[1]},}}" if m[2] and int(m[2]) >= LARGE else m[0], regex)
    return wider if wider != regex and runnable(regex) else regex


def checked(
    data: bytes, hits: Iterable[tuple[int, int]], meant: Mapping[int, tuple[str, bool]]
) -> Iterator[tuple[int, int]]:
    """Those of `hits` (pattern, end) in the lines `data` that stand; of patterns in `meant` (regex, caseless) those on whose
    line that is found."""
    known: dict[tuple[int, int], bool] = {}
    for number, end in hits:
        if number in meant:
            start = data.rfind(b"\n", 0, max(0, end - 1)) + 1
            if (number, start) not in known:
                stop = data.find(b"\n", start)
                line = data[start : stop if stop >= 0 else len(data)]
                known[number, start] = _compiled(*meant[number]).search(line) is not None
            if not known[number, start]:
                continue
        yield number, end


@lru_cache(maxsize=4096)
def _compiled(regex: str, caseless: bool) -> LinePattern:
    return compile_line(regex, caseless)

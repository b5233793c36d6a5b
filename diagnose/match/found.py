"""One pattern against one line: what it captures and where, on the line as it stands."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.scan.linear import compile_line, runnable

if TYPE_CHECKING:
    from diagnose.scan.hits import LineHit
    from diagnose.scan.linear import LinePattern


class FoundPattern(Struct, frozen=True):
    number: int
    source: str
    line: int
    text: bytes
    quote: str
    strength: float = 1.0


def found_at(hit: LineHit, source: str) -> FoundPattern:
    return FoundPattern(hit.number, source, hit.line, hit.text, hit.quote.decode("utf-8", "replace"))


@lru_cache(maxsize=4096)
def compiled_regex(regex: str, caseless: bool) -> LinePattern | None:
    """None where no engine here runs it in few steps: it is found, but captures nothing."""
    return compile_line(regex, caseless) if runnable(regex) else None

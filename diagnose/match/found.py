"""One pattern against one line: what it captures and where, on the line as it stands."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.scan.pattern_check import capturable
from diagnose.scan.patterns import compile_re

if TYPE_CHECKING:
    from diagnose.scan.hits import LineHit


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
def searchable(regex: str) -> bool:
    """Whether `re` may look for it; a literal always may."""
    return capturable(regex)


@lru_cache(maxsize=4096)
def compiled_regex(regex: str, caseless: bool) -> re.Pattern[bytes]:
    return compile_re(regex, caseless)

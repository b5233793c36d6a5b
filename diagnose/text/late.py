"""Regexes that are compiled when they are first used: a diagnosis needs half of those that it may need, and compiling one
takes a tenth of a millisecond and more.
"""

from __future__ import annotations

import re
from typing import Any, AnyStr, cast


def late(pattern: AnyStr, flags: int = 0) -> re.Pattern[AnyStr]:
    """What `re.compile` gives, at the first use of it: a fault in `pattern` shows only then."""
    return cast("re.Pattern[AnyStr]", _Late(pattern, flags))


class _Late:
    """Stands for a regex. Its methods are kept here once they were asked for, so that later uses cost nothing."""

    def __init__(self, pattern: str | bytes, flags: int) -> None:
        self.pattern = pattern
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):  # what copying and pickling ask for
            raise AttributeError(name)
        compiled = self.__dict__.get("_compiled") or re.compile(self.pattern, self._flags)
        self._compiled = compiled
        found = self.__dict__[name] = getattr(compiled, name)
        return found

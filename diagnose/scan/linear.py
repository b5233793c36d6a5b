"""One pattern in RE2 syntax against lines of bytes, in time that grows with the text alone.

RE2 where it is installed (`pip install kb-diagnose[fast]`). Where it is not, the standard library, which goes back and tries
again: there a line is looked at only if it holds the texts that every match holds, a long one in windows, and only patterns
with few steps a window are run (`diagnose.scan.pattern_check.bounded`). Knows nothing of articles.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Protocol

from diagnose.scan.needed import needed_texts, rarity
from diagnose.scan.pattern_check import WINDOW, bounded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from types import ModuleType


# Bounds from here on are left out: below, they cost less than the check of what is found without them.
LARGE = 25
# An escape or a class of characters, in which braces are characters; else a repetition with its bounds.
_BOUNDS = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\{(\d+),(\d+)\}", re.DOTALL)


class LinePattern(Protocol):
    """What both engines offer. Offsets are bytes of the text given."""

    def search(self, line: bytes) -> Any:
        """The first match in a line; None where there is none."""
        ...

    def finditer(self, data: bytes) -> Iterator[Any]:
        """Matches in a text of several lines, at least the first of each line."""
        ...


@lru_cache(maxsize=1)
def linear_engine() -> ModuleType | None:
    """The module of RE2; None where it is not installed."""
    try:
        import re2
    except ImportError:
        return None
    module: ModuleType = re2
    return module


def runnable(regex: str) -> bool:
    """Whether `regex` can be run on a line here without a risk for the time it takes."""
    return bounded(regex) or linear_engine() is not None


def compile_line(regex: str, caseless: bool = True) -> LinePattern:
    """`regex` for lines of bytes. The standard library starts sooner, so what it can do in few steps it does."""
    engine = None if bounded(regex) else linear_engine()
    return _Windows(regex, caseless) if engine is None else _re2(engine, regex, caseless)


def compile_linear(regex: str, caseless: bool = True) -> LinePattern:
    """`regex` for whole texts, of which many lines may nearly match."""
    engine = linear_engine()
    return _Windows(regex, caseless) if engine is None else _re2(engine, regex, caseless)


def compile_text(regex: str, caseless: bool) -> Callable[[str], bool]:
    """Whether `regex` is found in a text, across its lines; false where no engine here runs it in few steps. It is compiled
    for the first text that holds what a match needs: most hold nothing of most patterns."""
    # Bytes know the other case of no letter outside ASCII.
    needed = [group for group in needed_texts(regex) if all(map(bytes.isascii, group))]
    search: Callable[[str], bool] | None = None

    def found(text: str) -> bool:
        nonlocal search
        lowered = _lowered(text)
        if not _holds_all(needed, lowered, 0, len(lowered)):
            return False
        search = search or _search_text(regex, caseless)
        return search(text)

    return found


@lru_cache(maxsize=16)
def _lowered(text: str) -> bytes:
    """A text is asked for many patterns, one after the other."""
    return text.encode("utf-8", "replace").lower()


def _search_text(regex: str, caseless: bool) -> Callable[[str], bool]:
    engine = None if bounded(regex) else linear_engine()
    if engine is not None:
        flags = "(?mi)" if caseless else "(?m)"
        search = engine.compile(flags + regex).search
        return lambda text: search(text) is not None
    if not bounded(regex):
        return lambda text: False
    plain = re.compile(regex, re.MULTILINE | (re.IGNORECASE if caseless else 0))
    return lambda text: any(
        plain.search(text, at, at + WINDOW) for at in range(0, max(1, len(text) - WINDOW // 2), WINDOW // 2)
    )


def named_groups(match: Any) -> dict[str, bytes | None]:
    """The named groups of a match of either engine; RE2 names them in bytes where the pattern is."""
    return {name.decode() if isinstance(name, bytes) else name: value for name, value in match.groupdict().items()}


def _re2(module: ModuleType, regex: str, caseless: bool) -> LinePattern:
    options = module.Options()
    options.encoding = module.Options.Encoding.LATIN1  # bytes, as in the other engines
    options.case_sensitive = not caseless
    options.never_nl = True  # a match that runs on into the next line would hide one there
    options.log_errors = False
    return _FirstOfEachLine(module.compile(b"(?m)" + regex.encode(), options))


class _FirstOfEachLine:
    """RE2, which takes a time that grows with the text alone for one match, but not for all: after `.*b|a` at every `a` of a
    long line it would look to the end of the line again. So a line is left at its first match."""

    def __init__(self, compiled: Any) -> None:
        self._compiled = compiled

    def search(self, line: bytes) -> Any:
        return self._compiled.search(line)

    def finditer(self, data: bytes) -> Iterator[Any]:
        at = 0
        while at >= 0 and (found := self._compiled.search(data, at)) is not None:
            yield found
            at = data.find(b"\n", max(found.end() - 1, at)) + 1 or -1


class _Windows:
    """The standard library, kept from looking where it need not and from going back far."""

    def __init__(self, regex: str, caseless: bool) -> None:
        self._regex = re.compile(regex.encode(), re.MULTILINE | (re.IGNORECASE if caseless else 0))
        self._needed = needed_texts(regex)

    def search(self, line: bytes) -> re.Match[bytes] | None:
        return next(self.finditer(line), None)

    def finditer(self, data: bytes) -> Iterator[re.Match[bytes]]:
        lowered = data.lower()
        for start, end in self._candidates(lowered):
            if _holds_all(self._needed, lowered, start, end):
                found = self._in_windows(data, start, end)
                if found:
                    yield found

    def _candidates(self, lowered: bytes) -> Iterator[tuple[int, int]]:
        """The lines that hold the longest text that none of them may lack."""
        key = max(self._needed, key=rarity, default=(b"",))
        wanted = key[0] if len(key) == 1 else b""
        at = 0
        while at <= len(lowered):
            seen = lowered.find(wanted, at)
            if seen < 0:
                return
            start = lowered.rfind(b"\n", 0, seen) + 1
            end = lowered.find(b"\n", seen)
            end = end if end >= 0 else len(lowered)
            yield start, end
            at = end + 1

    def _in_windows(self, data: bytes, start: int, end: int) -> re.Match[bytes] | None:
        for at in range(start, max(start + 1, end - WINDOW // 2), WINDOW // 2):
            found = self._regex.search(data, at, min(at + WINDOW, end))
            if found:
                return found
        return None


def _holds_all(needed: Sequence[tuple[bytes, ...]], lowered: bytes, start: int, end: int) -> bool:
    """Whether a line holds a text of each group, in their order."""
    for group in needed:
        ends = [at + len(text) for text in group if (at := lowered.find(text, start, end)) >= 0]
        if not ends:
            return False
        start = min(ends)
    return True


# --- what is compiled without its large bounds -----------------------------------------------------------------------
# A repetition of up to 200 is 200 states for an engine that takes no step back; without the bound it is one, and a base of
# 2,000 patterns compiles in a third of the time. What the wider pattern finds is held against the one that is meant.


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
                known[number, start] = _meant(*meant[number]).search(line) is not None
            if not known[number, start]:
                continue
        yield number, end


@lru_cache(maxsize=4096)
def _meant(regex: str, caseless: bool) -> LinePattern:
    return compile_line(regex, caseless)

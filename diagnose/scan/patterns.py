"""Many patterns compiled into one matcher over bytes: Hyperscan where it has a wheel; where it has none, one by one.

Takes numbered patterns in RE2 syntax, gives (pattern, end offset) pairs for a block of lines. Knows nothing of articles.
A compiled matcher can be kept as bytes; they are bound to the engine's version and the processor (`engine()`), and must
never be accepted from elsewhere.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from diagnose.scan.linear import checked, compile_linear, runnable
from diagnose.scan.needed import parsed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import ModuleType

    from diagnose.scan.linear import LinePattern

Hit = tuple[int, int]
# A pattern that more of the background's lines hold than this is reported once a block: counting it exactly would cost more
# than the scan.
FREQUENT_RATE = 1e-4


class Pattern(Struct, frozen=True):
    """A pattern in RE2 syntax over folded UTF-8 lines. A frequent one reports at most once a block and line count. `wider` may
    be a simpler one that finds, caseless, all that it finds: an engine may look for that, and hold its lines against `regex`."""

    number: int
    regex: str
    caseless: bool = True
    frequent: bool = False
    wider: str = ""


class Matcher(Protocol):
    """Finds every pattern in a block. Ends are byte offsets; a pattern may be reported several times a line."""

    def scan(self, data: bytes) -> list[Hit]: ...

    def clone(self) -> Matcher:
        """A matcher of the same patterns for another thread."""
        ...

    def dump(self) -> bytes: ...


def literal(text: str) -> str:
    """A pattern that matches `text` as it stands."""
    return re.sub(r"([\\.^$|()\[\]{}*+?/#-])", r"\\\1", text)


def trimmed(regex: str) -> str:
    """`regex` without a trailing `.*`, with `.` for a trailing `.+`: the same lines are found.

    `root.+` fires once for every byte that follows it, which made it 2.7 times slower in measurement.
    """
    bare = regex.removesuffix("$")
    for tail, rest in ((".*", ""), (".+", ".")):
        head = bare.removesuffix(tail)
        escaped = (len(head) - len(head.rstrip("\\"))) % 2
        if head != bare and head and not escaped:
            return head + rest
    return regex


def _version(module: ModuleType) -> str:
    return str(module.__version__)


def engine() -> str:
    """Name and version of the engine in use: part of every key of the cache.

    A database compiled for another processor is refused by the engine when it is loaded.
    """
    try:
        import hyperscan
    except ImportError:
        return "line by line"
    return f"hyperscan {_version(hyperscan)}"


def compile_patterns(patterns: Sequence[Pattern]) -> Matcher:
    """One matcher of all `patterns`. A pattern that the engine refuses is a PatternError with its number."""
    try:
        import hyperscan
    except ImportError:
        return ReMatcher(patterns)
    return HyperscanMatcher.compiled(hyperscan, patterns)


def load_patterns(dump: bytes) -> Matcher:
    """The matcher that `dump` was made of. ValueError where the bytes are damaged or from another engine."""
    if dump.startswith(ReMatcher.MAGIC):
        return ReMatcher.loaded(dump)
    try:
        import hyperscan
    except ImportError:
        raise ValueError("compiled for another engine") from None
    return HyperscanMatcher.loaded(hyperscan, dump)


class PatternError(ValueError):
    """A pattern that the engine cannot compile: its number and the engine's reason."""

    def __init__(self, number: int, reason: str) -> None:
        super().__init__(f"pattern {number}: {reason}")
        self.number = number
        self.reason = reason


class HyperscanMatcher:
    """Block mode without start of match: the start is found with `re` on the one line that hit. `meant` has the patterns
    for which a wider one was compiled, as (regex, caseless)."""

    def __init__(self, module: ModuleType, database: Any, meant: dict[int, tuple[str, bool]]) -> None:
        self._module = module
        self._database = database
        self._meant = meant
        self._scratch = module.Scratch(database)

    @classmethod
    def compiled(cls, module: ModuleType, patterns: Sequence[Pattern]) -> HyperscanMatcher:
        database = module.Database(mode=module.HS_MODE_BLOCK)
        # A frequent one reports once a block: the first that a wider one finds may not be the one that is meant.
        wider = {p.number: p.regex if p.frequent else p.wider or p.regex for p in patterns}
        flags = [
            module.HS_FLAG_MULTILINE
            | (module.HS_FLAG_CASELESS if p.caseless or wider[p.number] != p.regex else 0)
            | (module.HS_FLAG_SINGLEMATCH if p.frequent else 0)
            for p in patterns
        ]
        try:
            database.compile(
                expressions=[wider[p.number].encode("utf-8") for p in patterns],
                ids=[p.number for p in patterns],
                elements=len(patterns),
                flags=flags,
            )
        except module.error as error:
            if len(patterns) < 2:
                raise PatternError(patterns[0].number if patterns else 0, str(error)) from None
            half = len(patterns) // 2  # the engine does not say which one: halve until it is alone
            cls.compiled(module, patterns[:half])
            cls.compiled(module, patterns[half:])
            raise
        return cls(module, database, {p.number: (p.regex, p.caseless) for p in patterns if wider[p.number] != p.regex})

    @classmethod
    def loaded(cls, module: ModuleType, dump: bytes) -> HyperscanMatcher:
        from msgspec import MsgspecError, json

        meant, _, database = dump.partition(b"\n")
        try:
            known = json.decode(meant, type=dict[int, tuple[str, bool]])
            return cls(module, module.loadb(database, mode=module.HS_MODE_BLOCK), known)
        except (module.error, MsgspecError) as error:
            raise ValueError(f"damaged pattern cache: {error}") from None

    def scan(self, data: bytes) -> list[Hit]:
        hits: list[Hit] = []
        append = hits.append

        def seen(number: int, start: int, end: int, flags: int, context: object) -> None:
            append((number, end))

        self._database.scan(data, match_event_handler=seen, scratch=self._scratch)
        meant = self._meant
        return list(checked(data, hits, meant)) if any(number in meant for number, _ in hits) else hits

    def clone(self) -> HyperscanMatcher:
        return HyperscanMatcher(self._module, self._database, self._meant)

    def dump(self) -> bytes:
        from msgspec import json

        return json.encode(self._meant) + b"\n" + bytes(self._module.dumpb(self._database))


class Amended:
    """A matcher of many patterns, of which those `undone` count no more, and a second one of what came since."""

    def __init__(self, whole: Matcher, undone: frozenset[int], more: Matcher) -> None:
        self._whole = whole
        self._undone = undone
        self._more = more

    def scan(self, data: bytes) -> list[Hit]:
        undone = self._undone
        return [*(hit for hit in self._whole.scan(data) if hit[0] not in undone), *self._more.scan(data)]

    def clone(self) -> Amended:
        return Amended(self._whole.clone(), self._undone, self._more.clone())

    def dump(self) -> bytes:
        raise TypeError("its two parts are kept apart")


class ReMatcher:
    """The same answers one pattern after the other, each in a linear engine (`diagnose.scan.linear`)."""

    MAGIC = b"re-patterns\n"

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        for pattern in patterns:
            if not runnable(pattern.regex):
                raise PatternError(
                    pattern.number, "too many pieces vary for the engines here; install kb-diagnose[fast]"
                )
        self._patterns = tuple(patterns)
        self._needed = [(required_literal(p.regex).encode().lower(), p) for p in patterns]
        self._compiled: dict[int, LinePattern] = {}

    @classmethod
    def loaded(cls, dump: bytes) -> ReMatcher:
        from msgspec import MsgspecError, json

        try:
            return cls(json.decode(dump[len(cls.MAGIC) :], type=tuple[Pattern, ...]))
        except (MsgspecError, PatternError) as error:
            raise ValueError(f"damaged pattern cache: {error}") from None

    def scan(self, data: bytes) -> list[Hit]:
        lowered = data.lower()
        hits: list[Hit] = []
        for needed, pattern in self._needed:
            if needed in lowered:
                hits += ((pattern.number, found.end()) for found in self._regex(pattern).finditer(data))
        return hits

    def _regex(self, pattern: Pattern) -> LinePattern:
        known = self._compiled.get(pattern.number)
        if known is None:
            known = self._compiled[pattern.number] = compile_linear(pattern.regex, pattern.caseless)
        return known

    def clone(self) -> ReMatcher:
        return self

    def dump(self) -> bytes:
        from msgspec import json

        return self.MAGIC + json.encode(self._patterns)


def required_literal(regex: str) -> str:
    """The longest text that every match of `regex` contains; empty where there is none."""
    return _longest_run(parsed(regex))


def _longest_run(items: Iterable[tuple[object, Any]]) -> str:
    """The longest run of literals that always takes part, at the top level or in a plain group."""
    best = run = ""
    for operator, value in items:
        if str(operator) == "LITERAL":
            run += chr(value)
            continue
        inner = _longest_run(value[3]) if str(operator) == "SUBPATTERN" else ""
        best, run = max(best, run, inner, key=len), ""
    return max(best, run, key=len)


def literal_parts(regex: str) -> list[str]:
    """The texts that every match of `regex` contains, in order."""
    return [part for part in _runs(parsed(regex)) if part.strip()]


def _runs(items: Iterable[tuple[object, Any]]) -> list[str]:
    runs = [""]
    for operator, value in items:
        if str(operator) == "LITERAL":
            runs[-1] += chr(value)
        else:
            runs += [*(_runs(value[3]) if str(operator) == "SUBPATTERN" else ()), ""]
    return runs

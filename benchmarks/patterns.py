"""Every pattern of a base on 100 KB of near matches of it, in all three engines: none may take over 100 ms.

Usage: python benchmarks/patterns.py [MILLISECONDS, default 100] [DIR...]. Near matches are made from each pattern: the start
of a match up to each of its pieces, on and on; each piece that may be long, long; whole matches that break at the end. Each
as one line, as lines of 2,000 characters and as short lines. Prints the slowest; exits 1 where one takes longer.
"""

from __future__ import annotations

import sys
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

SIZE = 100_000
LIMIT_MS = 100.0
LINES = (SIZE, 2_000, 120)
SHOWN = 10


def near_matches(regex: str, size: int = SIZE) -> Iterator[str]:
    """Texts of `size` characters that begin to match `regex` at many places, and do not match it."""
    from re import _parser  # type: ignore[attr-defined]

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        pieces = _joined(_pieces(_parser.parse(regex)))
    seen = set()
    for count in range(1, len(pieces) + 1):
        start = "".join(text for text, _ in pieces[:count])
        filler = pieces[count - 1][1]
        for unit in (start, start[:-1] + "\x7f", filler):
            if unit and unit not in seen:
                seen.add(unit)
                yield (unit * (size // len(unit) + 1))[:size]
        if filler:
            yield (start + filler * size)[:size]
            yield ((start + filler * 40) * (size // (len(start) + 40) + 1))[:size]


def _joined(pieces: Iterator[tuple[str, str]]) -> list[tuple[str, str]]:
    """What does not vary taken together up to the next piece that does."""
    result: list[tuple[str, str]] = []
    for text, filler in pieces:
        if result and not filler and not result[-1][1]:
            result[-1] = (result[-1][0] + text, "")
        else:
            result.append((text, filler))
    return result


def _pieces(items: Any) -> Iterator[tuple[str, str]]:
    """The pieces of a pattern in order: a text that each matches, and the character that it may repeat (else empty)."""
    for operator, value in items:
        name = str(operator)
        if name == "LITERAL":
            yield chr(value), ""
        elif name == "SUBPATTERN":
            yield from _pieces(value[3])
        elif name == "BRANCH":
            yield from _pieces(value[1][0])
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            inside = list(_pieces(value[2]))
            text = "".join(piece for piece, _ in inside)
            yield text * max(value[0], 1), text if value[1] > value[0] else ""
        elif name == "IN":
            yield _member(value), ""
        elif name == "ANY":
            yield "x", ""
        elif name == "NOT_LITERAL":
            yield "x" if value != ord("x") else "y", ""


def _member(choices: Any) -> str:
    import re

    kinds = {"CATEGORY_DIGIT": "7", "CATEGORY_SPACE": " ", "CATEGORY_WORD": "w"}
    kinds |= {"CATEGORY_NOT_DIGIT": "x", "CATEGORY_NOT_SPACE": "x", "CATEGORY_NOT_WORD": "-"}
    operator, value = str(choices[0][0]), choices[0][1]
    if operator == "NEGATE":
        refused = [(str(kind), what) for kind, what in choices[1:]]
        return next(c for c in "x7 -=:.~" if not any(_holds(kind, what, c) for kind, what in refused))
    if operator == "LITERAL":
        return chr(value)
    return chr(value[0]) if operator == "RANGE" else kinds.get(str(value), re.escape("x"))


def _holds(kind: str, what: Any, character: str) -> bool:
    if kind == "LITERAL":
        return chr(what) == character
    if kind == "RANGE":
        return chr(what[0]) <= character <= chr(what[1])
    tests = {"DIGIT": str.isdigit, "SPACE": str.isspace, "WORD": lambda c: c.isalnum() or c == "_"}
    name = str(what).removeprefix("CATEGORY_")
    return tests[name.removeprefix("NOT_")](character) != name.startswith("NOT_")


def as_lines(text: str, width: int) -> str:
    return "\n".join(text[at : at + width] for at in range(0, len(text), width))


def patterns_of(folders: list[Path]) -> Iterator[tuple[str, str, bool]]:
    """(article and signal or outcome, pattern, caseless) of all articles below the folders, each pattern once."""
    from diagnose.scan.patterns import trimmed
    from diagnose.text.fold import fold_text
    from kb.articles.parse import parse

    seen = set()
    for path in sorted(path for folder in folders for path in folder.rglob("article.md")):
        article, _ = parse(str(path), path.read_bytes())
        if article is None:
            continue
        problem = article.problem
        rows = [(name, trimmed(fold_text(r)), not s.case) for name, s in problem.signals.items() for r in s.regex]
        rows += [
            (f"{check}.{name}", r, not outcome.case)
            for check, asked in problem.checks.items()
            for name, outcome in asked.outcomes.items()
            for r in outcome.regex
        ]
        for name, regex, caseless in rows:
            if (regex, caseless) not in seen:
                seen.add((regex, caseless))
                yield f"{problem.id} {name}", regex, caseless


def engines_of(regex: str, caseless: bool) -> list[Callable[[bytes], object]]:
    """What looks for the pattern in lines: the standard library alone, RE2 and Hyperscan where they are installed."""
    from diagnose.scan import linear
    from diagnose.scan.patterns import Pattern, PatternError, compile_patterns, engine

    found: list[Any] = [linear._Windows(regex, caseless)]
    if module := linear.linear_engine():
        found.append(linear._re2(module, regex, caseless))
    engines: list[Callable[[bytes], object]] = [lambda data, each=each: list(each.finditer(data)) for each in found]
    if engine().startswith("hyperscan"):
        with suppress(PatternError):  # which is then left out, and told as a fault of its article
            engines.append(compile_patterns([Pattern(1, regex, caseless)]).scan)
    return engines


def slowest(regex: str, caseless: bool, size: int = SIZE) -> float:
    """Seconds of processor time that the worst near match takes, in the engine that is worse."""
    engines = engines_of(regex, caseless)
    worst = 0.0
    for text in near_matches(regex, size):
        for width in LINES:
            data = as_lines(text, width).encode()
            for engine in engines:
                start = time.process_time()
                engine(data)
                worst = max(worst, time.process_time() - start)
    return worst


def main() -> int:
    limit = float(sys.argv[1]) if len(sys.argv) > 1 else LIMIT_MS
    folders = [Path(name) for name in sys.argv[2:]] or [Path(__file__).resolve().parent.parent / "articles"]
    taken = sorted(((slowest(r, c) * 1000, name, r) for name, r, c in patterns_of(folders)), reverse=True)
    for took, name, regex in taken[:SHOWN]:
        print(f"{took:8.0f} ms  {name}  {regex[:100]}")
    over = sum(took > limit for took, _, _ in taken)
    print(f"{len(taken)} patterns, {over} over {limit:.0f} ms on {SIZE} bytes of near matches")
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main())

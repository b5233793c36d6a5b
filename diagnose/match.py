"""Scans and a base to Evidence: hits on lines as they stand, on their joined readings, and on squeezed literals.

Takes what `scan` kept of each source; gives evidence for declared signals, the places that retrieval reads and the
captured facts. Knows nothing of odds.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose import codefind, codes
from diagnose.dated import When, horizons_of, tell_times, times_of
from diagnose.events import NEAR, provider_strength
from diagnose.fold import fold
from diagnose.implied import combined_rates, implied
from diagnose.model import Evidence, Span
from diagnose.patterns import compile_re
from diagnose.regexcheck import capturable
from diagnose.repair import entries, joined, squeezed
from diagnose.retrieve import Place
from diagnose.scan import SALIENT, located
from diagnose.tally import Tally, tallies
from diagnose.terms import words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.conditions import Horizon
    from diagnose.excerpts import Excerpt
    from diagnose.knowledge import Knowledge, KnownPattern
    from diagnose.model import Problem, Signal
    from diagnose.repair import Reading
    from diagnose.scan import LineHit, SourceScan

LEAST_PREFIX = 16
MANY_LINES = 1000
LONGEST_CAPTURE_LINE = 8192
# Longer than what is shown: a quote is redacted whole and clipped afterwards.
LONGEST_QUOTE = 4000


class Passage(Struct, frozen=True):
    """An excerpt as text: `lines` folded for matching, `quotes` as they stood; `first` is the number of line 0."""

    source: str
    first: int
    lines: tuple[str, ...]
    quotes: tuple[str, ...]


class Matched(Struct, frozen=True):
    """`rates` has, for (problem, signal), the background rate and the share of problems of the rarest pattern seen."""

    evidence: tuple[Evidence, ...]
    passages: tuple[Passage, ...]
    problems: dict[str, Problem]
    rates: dict[tuple[str, str], tuple[float, int]]
    lines: int
    warnings: tuple[str, ...] = ()
    tallies: dict[tuple[str, str], Tally] = {}
    times: dict[tuple[str, int], float] = {}


class _Found(Struct, frozen=True):
    number: int
    source: str
    line: int
    text: bytes
    quote: str
    strength: float = 1.0


def passages_of(scans: Iterable[SourceScan]) -> tuple[Passage, ...]:
    """The excerpts of all scans as folded text."""
    return tuple(_passage(scan.name, excerpt) for scan in scans for excerpt in scan.excerpts)


def _passage(source: str, excerpt: Excerpt) -> Passage:
    raw = b"\n".join(line[:LONGEST_CAPTURE_LINE] for line in excerpt.lines)
    folded = fold(raw)
    lines = folded.decode("utf-8", "replace").split("\n")
    quotes = lines if folded is raw else raw.decode("utf-8", "replace").split("\n")
    return Passage(source, excerpt.line, tuple(lines), tuple(quotes))


def match(scans: Sequence[SourceScan], base: Knowledge, when: When | None = None) -> Matched:
    """Everything declared that the scans show, in order of source and line."""
    passages = passages_of(scans)
    found: dict[tuple[int, str, int], _Found] = {}
    for scan in scans:
        for hit in scan.hits:
            found[hit.number, scan.name, hit.line] = _found_at(hit, scan.name)
    for passage in passages:
        for seen in _joined_hits(passage, base):
            key = (seen.number, seen.source, seen.line)
            if key not in found or _reaches_further(seen, found[key], base):
                found[key] = seen
    literals = {number: 0 for passage in passages for number in _squeezed_numbers(passage, base)}
    known = base.known({*(key[0] for key in found), *literals})
    for passage in passages:
        for seen in _squeezed_hits(passage, base, known):
            key = (seen.number, seen.source, seen.line)
            if key not in found and not _nearby(found, seen):
                found[key] = seen
    noise = _noise(scans, known)
    found = {key: seen for key, seen in found.items() if (key[0], key[1]) not in noise}
    problems = base.problems(sorted({problem for pattern in known.values() for problem, _ in pattern.owners}))
    order = {scan.name: index for index, scan in enumerate(scans)}
    ordered = sorted(found.values(), key=lambda f: (order[f.source], f.line, f.number))
    dated = bool(ordered) and tell_times(passages)
    last = [_found_at(hit, scan.name) for scan in scans for hit in scan.last.values()] if dated else []
    times = times_of(passages, [*ordered, *last], when or When()) if dated else {}
    declared = list(_declared(ordered, known, problems, passages, times))
    horizons = horizons_of({scan.name: scan.lines for scan in scans}, times)
    evidence, warnings = _combined(declared, problems, horizons)
    return Matched(
        evidence=tuple(sorted(evidence, key=lambda e: (order[e.at.source], e.at.line, e.problem, e.seen))),
        passages=passages,
        problems=problems,
        rates=combined_rates(_rates(declared, known), evidence, problems),
        lines=sum(scan.lines for scan in scans),
        warnings=(*noise.values(), *warnings),
        tallies=tallies(scans, known, times),
        times=times,
    )


def _noise(scans: Sequence[SourceScan], known: dict[int, KnownPattern]) -> dict[tuple[int, str], str]:
    """(pattern, source) where more than half of many lines hold it and say different things, with what to tell: there it is
    a part of how the log is written, and must not drown the rest. One message over and over, as of a retry that never
    ends, is what the log is about, and stays."""
    return {
        (number, scan.name): f"{problem}: '{signal}' is on {count} of {scan.lines} lines of {scan.name}; left out"
        for scan in scans
        if scan.lines >= MANY_LINES
        for number, count in scan.counts.items()
        if 2 * count > scan.lines and number in known and not _one_message(scan, number)
        for problem, signal in known[number].owners[:1]
    }


def _one_message(scan: SourceScan, number: int) -> bool:
    """Whether the lines that hold a pattern say the same: half of their words stand in nearly all of them."""
    lines = [frozenset(words(hit.quote.decode("utf-8", "replace"))) for hit in scan.hits if hit.number == number]
    shared = sum(1 for count in Counter(word for line in lines for word in line).values() if count >= 0.8 * len(lines))
    return 2 * shared * len(lines) >= sum(map(len, lines))


def _found_at(hit: LineHit, source: str) -> _Found:
    return _Found(hit.number, source, hit.line, hit.text, hit.quote.decode("utf-8", "replace"))


def _nearby(found: dict[tuple[int, str, int], _Found], seen: _Found) -> bool:
    """Whether the same literal was already seen where this squeezed one begins: a joined line starts a little before."""
    return any((seen.number, seen.source, seen.line + shift) in found for shift in (-1, 1))


def _reaches_further(joined: _Found, plain: _Found, base: Knowledge) -> bool:
    """Whether a joined reading completes what the line alone cuts: `:9` at the line's end may be `:9001`."""
    pattern = base.known((joined.number,))[joined.number]
    if not pattern.capturing or joined.text == plain.text:
        return False
    regex = _compiled(pattern.regex, pattern.caseless)
    line = plain.text[:LONGEST_CAPTURE_LINE].rstrip()
    short, long = regex.search(line), regex.search(joined.text[:LONGEST_CAPTURE_LINE])
    return bool(short and long and short.end() >= len(line) and long.end() - long.start() > short.end() - short.start())


def _joined_hits(passage: Passage, base: Knowledge) -> Iterator[_Found]:
    lines = passage.lines
    for reading in (joined(lines, tight=True), joined(lines, tight=False), entries(lines)):
        data = reading.text
        for number, _, start in located(1, data, base.lines.scan(data)):
            if number == SALIENT:
                continue
            end = data.find(b"\n", start)
            text = data[start : end if end >= 0 else len(data)]
            yield from _placed(number, passage, reading, start, text, base)


def _placed(
    number: int, passage: Passage, reading: Reading, start: int, text: bytes, base: Knowledge
) -> Iterator[_Found]:
    pattern = base.known((number,)).get(number)
    if pattern is None:
        return
    begins = start
    if _searchable(pattern.regex):
        inside = _compiled(pattern.regex, pattern.caseless).search(text[:LONGEST_CAPTURE_LINE])
        if inside is None:
            return
        begins = start + inside.start()
    index = reading.line_at(begins)
    yield _Found(number, passage.source, passage.first + index, text, passage.quotes[index])


@lru_cache(maxsize=4096)
def _searchable(regex: str) -> bool:
    """Whether `re` may look for it; a literal always may."""
    return capturable(regex)


@lru_cache(maxsize=4096)
def _compiled(regex: str, caseless: bool) -> re.Pattern[bytes]:
    return compile_re(regex, caseless)


def _squeezed_numbers(passage: Passage, base: Knowledge) -> set[int]:
    return {number for number, _ in base.squeezed.scan(squeezed(passage.lines).text)}


def _squeezed_hits(passage: Passage, base: Knowledge, known: dict[int, KnownPattern]) -> Iterator[_Found]:
    reading = squeezed(passage.lines)
    data = reading.text
    for number, end in base.squeezed.scan(data):
        pattern = known.get(number)
        if pattern is None:
            continue
        literal = pattern.literal.encode("utf-8", "surrogateescape")
        start = end - min(len(literal), prefix_length(literal))
        length = _common(data[start : start + len(literal)], literal, pattern.caseless)
        whole = length == len(literal)
        if not whole and not _cut(reading, start + length, data):
            continue
        index = reading.line_at(start)
        line = passage.lines[index].encode("utf-8", "surrogateescape")
        strength = 1.0 if whole else length / len(literal)
        yield _Found(number, passage.source, passage.first + index, line, passage.quotes[index], strength)


def prefix_length(literal: bytes) -> int:
    """How much of a squeezed literal must be there at least: 60 %, so that a cut line still counts."""
    return max(LEAST_PREFIX, len(literal) * 3 // 5)


def _common(data: bytes, literal: bytes, caseless: bool) -> int:
    if caseless:
        data, literal = data.lower(), literal.lower()
    length = 0
    for left, right in zip(data, literal, strict=False):
        if left != right:
            break
        length += 1
    return length


def _cut(reading: Reading, offset: int, data: bytes) -> bool:
    """Whether the text stops at `offset` because its line was cut: at the line's end, or at an ellipsis there."""
    return reading.ends_at(offset) or (data[offset : offset + 3] == b"..." and reading.ends_at(offset + 3))


def _declared(
    found: Sequence[_Found],
    known: dict[int, KnownPattern],
    problems: dict[str, Problem],
    passages: Sequence[Passage],
    times: dict[tuple[str, int], float],
) -> Iterator[tuple[Evidence, int]]:
    """Evidence for the signal of each owner of a hit, with the pattern that showed it."""
    for seen in found:
        pattern = known.get(seen.number)
        if pattern is None:
            continue
        facts: tuple[tuple[str, str], ...] = ()
        if pattern.capturing:
            inside = _compiled(pattern.regex, pattern.caseless).search(seen.text[:LONGEST_CAPTURE_LINE])
            if inside is None and not pattern.literal:
                continue  # the engine's match crossed a line end
            facts = _facts(inside)
        for problem, name in pattern.owners:
            signal = problems[problem].signals.get(name)
            if signal and signal.code and not _speaks_of(signal, pattern, seen):
                continue
            strength = seen.strength * (_event_strength(signal, seen, passages) if signal else 1.0)
            if strength > 0:
                at = Span(source=seen.source, line=seen.line)
                evidence = Evidence(
                    problem=problem,
                    seen=name,
                    at=at,
                    quote=_quote(seen.quote),
                    strength=strength,
                    facts=facts,
                    time=times.get((seen.source, seen.line)),
                )
                yield evidence, seen.number


def _speaks_of(signal: Signal, pattern: KnownPattern, seen: _Found) -> bool:
    """Whether a pattern of one of the signal's codes found that code: the neighbours of a number may make it a date."""
    declared = [code for code in signal.code if codes.pattern(code) == pattern.regex]
    line = seen.text[:LONGEST_CAPTURE_LINE].decode("utf-8", "replace")
    return not declared or any(codefind.says(line, code) for code in declared)


def _facts(inside: re.Match[bytes] | None) -> tuple[tuple[str, str], ...]:
    if inside is None:
        return ()
    groups = inside.groupdict()
    return tuple(
        (name, value.decode("utf-8", "replace").strip()) for name, value in groups.items() if value and value.strip()
    )


def _quote(text: str) -> str:
    text = text.strip()
    return text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"


def _event_strength(signal: Signal, seen: _Found, passages: Sequence[Passage]) -> float:
    if not signal.event:
        return 1.0
    around = next((near for p in passages if (near := _around(p, seen))), (seen.quote,))
    return max(
        provider_strength(event, around) for event in signal.event if str(event.id) in seen.quote or len(around) > 1
    )


def _around(passage: Passage, seen: _Found) -> tuple[str, ...]:
    index = seen.line - passage.first
    if passage.source != seen.source or not 0 <= index < len(passage.lines):
        return ()
    return passage.lines[max(0, index - NEAR) : index + NEAR]


def _combined(
    declared: Sequence[tuple[Evidence, int]], problems: dict[str, Problem], horizons: dict[str, Horizon]
) -> tuple[list[Evidence], tuple[str, ...]]:
    """`declared` and what it implies: signals that combine others. And what must be said about those."""
    by_problem: dict[str, dict[str, list[Evidence]]] = {}
    for evidence, _ in declared:
        by_problem.setdefault(evidence.problem, {}).setdefault(evidence.seen, []).append(evidence)
    result: list[Evidence] = []
    warnings: list[str] = []
    for name, seen in by_problem.items():
        more = implied(problems[name], seen, horizons)
        for signal, items in more.evidence.items():
            seen.setdefault(signal, []).extend(items)
        warnings += more.warnings
        result += (e for signal, items in seen.items() if signal not in more.silenced for e in _distinct(items))
    return result, tuple(warnings)


def _distinct(items: Sequence[Evidence]) -> Iterable[Evidence]:
    kept: dict[Span, Evidence] = {}
    for item in items:
        if item.at not in kept or item.strength > kept[item.at].strength or len(item.facts) > len(kept[item.at].facts):
            kept[item.at] = item
    return kept.values()


def _rates(
    declared: Sequence[tuple[Evidence, int]], known: dict[int, KnownPattern]
) -> dict[tuple[str, str], tuple[float, int]]:
    rates: dict[tuple[str, str], tuple[float, int]] = {}
    for evidence, number in declared:
        pattern = known[number]
        rate = (pattern.rate, len({problem for problem, _ in pattern.owners}))
        key = (evidence.problem, evidence.seen)
        rates[key] = min(rates.get(key, rate), rate)
    return rates


def places(passages: Sequence[Passage]) -> list[Place]:
    """Every line of text that is not empty, as retrieval reads it."""
    return [
        Place(passage.source, passage.first + index, line)
        for passage in passages
        for index, line in enumerate(passage.lines)
        if line.strip()
    ]

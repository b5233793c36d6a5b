"""Scans and a base to Evidence: hits on lines as they stand, on their joined readings, and on squeezed literals.

Takes what `scan` kept of each source; gives evidence for declared signals, the places that retrieval reads and the
captured facts. Knows nothing of odds.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from diagnose.codes.decode import pattern as code_pattern
from diagnose.codes.find import says
from diagnose.match.combined import combined_rates, implied
from diagnose.match.conditions import horizons_of
from diagnose.match.counts import Tally, tallies
from diagnose.match.found import FoundPattern, compiled_regex, found_at
from diagnose.match.matched_span import span_of
from diagnose.match.noise import noise_of
from diagnose.match.rejoined import joined_hits, nearby, reaches_further, squeezed_hits, squeezed_numbers
from diagnose.match.translated import translated_hits, translated_lines
from diagnose.match.windows_events import NEAR, provider_strength
from diagnose.model import Evidence, Place
from diagnose.scan.linear import named_groups
from diagnose.scan.passages import LONGEST_CAPTURE_LINE, Passage, TextLine, passages_of
from diagnose.timestamps.of_hits import When, tell_times, times_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.knowledge import Knowledge, KnownPattern
    from diagnose.match.conditions import Horizon
    from diagnose.model import Problem, Signal
    from diagnose.scan.hits import SourceScan

# Longer than what is shown: a quote is redacted whole and clipped afterwards.
LONGEST_QUOTE = 4000


class Matched(Struct, frozen=True):
    """`rates` has, for (problem, signal), the background rate and the share of problems of the rarest pattern seen.

    `translated` are lines in another language as they read in English.
    """

    evidence: tuple[Evidence, ...]
    passages: tuple[Passage, ...]
    problems: dict[str, Problem]
    rates: dict[tuple[str, str], tuple[float, int]]
    lines: int
    warnings: tuple[str, ...] = ()
    translated: tuple[TextLine, ...] = ()
    tallies: dict[tuple[str, str], Tally] = {}
    times: dict[tuple[str, int], float] = {}


def match(scans: Sequence[SourceScan], base: Knowledge, when: When | None = None) -> Matched:
    """Everything declared that the scans show, in order of source and line."""
    passages = passages_of(scans)
    found: dict[tuple[int, str, int], FoundPattern] = {}
    for scan in scans:
        for hit in scan.hits:
            found[hit.number, scan.name, hit.line] = found_at(hit, scan.name)
    for passage in passages:
        for seen in joined_hits(passage, base):
            key = (seen.number, seen.source, seen.line)
            if key not in found or reaches_further(seen, found[key], base):
                found[key] = seen
    translated = translated_lines(passages, base)
    for seen in translated_hits(translated, base):
        found.setdefault((seen.number, seen.source, seen.line), seen)
    literals = {number: 0 for passage in passages for number in squeezed_numbers(passage, base)}
    known = base.known({*(key[0] for key in found), *literals})
    for passage in passages:
        for seen in squeezed_hits(passage, base, known):
            key = (seen.number, seen.source, seen.line)
            if key not in found and not nearby(found, seen):
                found[key] = seen
    noise = noise_of(scans, known)
    found = {key: seen for key, seen in found.items() if (key[0], key[1]) not in noise}
    problems = base.problems(sorted({problem for pattern in known.values() for problem, _ in pattern.owners}))
    order = {scan.name: index for index, scan in enumerate(scans)}
    ordered = sorted(found.values(), key=lambda f: (order[f.source], f.line, f.number))
    dated = bool(ordered) and tell_times(passages)
    last = [found_at(hit, scan.name) for scan in scans for hit in scan.last.values()] if dated else []
    times = times_of(passages, [*ordered, *last], when or When()) if dated else {}
    declared = list(_declared(ordered, known, problems, passages, times))
    horizons = horizons_of({scan.name: scan.lines for scan in scans}, times)
    evidence, warnings = _combined(declared, problems, horizons)
    return Matched(
        evidence=tuple(sorted(evidence, key=lambda e: (order[e.at.source], e.at.line, e.problem, e.seen))),
        passages=passages,
        problems=problems,
        rates=combined_rates(_rates(declared, known), evidence, problems),
        lines=_lines(scans, passages),
        warnings=(*noise.values(), *warnings),
        translated=tuple(line for line, _ in translated),
        tallies=tallies(scans, known, times),
        times=times,
    )


def _lines(scans: Sequence[SourceScan], passages: Sequence[Passage]) -> int:
    """How many lines were read; of inputs that were kept whole, the different ones: a log given twice is not longer."""
    whole = {scan.name for scan in scans if scan.whole}
    known = {line for passage in passages if passage.source in whole for line in passage.quotes}
    return len(known) + sum(scan.lines for scan in scans if not scan.whole)


def _declared(
    found: Sequence[FoundPattern],
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
        quote, span = _shown(seen, pattern)
        regex = compiled_regex(pattern.regex, pattern.caseless) if pattern.capturing else None
        if regex is not None:
            inside = regex.search(seen.text[:LONGEST_CAPTURE_LINE])
            if inside is None and not pattern.literal:
                continue  # the engine's match crossed a line end
            facts = _facts(inside)
        for problem, name in pattern.owners:
            signal = problems[problem].signals.get(name)
            if signal and signal.code and not _speaks_of(signal, pattern, seen):
                continue
            strength = seen.strength * (_event_strength(signal, seen, passages) if signal else 1.0)
            if strength > 0:
                at = Place(source=seen.source, line=seen.line)
                evidence = Evidence(
                    problem=problem,
                    seen=name,
                    at=at,
                    quote=quote,
                    strength=strength,
                    facts=facts,
                    time=times.get((seen.source, seen.line)),
                    span=span,
                )
                yield evidence, seen.number


def _speaks_of(signal: Signal, pattern: KnownPattern, seen: FoundPattern) -> bool:
    """Whether a pattern of one of the signal's codes found that code: the neighbours of a number may make it a date."""
    declared = [code for code in signal.code if code_pattern(code) == pattern.regex]
    line = seen.text[:LONGEST_CAPTURE_LINE].decode("utf-8", "replace")
    return not declared or any(says(line, code) for code in declared)


def _facts(inside: Any) -> tuple[tuple[str, str], ...]:
    if inside is None:
        return ()
    groups = named_groups(inside).items()
    return tuple((name, value.decode("utf-8", "replace").strip()) for name, value in groups if value and value.strip())


def _shown(seen: FoundPattern, pattern: KnownPattern) -> tuple[str, tuple[int, int] | None]:
    """The quote, and what of it was matched; of a long line the part that holds it."""
    text = seen.quote.strip()
    span = span_of(seen, pattern, text)
    if len(text) <= LONGEST_QUOTE:
        return text, span
    start = max(0, span[0] - LONGEST_QUOTE // 4) if span and span[1] >= LONGEST_QUOTE else 0
    end = start + LONGEST_QUOTE - 2
    quote = ("…" if start else "") + text[start:end] + ("…" if end < len(text) else "")
    shift = start - bool(start)
    return quote, (span[0] - shift, min(span[1] - shift, len(quote))) if span else None


def _event_strength(signal: Signal, seen: FoundPattern, passages: Sequence[Passage]) -> float:
    if not signal.event:
        return 1.0
    around = next((near for p in passages if (near := _around(p, seen))), (seen.quote,))
    return max(
        provider_strength(event, around) for event in signal.event if str(event.id) in seen.quote or len(around) > 1
    )


def _around(passage: Passage, seen: FoundPattern) -> tuple[str, ...]:
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
    """One a place, with what all patterns captured there."""
    kept: dict[Place, Evidence] = {}
    for item in items:
        best = kept.setdefault(item.at, item)
        if best is item:
            continue
        more = item.strength > best.strength or len(item.facts) > len(best.facts)
        first, second = (item, best) if more else (best, item)
        names = {name for name, _ in first.facts}
        kept[item.at] = replace(first, facts=first.facts + tuple(fact for fact in second.facts if fact[0] not in names))
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

"""Why an article did or did not match: every signal with where it was found or how near it came, and the whole score.

Takes what was gathered of the inputs and one problem; uses the same evidence and formulas as the diagnosis. Knows nothing
of files or terminals.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from diagnose.answer.candidate import Candidate
from diagnose.answer.standings import candidates_of, only, standings_of
from diagnose.match.combined import occurrence
from diagnose.match.conditions import combined, evaluate, horizons_of
from diagnose.model import Score
from diagnose.pipeline import diagnosis_of
from diagnose.rank.causes import causes_of
from diagnose.scan.patterns import literal_parts
from diagnose.text.fold import fold_literal, fold_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.gathered import Gathered
    from diagnose.knowledge import Knowledge
    from diagnose.model import Evidence, Problem, Signal
    from diagnose.options import Options
    from diagnose.rank.causes import CauseOdds
    from diagnose.scan.passages import Passage

MOST_SHOWN = 5
LEAST_PIECE = 4
_EVENT = re.compile(r"\bevent[ -]?id\W{1,20}(\d{1,5})\b", re.IGNORECASE)


class SeenLine(Struct, frozen=True, kw_only=True):
    """A line that shows a signal; `strength` is less than 1 where the line was cut or the provider is not named."""

    source: str
    line: int
    quote: str
    strength: float


class NearMiss(Struct, frozen=True, kw_only=True):
    """How much of a pattern is there: the share of its fixed words, the longest piece with its line (0: none), and what it
    breaks off before."""

    pattern: str
    share: float
    piece: str
    source: str
    line: int
    missing: str


class SignalReport(Struct, frozen=True, kw_only=True):
    """A signal: `found`, `not found`, or `cannot tell` with `why`; of a combination which members were not found."""

    name: str
    title: str
    symptom: bool
    state: Literal["found", "not found", "cannot tell"]
    seen: tuple[SeenLine, ...] = ()
    near: tuple[NearMiss, ...] = ()
    members_missing: tuple[str, ...] = ()
    why: str = ""


class MessageReport(Struct, frozen=True, kw_only=True):
    """A known message, the share of its word pairs that is present, and where most of it stands."""

    text: str
    share: float
    source: str
    line: int


class CauseReport(Struct, frozen=True, kw_only=True):
    """A cause, its share inside the article, and its clues: seen with what they weigh, or not seen."""

    id: str
    title: str
    share: float
    seen: tuple[tuple[str, float], ...]
    open: tuple[str, ...]


class Why(Struct, frozen=True, kw_only=True):
    """`reported` where the answer is this article and not unknown; `probability` is 0 where it did not compete."""

    schema: str = "kb.why/1"
    article: str
    title: str
    reported: bool
    probability: float
    leader: str
    leader_probability: float
    unknown: float
    score: Score | None
    signals: tuple[SignalReport, ...]
    messages: tuple[MessageReport, ...]
    causes: tuple[CauseReport, ...]


def why(problem: Problem, gathered: Gathered, base: Knowledge, options: Options) -> Why:
    """All that was and was not seen of `problem` in the inputs."""
    evidence = [item for item in gathered.matched.evidence if item.problem == problem.id]
    diagnosis = diagnosis_of(gathered, base, options)
    ranked = {article.id: article.probability for article in diagnosis.articles}
    alone = only(candidates_of(gathered, base), problem)
    standing = standings_of(alone, gathered, base, options.weights)
    worked_out = Candidate(problem, standing[0], 1.0, evidence, gathered, options) if standing else None
    leader = diagnosis.articles[0] if diagnosis.articles else None
    return Why(
        article=problem.id,
        title=problem.title,
        reported=bool(leader and leader.id == problem.id and diagnosis.verdict != "unknown"),
        probability=ranked.get(problem.id, 0.0),
        leader=leader.id if leader else "",
        leader_probability=leader.probability if leader else 0.0,
        unknown=diagnosis.unknown,
        score=standing[0].score if standing else None,
        signals=tuple(_signals(problem, evidence, gathered)),
        messages=tuple(
            MessageReport(text=c.text, share=round(c.share, 3), source=c.place.source, line=c.place.line)
            for c in sorted(gathered.retrieved.covered, key=lambda c: -c.share)
            if c.problem == problem.id
        ),
        causes=tuple(_causes(worked_out.odds if worked_out else causes_of(problem, evidence))),
    )


def _signals(problem: Problem, evidence: Sequence[Evidence], gathered: Gathered) -> Iterator[SignalReport]:
    by_name: dict[str, list[Evidence]] = {}
    for item in evidence:
        by_name.setdefault(item.seen, []).append(item)
    horizons = horizons_of({scan.name: scan.lines for scan in gathered.read.scans}, gathered.matched.times)
    patterns = {name: [occurrence(i) for i in items] for name, items in by_name.items()}
    results = evaluate(problem, patterns, horizons)
    for name, signal in problem.signals.items():
        items = by_name.get(name, [])
        result = results.get(name)
        cannot = not items and result is not None and result.truth == "cannot tell"
        yield SignalReport(
            name=name,
            title=signal.title,
            symptom=name in problem.symptoms,
            state="found" if items else "cannot tell" if cannot else "not found",
            seen=tuple(
                SeenLine(source=i.at.source, line=i.at.line, quote=i.quote, strength=i.strength)
                for i in items[:MOST_SHOWN]
            ),
            near=() if items else tuple(_near(signal, gathered.matched.passages)),
            members_missing=tuple(member for member in combined(signal) if member not in by_name) if not items else (),
            why="" if items else _reason(result.why, result.vetoed) if result else _others(signal, gathered),
        )


def _others(signal: Signal, gathered: Gathered) -> str:
    """Which other codes or events the text names, where the signal wants one."""
    if signal.code and gathered.codes:
        return f"other codes are there: {', '.join(code.text for code in gathered.codes[:MOST_SHOWN])}"
    if signal.event:
        text = "\n".join(line for passage in gathered.matched.passages for line in passage.lines)
        numbers = list(dict.fromkeys(_EVENT.findall(text)))[:MOST_SHOWN]
        return f"other event ids are there: {', '.join(numbers)}" if numbers else ""
    return ""


def _reason(why: str, vetoed: bool) -> str:
    return "; ".join(filter(None, ("vetoed by what it must not see" if vetoed else "", why)))


def _near(signal: Signal, passages: Sequence[Passage]) -> Iterator[NearMiss]:
    """How near the patterns of a signal came, the nearest first; those of which nothing is there are left out."""
    texts = [(text, fold_literal(text).lower().split()) for text in signal.contains]
    texts += [
        (regex, [p.lower() for p in literal_parts(fold_text(regex)) if len(p) >= LEAST_PIECE]) for regex in signal.regex
    ]
    pages = [(passage, [" ".join(line.lower().split()) for line in passage.lines]) for passage in passages]
    found = [miss for text, words in texts if words and (miss := _miss(text, words, pages))]
    yield from sorted(found, key=lambda miss: -miss.share)[:MOST_SHOWN]


def _miss(pattern: str, words: Sequence[str], pages: Sequence[tuple[Passage, list[str]]]) -> NearMiss | None:
    """The longest run of `words` that stands together on some line."""
    best: NearMiss | None = None
    for passage, lines in pages:
        for index, line in enumerate(lines):
            start, length = _longest_run(words, line)
            share = sum(map(len, words[start : start + length])) / sum(map(len, words))
            if length and (best is None or share > best.share):
                best = NearMiss(
                    pattern=pattern,
                    share=round(share, 3),
                    piece=" ".join(words[start : start + length]),
                    source=passage.source,
                    line=passage.first + index,
                    missing=words[start + length] if start + length < len(words) else words[start - 1] if start else "",
                )
    return best if best and (best.share >= 0.2 or len(best.piece) >= 12) else None


def _longest_run(words: Sequence[str], line: str) -> tuple[int, int]:
    """(first, number) of the longest run of words that the line holds one after the other."""
    best = (0, 0)
    start = 0
    while start + best[1] < len(words):
        length = 0
        while start + length < len(words) and re.sub(r"\s+", " ", " ".join(words[start : start + length + 1])) in line:
            length += 1
        if length > best[1]:
            best = (start, length)
        start += 1
    return best


def _causes(found: Sequence[CauseOdds]) -> Iterator[CauseReport]:
    for odds in found:
        if odds.cause is not None:
            seen = {weighed.evidence.seen for weighed in odds.weighed}
            clues = [clue.signal or clue.check for clue in odds.cause.evidence]
            yield CauseReport(
                id=odds.cause.id,
                title=odds.cause.title,
                share=round(odds.share, 4),
                seen=tuple((w.evidence.seen, round(w.weight, 3)) for w in odds.weighed),
                open=tuple(name for name in clues if name not in seen),
            )

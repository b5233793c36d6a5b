"""Evidence to odds: which problem explains the text (measured), and which of its causes (declared).

Both formulas stand in docs/ranking.md with their sources; each number is made here beside its reasons (`Score`). Takes
values, gives values; knows nothing of how the evidence was found.
"""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.model import OTHER_CAUSE_PRIOR, PRIORS, RATIOS, Score
from diagnose.retrieve import LEAST_BASE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.model import Clue, Evidence, Learned, Problem, RootCause, Span
    from diagnose.retrieve import Retrieved

DESCRIBED = "described"
# A shared name or code alone says less than a message: exception names and codes are reused everywhere.
NAMED_WORTH = {"name": 0.5, "code": 0.6}


class Weights(Struct, frozen=True):
    """The weights of the log-odds of a problem against `unknown`, and the thresholds of the verdicts."""

    unknown: float = 6.0
    coverage: float = 5.0
    information: float = 3.0
    fulltext: float = 1.0
    context: float = 0.5
    likely: float = 0.7
    likely_cause: float = 0.5
    confirmed: float = 0.9


PRESET = Weights()


class Standing(Struct, frozen=True):
    """A candidate problem: its log-odds against unknown with the reasons, and what was seen of it.

    `symptom` is whether what brings it up was seen; without it a verdict is at most "possible".
    """

    problem: str
    score: Score
    symptom: bool
    lines: frozenset[Span]


class Weighed(Struct, frozen=True):
    """A clue that was seen: the evidence and the natural logarithm of its likelihood ratio."""

    clue: Clue
    evidence: Evidence
    weight: float


class CauseOdds(Struct, frozen=True):
    """P(cause | problem) with what speaks for and against it."""

    cause: RootCause | None
    share: float
    weighed: tuple[Weighed, ...]
    score: Score


def stand(
    problems: Mapping[str, Problem],
    evidence: Mapping[str, Sequence[Evidence]],
    rates: Mapping[tuple[str, str], tuple[float, int]],
    retrieved: Retrieved,
    context: Mapping[str, int],
    lines: int,
    weights: Weights = PRESET,
) -> list[Standing]:
    """All candidates, best first."""
    candidates = {
        *evidence,
        *retrieved.fulltext,
        *(c.problem for c in retrieved.covered),
        *(n.problem for n in retrieved.named),
    }
    result = [
        _standing(problems[name], evidence.get(name, ()), rates, retrieved, context.get(name, 0), lines, weights)
        for name in sorted(candidates)
        if name in problems
    ]
    return sorted(result, key=lambda s: (-s.score.value, s.problem))


def _standing(
    problem: Problem,
    evidence: Sequence[Evidence],
    rates: Mapping[tuple[str, str], tuple[float, int]],
    retrieved: Retrieved,
    context: int,
    lines: int,
    weights: Weights,
) -> Standing:
    by_line: dict[Span, tuple[float, str]] = {}
    coverage, covered_by = 0.0, ""
    symptom = False
    from diagnose.model import Span

    supporting = {clue.signal for cause in problem.causes for clue in cause.evidence if clue.supports is not None}
    for item in evidence:
        is_symptom = item.seen in problem.symptoms
        if not is_symptom and item.seen not in supporting:
            continue
        worth = item.strength * feature_worth(*_rate(problem, item.seen, rates), lines)
        _best(by_line, item.at, worth, f"signal {item.seen}")
        if is_symptom:
            share = item.strength * min(1.0, worth / 5.0)
            symptom = symptom or share >= 0.5
            coverage, covered_by = max((coverage, covered_by), (share, f"symptom {item.seen}"))
    for covered in retrieved.covered:
        if covered.problem == problem.id:
            share = covered.share * min(1.0, covered.worth / covered.share / 20.0)
            symptom = symptom or share >= 0.6
            coverage, covered_by = max((coverage, covered_by), (share, f'message "{covered.text[:60]}"'))
            at = Span(source=covered.place.source, line=covered.place.line)
            _best(by_line, at, covered.share**2 * min(12.0, covered.worth / 3), f'message "{covered.text[:60]}"')
    for named in retrieved.named:
        if named.problem == problem.id:
            at = Span(source=named.place.source, line=named.place.line)
            kind = named.term.partition(":")[0]
            _best(by_line, at, -log(named.share) * NAMED_WORTH[kind], named.term)
    information = log(1 + sum(worth for worth, _ in by_line.values()))
    fulltext = retrieved.fulltext.get(problem.id, 0.0)
    parts = (
        Score(
            value=weights.coverage * coverage, because=f"coverage {coverage:.2f}: {covered_by or 'no known message'}"
        ),
        Score(
            value=weights.information * information,
            because=f"information {information:.2f} on {len(by_line)} lines",
            parts=tuple(
                Score(value=worth, because=f"{at.source}:{at.line}: {why}")
                for at, (worth, why) in sorted(by_line.items(), key=lambda i: (-i[1][0], i[0].source, i[0].line))[:12]
            ),
        ),
        Score(value=weights.fulltext * fulltext, because=f"full text {fulltext:.2f} of the best"),
        Score(value=weights.context * context, because=f"context {context:+d}: product named in the text"),
        Score(value=-weights.unknown, because="unknown"),
    )
    total = sum(part.value for part in parts)
    score = Score(value=total, because="log-odds against unknown", parts=parts)
    return Standing(problem.id, score, symptom, frozenset(by_line))


def _best(by_line: dict[Span, tuple[float, str]], at: Span, worth: float, why: str) -> None:
    if worth > by_line.get(at, (0.0, ""))[0]:
        by_line[at] = (worth, why)


def _rate(problem: Problem, seen: str, rates: Mapping[tuple[str, str], tuple[float, int]]) -> tuple[float, int, int]:
    own = rates.get((problem.id, seen))
    if own is None:  # a combination is as rare as its rarest member
        signal = problem.signals.get(seen)
        members = [
            rates[problem.id, m] for m in ((*signal.any, *signal.all) if signal else ()) if (problem.id, m) in rates
        ]
        own = min(members, default=(1e-6, 1))
    return (*own, LEAST_BASE)


def feature_worth(rate: float, df: int, least: int, lines: int) -> float:
    """-ln of the larger of two shares: background lines (times the lines read) and problems that hold it; at least 0."""
    return max(0.0, -log(min(1.0, max(rate * lines, df / least, 1e-9))))


def softmax(standings: Sequence[Standing]) -> tuple[dict[str, float], float]:
    """P of every problem, and of unknown (log-odds 0); they sum to 1."""
    top = max((s.score.value for s in standings), default=0.0)
    top = max(top, 0.0)
    unknown = exp(-top)
    powers = {s.problem: exp(s.score.value - top) for s in standings}
    total = unknown + sum(powers.values())
    return {name: power / total for name, power in powers.items()}, unknown / total


def ratio(clue: Clue) -> float:
    """The likelihood ratio that a clue stands for: greater than 1 for, less than 1 against."""
    value = clue.supports if clue.supports is not None else clue.refutes
    number = RATIOS[value] if isinstance(value, str) else float(value or 1.0)
    return number if clue.supports is not None else 1 / number


def causes_of(
    problem: Problem,
    evidence: Sequence[Evidence],
    learned: Mapping[str, Learned] | None = None,
    unmet: Mapping[str, Sequence[Weighed]] | None = None,
) -> list[CauseOdds]:
    """P(cause | problem) of all causes, best first, and of "another cause" (`cause` None), which is last.

    `learned` moves the likelihood of a cause (id; empty: another cause) by what resolved cases say; `unmet` has, by
    cause, the conditions that its surroundings break.
    """
    learned, unmet = learned or {}, unmet or {}
    if not problem.causes:
        score = Score(value=1.0, because="the article describes one cause")
        return [CauseOdds(None, 1.0, (), score)]
    seen: dict[str, Evidence] = {}
    for item in evidence:
        if item.seen not in seen or item.strength > seen[item.seen].strength:
            seen[item.seen] = item
    weighed = {cause.id: (*_weigh(cause, seen), *unmet.get(cause.id, ())) for cause in problem.causes}
    scores = {cause.id: _cause_score(cause, weighed[cause.id], learned.get(cause.id)) for cause in problem.causes}
    other = _other_score(learned.get(""))
    total = exp(other.value) + sum(exp(score.value) for score in scores.values())
    result = [
        CauseOdds(cause, exp(scores[cause.id].value) / total, weighed[cause.id], scores[cause.id])
        for cause in problem.causes
    ]
    result.sort(key=lambda c: (-c.share, c.cause.id if c.cause else ""))
    return [*result, CauseOdds(None, exp(other.value) / total, (), other)]


def _weigh(cause: RootCause, seen: Mapping[str, Evidence]) -> tuple[Weighed, ...]:
    """Clues that were seen; of several on one line only the strongest counts."""
    best: dict[Span, Weighed] = {}
    for clue in cause.evidence:
        item = seen.get(clue.signal or clue.check)
        if item is None:
            continue
        weight = log(ratio(clue)) * item.strength
        if item.at not in best or abs(weight) > abs(best[item.at].weight):
            best[item.at] = Weighed(clue, item, weight)
    return tuple(best.values())


def _cause_score(cause: RootCause, weighed: Sequence[Weighed], learned: Learned | None) -> Score:
    parts = (
        Score(value=log(PRIORS[cause.likelihood]), because=f"before any evidence: {cause.likelihood}"),
        *_learned_score(learned),
        *(
            Score(value=w.weight, because=f"{w.evidence.seen} at {w.evidence.at.source}:{w.evidence.at.line}")
            for w in weighed
        ),
    )
    return Score(value=sum(part.value for part in parts), because="log-odds inside the article", parts=parts)


def _other_score(learned: Learned | None) -> Score:
    parts = (Score(value=log(OTHER_CAUSE_PRIOR), because="before any evidence"), *_learned_score(learned))
    return Score(value=sum(part.value for part in parts), because="another cause", parts=parts)


def _learned_score(learned: Learned | None) -> tuple[Score, ...]:
    if learned is None:
        return ()
    because = f"{learned.count} of {learned.of} resolved cases: x{learned.factor:.2g}"
    return (Score(value=log(learned.factor), because=because),)


def decisive(weighed: Sequence[Weighed]) -> bool:
    """Something decisive was seen for the cause and nothing decisive against it."""
    threshold = log(RATIOS["decisive"]) - 1e-9
    return any(w.weight >= threshold for w in weighed) and not any(w.weight <= -threshold for w in weighed)

"""The causes of one problem: priors times the likelihood ratios of the clues that were seen (docs/ranking.md)."""

from __future__ import annotations

from math import exp, log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.model import OTHER_CAUSE_PRIOR, PRIORS, RATIOS, Place, Score

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.model import Clue, Evidence, Learned, Problem, RootCause


# The one cause of an article that declares none.
DESCRIBED = "described"


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
    weighed = {cause.id: _with(_weigh(cause, seen), unmet.get(cause.id, ())) for cause in problem.causes}
    scores = {cause.id: _cause_score(cause, weighed[cause.id], learned.get(cause.id)) for cause in problem.causes}
    other = _other_score(learned.get(""))
    total = exp(other.value) + sum(exp(score.value) for score in scores.values())
    result = [
        CauseOdds(cause, exp(scores[cause.id].value) / total, weighed[cause.id], scores[cause.id])
        for cause in problem.causes
    ]
    result.sort(key=lambda c: (-c.share, c.cause.id if c.cause else ""))
    return [*result, CauseOdds(None, exp(other.value) / total, (), other)]


def _with(weighed: tuple[Weighed, ...], unmet: Sequence[Weighed]) -> tuple[Weighed, ...]:
    """A cause of which a condition is broken is not it, whatever speaks for it: a version that has the fix shows the same
    words for another reason."""
    return (*(w for w in weighed if w.weight <= 0), *unmet) if unmet else weighed


def _weigh(cause: RootCause, seen: Mapping[str, Evidence]) -> tuple[Weighed, ...]:
    """Clues that were seen; of several on one line only the strongest counts."""
    best: dict[Place, Weighed] = {}
    for clue in cause.evidence:
        item = seen.get(clue.signal or clue.check)
        if item is None:
            continue
        weight = log(ratio(clue)) * item.strength
        if item.limit:
            most = log(RATIOS[item.limit])
            weight = max(-most, min(most, weight))
        if item.at not in best or abs(weight) > abs(best[item.at].weight):
            best[item.at] = Weighed(clue, item, weight)
    return tuple(best.values())


def own_evidence(problem: Problem, cause: RootCause, weighed: Sequence[Weighed]) -> bool:
    """Whether something speaks for this cause itself and not only for the article: an outcome, a signal that does not
    bring the article up, or a symptom that speaks strongly for this cause and tells it from every other. The only cause
    of an article owns its symptoms."""
    return any(
        w.weight > 0
        and (
            len(problem.causes) == 1
            or bool(w.clue.check)
            or w.clue.signal not in problem.symptoms
            or (
                ratio(w.clue) >= RATIOS["strong"]
                and ratio(w.clue) >= RATIOS["moderate"] * _of_others(problem, cause, w)
            )
        )
        for w in weighed
    )


def _of_others(problem: Problem, cause: RootCause, weighed: Weighed) -> float:
    """The most that the signal of a clue says for any other cause; 1 where it says nothing."""
    signal = weighed.clue.signal
    clues = (clue for other in problem.causes if other is not cause for clue in other.evidence)
    return max((ratio(clue) for clue in clues if clue.signal == signal), default=1.0)


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
    return (Score(value=log(learned.factor), because=learned.told),)


def decisive(weighed: Sequence[Weighed]) -> bool:
    """Something decisive was seen for the cause and nothing decisive against it."""
    threshold = log(RATIOS["decisive"]) - 1e-9
    return any(w.weight >= threshold for w in weighed) and not any(w.weight <= -threshold for w in weighed)

"""Which problem explains the text: the features of each candidate, weighed, against unknown.

The formula is in docs/ranking.md with its source; each number is made beside its reasons (`Score`). Takes values, gives
values; knows nothing of how the evidence was found.
"""

from __future__ import annotations

from math import exp
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.model import Place, Score
from diagnose.rank.features import FEATURES, Features, FeatureTally, tally_of
from diagnose.rank.siblings import Told, siblings, told_apart
from diagnose.rank.weights import Weights, shipped

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.model import Evidence, Problem
    from diagnose.rank.features import Observations

PRESET = shipped()
# Candidates that compete: a crowd of weak ones would take from unknown what none of them has.
COMPETE = 12


class Standing(Struct, frozen=True):
    """A candidate problem: its log-odds against unknown with the reasons, and what was seen of it.

    `symptom` is whether what brings it up was seen; without it a verdict is at most "possible".
    """

    problem: str
    score: Score
    symptom: bool
    lines: frozenset[Place]
    features: Features


def stand(
    problems: Mapping[str, Problem],
    evidence: Mapping[str, Sequence[Evidence]],
    seen: Observations,
    weights: Weights = PRESET,
) -> list[Standing]:
    """The best COMPETE candidates, best first."""
    candidates = {*evidence, *seen.fulltext, *seen.covered, *seen.named}
    tallies = {name: tally_of(problems[name], evidence.get(name, ()), seen) for name in candidates if name in problems}
    values = {name: log_odds(tally.features, weights) for name, tally in tallies.items()}
    best = sorted(values, key=lambda name: (-values[name], name))[:COMPETE]
    # Between reviewed articles their symptoms decide, not the words of their texts.
    told = _told_apart({name: values[name] for name in best if problems[name].status != "stable"}, seen)
    standings = [_standing(name, values[name], tallies[name], weights, told.get(name)) for name in best]
    return sorted(standings, key=lambda standing: (-standing.score.value, standing.problem))


def _told_apart(values: Mapping[str, float], seen: Observations) -> dict[str, Told]:
    near = siblings(values)
    held = {name: seen.held(name) for name in near}
    return told_apart({name: values[name] for name in near}, held, seen.stretches, seen.rarity) if near else {}


def log_odds(features: Features, weights: Weights) -> float:
    """z of a candidate: its log-odds against unknown."""
    parts: list[float] = [getattr(weights, name) * getattr(features, name) for name in FEATURES]
    return sum(parts) - weights.unknown


def _standing(problem: str, value: float, tally: FeatureTally, weights: Weights, told: Told | None) -> Standing:
    parts = _parts(tally, weights)
    if told:
        words = ", ".join(told.words) or "none of the words that others have"
        parts = (*parts, Score(value=told.shift, because=f"told apart from those that fit about as well: {words}"))
        value += told.shift
    score = Score(value=value, because="log-odds against unknown", parts=parts)
    return Standing(problem, score, tally.symptom, frozenset(tally.lines), tally.features)


def _parts(tally: FeatureTally, weights: Weights) -> tuple[Score, ...]:
    features, lines = tally.features, tally.lines
    told = {
        "signal": f"signals {features.signal:.2f}: {tally.shown_by}",
        "silent": "none of its symptoms was seen" if features.silent else "some of its symptoms were seen",
        "vetted": f"the same of a reviewed article {features.vetted:.2f}",
        "quiet": "a reviewed article of which no symptom was seen" if features.quiet else "seen, or not reviewed",
        "missing": f"{features.missing:.2f} of the parts of a combined symptom were not seen",
        "title": f"title {features.title:.2f} of its words in one stretch",
        "words": f"{features.words:.2f} of the words of a symptom that was not seen, in one stretch",
        "information": f"information {features.information:.2f} on {len(lines)} lines",
        "whole": f"full text {features.whole:.2f} of the best",
        "stretch": f"full text of the best stretch {features.stretch:.2f} of the best",
        "worth": f"what that stretch says {features.worth:.2f}",
        "named": f"context {features.named:.2f}: a product of its own is named in the text",
        "other": f"context {features.other:.2f}: only products of others are named in the text",
    }
    reasons = tuple(
        Score(value=worth, because=f"{at.source}:{at.line}: {why}")
        for at, (worth, why) in sorted(lines.items(), key=lambda i: (-i[1][0], i[0].source, i[0].line))[:12]
    )
    parts = tuple(
        Score(
            value=getattr(weights, name) * getattr(features, name),
            because=because,
            parts=reasons if name == "information" else (),
        )
        for name, because in told.items()
    )
    return (*parts, Score(value=-weights.unknown, because="unknown"))


def softmax(standings: Sequence[Standing]) -> tuple[dict[str, float], float]:
    """P of every problem, and of unknown (log-odds 0); they sum to 1."""
    top = max((s.score.value for s in standings), default=0.0)
    top = max(top, 0.0)
    unknown = exp(-top)
    powers = {s.problem: exp(s.score.value - top) for s in standings}
    total = unknown + sum(powers.values())
    return {name: power / total for name, power in powers.items()}, unknown / total

"""Labelled cases to weights: conditional logit with an L2 penalty, cross-validated, negatives in.

Each case is a choice between its candidates and "unknown"; what is right is any expected article, or unknown. Newton's
method in plain Python: a dozen weights, some hundred cases of some dozen candidates. Folds are made of articles, so that
no article is in training and in test at once. Takes values, gives values.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from math import exp, log
from typing import TYPE_CHECKING

from diagnose.rank.features import FEATURES
from diagnose.rank.weights import Fitted, Weights
from kb.evaluate.answer import ScoredAnswer
from kb.evaluate.cases import NEGATIVE
from kb.evaluate.choice import LabelledChoice, Vector
from kb.evaluate.figures import HARD, accuracy, alarms, expected_error, judged_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

PENALTY = 1.0
FOLDS = 5
ROUNDS = 40
# Derived cases are many and real ones few: a kind counts as this many cases at most, a case as two at most. Negatives
# are few however they were made, and a false alarm is the worse error: each counts as two.
KIND_COUNTS = 60.0
CASE_COUNTS = 2.0
NEGLIGIBLE = 1e-6  # probability below which a candidate moves nothing
AS_GOOD = 5.0  # nats over all cases, about a hundredth of the loss
LIKELY_RIGHT = 0.9
LEAST_LIKELY = 0.5


def fit(choices: Sequence[LabelledChoice], date: str, penalty: float = PENALTY) -> Fitted:
    """The weights for all `choices`; unknown and the thresholds from what held-out folds show."""
    counts = _counts(choices)
    folds = _folds(choices)
    held: list[tuple[LabelledChoice, Vector]] = []
    for fold in range(FOLDS):
        weights = _newton([c for c in choices if folds[c.base, c.id] != fold], counts, penalty)
        held += [(choice, weights) for choice in choices if folds[choice.base, choice.id] == fold]
    scale, shift = _calibrated(held)
    answers = [_answer(choice, weights, scale, shift) for choice, weights in held]
    final = _newton(choices, counts, penalty)
    named = {name: round(scale * value, 3) for name, value in zip(FEATURES, final, strict=False)}
    shipped = Weights(unknown=round(scale * final[-1] + shift, 3), likely=_likely(answers), **named)
    return Fitted(shipped, date, len(choices), _digest(choices), FOLDS, penalty, _figures(answers))


_SHIFTS = [step / 4 for step in range(-12, 13)]
_SCALES = [step / 10 for step in range(8, 26)]


def _counts(choices: Sequence[LabelledChoice]) -> dict[tuple[str, str], float]:
    kinds = Counter((choice.base, choice.kind) for choice in choices)
    return {
        (base, kind): CASE_COUNTS if kind.startswith(NEGATIVE) else min(CASE_COUNTS, KIND_COUNTS / count)
        for (base, kind), count in kinds.items()
    }


def _folds(choices: Sequence[LabelledChoice]) -> dict[tuple[str, str], int]:
    """A fold for each case, by a checksum of what it expects, so that it does not hang on order; a padded negative goes
    with the one that it pads."""
    result = {}
    for choice in choices:
        key = choice.expect[0] if choice.expect else choice.id.removesuffix("-pad")
        digest = hashlib.sha256(f"{choice.base} {key}".encode()).digest()
        result[choice.base, choice.id] = digest[0] % FOLDS
    return result


def _newton(choices: Iterable[LabelledChoice], counts: dict[tuple[str, str], float], penalty: float) -> Vector:
    size = len(FEATURES) + 1
    cases = [(c.rows, counts[c.base, c.kind]) for c in choices]
    cases = [(rows, count) for rows, count in cases if any(hit for hit, _ in rows)]
    weights = [*(1.0 for _ in FEATURES), 6.0]
    for _ in range(ROUNDS):
        gradient = [-penalty * w for w in weights]
        gradient[-1] = 0.0
        hessian = [[penalty if i == j and i < size - 1 else 0.0 for j in range(size)] for i in range(size)]
        hessian[-1][-1] = 1e-6
        for rows, count in cases:
            _learn(rows, count, weights, gradient, hessian)
        step = solve(hessian, gradient)
        largest = max(map(abs, step))
        scale = min(1.0, 3.0 / largest) if largest else 0.0
        weights = [w + scale * s for w, s in zip(weights, step, strict=True)]
        if largest < 1e-4:
            break
    return weights


def _learn(
    rows: Sequence[tuple[bool, Vector]], count: float, weights: Vector, gradient: Vector, hessian: list[Vector]
) -> None:
    """Add the gradient and the negative Hessian of one case's log-likelihood."""
    size = len(weights)
    shares = choice_shares([_dot(weights, values) for _, values in rows])
    hits = sum(p for p, (hit, _) in zip(shares, rows, strict=True) if hit) or 1e-300
    mean = [0.0] * size
    for p, (hit, values) in zip(shares, rows, strict=True):
        if p < NEGLIGIBLE and not hit:
            continue
        pull = count * ((p / hits if hit else 0.0) - p)
        heavy = count * p
        filled = [(i, v) for i, v in enumerate(values) if v]
        for i, v in filled:
            gradient[i] += pull * v
            mean[i] += p * v
            row, part = hessian[i], heavy * v
            for j, u in filled:
                row[j] += part * u
    for i, m in enumerate(mean):
        if m:
            row, part = hessian[i], count * m
            for j, n in enumerate(mean):
                row[j] -= part * n


def choice_shares(values: Sequence[float]) -> Vector:
    top = max(values)
    powers = [exp(value - top) for value in values]
    total = sum(powers)
    return [power / total for power in powers]


def solve(matrix: Sequence[Vector], right_side: Vector) -> Vector:
    """x with matrix x = right_side; Gauss with pivots."""
    size = len(right_side)
    rows = [[*row, value] for row, value in zip(matrix, right_side, strict=True)]
    for column in range(size):
        pivot = max(range(column, size), key=lambda r: abs(rows[r][column]))
        rows[column], rows[pivot] = rows[pivot], rows[column]
        head = rows[column][column] or 1e-12
        for below in range(column + 1, size):
            factor = rows[below][column] / head
            if factor:
                rows[below] = [a - factor * b for a, b in zip(rows[below], rows[column], strict=True)]
    result = [0.0] * size
    for row in range(size - 1, -1, -1):
        rest = sum(rows[row][k] * result[k] for k in range(row + 1, size))
        result[row] = (rows[row][size] - rest) / (rows[row][row] or 1e-12)
    return result


def _dot(weights: Vector, values: Sequence[float]) -> float:
    return sum(w * v for w, v in zip(weights, values, strict=True))


def _answer(choice: LabelledChoice, weights: Vector, scale: float, shift: float) -> ScoredAnswer:
    """What these weights say of a case that they were not fitted on."""
    scored = [(name, scale * _dot(weights, [*values, -1.0]) - shift) for name, values in choice.candidates]
    shares = choice_shares([*(value for _, value in scored), 0.0])
    ranked = sorted(zip(shares, (name for name, _ in scored), strict=False), key=lambda s: (-s[0], s[1]))[:10]
    verdict = "unknown" if shares[-1] > 0.5 else "possible"
    articles = tuple((name, share) for share, name in ranked)
    return ScoredAnswer(choice.id, choice.kind, choice.expect, choice.acceptable, articles, (), verdict, shares[-1])


def _calibrated(held: Sequence[tuple[LabelledChoice, Vector]]) -> tuple[float, float]:
    """Scale and shift of the log-odds with the smallest log loss on held-out choices, unknown among them: the penalty
    makes weights too small, and the kinds of cases are not as frequent as in life. Of those that are as good within
    AS_GOOD the one that says unknown most readily: a false alarm is the worse error."""
    scored = []
    for choice, weights in held:
        rows = [(hit, _dot(weights, values)) for hit, values in choice.rows]
        scored.append(([value for _, value in rows[:-1]], [i for i, (hit, _) in enumerate(rows) if hit]))
    losses = {(scale, shift): _loss(scored, scale, shift) for scale in _SCALES for shift in _SHIFTS}
    good = min(losses.values()) + AS_GOOD
    return max((pair for pair, loss in losses.items() if loss <= good), key=lambda pair: (pair[1], -losses[pair]))


def _loss(scored: Sequence[tuple[Vector, list[int]]], scale: float, shift: float) -> float:
    total = 0.0
    for values, hits in scored:
        shares = choice_shares([*(scale * value - shift for value in values), 0.0])
        total -= log(max(1e-4, sum(shares[index] for index in hits)))
    return total


def _likely(answers: Sequence[ScoredAnswer]) -> float:
    """The lowest threshold (in steps of 0.05) from which on nine of ten held-out answers are right."""
    judged = judged_of(answers)
    for step in range(round(LEAST_LIKELY * 20), 20):
        shown = [hit for confidence, hit in judged if confidence >= step / 20]
        if shown and sum(shown) / len(shown) >= LIKELY_RIGHT:
            return step / 20
    return 0.95


def _figures(answers: Sequence[ScoredAnswer]) -> dict[str, float]:
    """Held-out figures by name: accuracy@1 and @3 of each kind, false alarms at one half of hard negatives, ECE."""
    figures: dict[str, float] = {"ece": expected_error(judged_of(answers))}
    for kind in sorted({answer.kind for answer in answers if answer.expect}):
        own = [answer for answer in answers if answer.kind == kind]
        figures[f"accuracy@1 {kind}"] = accuracy(own).value
        figures[f"accuracy@3 {kind}"] = accuracy(own, 3).value
    figures["false alarms at 0.5"] = alarms(answers, HARD, 0.5).value
    return {name: round(value, 4) for name, value in figures.items()}


def _digest(choices: Sequence[LabelledChoice]) -> str:
    text = "\n".join(f"{c.id} {c.kind} {' '.join(c.expect)}" for c in choices)
    return hashlib.sha256(text.encode()).hexdigest()[:16]

"""Labelled cases to weights: conditional logit, drawn towards a simple sum, cross-validated, negatives in.

Each case is a choice between its candidates and "unknown"; what is right is any expected article, or unknown. Newton's
method in plain Python: a dozen weights, some hundred cases of some dozen candidates. Folds are made of articles and of
threads, so that none of them is in training and in test at once; besides, each base is left out once, and asked with what
the others teach. Takes values, gives values.
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

# The simple sum: round numbers, which do as well on a base that was left out as what is fitted freely on the others
# (docs/quality.md). The fit may leave them only for what many cases say.
SIMPLE = {
    "signal": 2.0, "silent": -1.5, "vetted": 3.0, "quiet": -1.0, "missing": -2.0, "title": 3.0, "words": 2.0,
    "information": 1.0, "whole": 2.0, "stretch": 2.0, "worth": 0.25, "named": 0.75, "other": -0.75,
}  # fmt: skip
PENALTY = 30.0
FOLDS = 5
DERIVED = "derived"  # the source of a case that was made from an article, not taken from a thread
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
    weights, answers = _fitted(choices, penalty)
    return Fitted(
        weights=weights,
        date=date,
        cases=len(choices),
        digest=_digest(choices),
        folds=FOLDS,
        penalty=penalty,
        figures=_figures(answers),
        left_out=_left_out(choices, penalty),
        seen="".join(sorted({choice.digest for choice in choices})),
    )


def _fitted(choices: Sequence[LabelledChoice], penalty: float) -> tuple[Weights, list[ScoredAnswer]]:
    """The weights, and the answers of the held-out folds."""
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
    return Weights(unknown=round(scale * final[-1] + shift, 3), likely=_likely(answers), **named), answers


def _left_out(choices: Sequence[LabelledChoice], penalty: float) -> dict[str, dict[str, float]]:
    """For each base the figures of weights that the other bases teach; empty where there is one base."""
    bases = sorted({choice.base for choice in choices})
    result = {}
    for base in bases if len(bases) > 1 else ():
        weights = taught([choice for choice in choices if choice.base != base], penalty)
        values = [*(getattr(weights, name) for name in FEATURES), weights.unknown]
        result[base] = _figures([_answer(choice, values, 1.0, 0.0) for choice in choices if choice.base == base])
    return result


def taught(choices: Sequence[LabelledChoice], penalty: float = PENALTY) -> Weights:
    """The weights that `choices` teach, calibrated on held-out folds of them."""
    return _fitted(choices, penalty)[0]


_SHIFTS = [step / 4 for step in range(-12, 13)]
_SCALES = [step / 10 for step in range(8, 26)]


def _counts(choices: Sequence[LabelledChoice]) -> dict[tuple[str, str], float]:
    kinds = Counter((choice.base, choice.kind) for choice in choices)
    return {
        (base, kind): CASE_COUNTS if kind.startswith(NEGATIVE) else min(CASE_COUNTS, KIND_COUNTS / count)
        for (base, kind), count in kinds.items()
    }


def _folds(choices: Sequence[LabelledChoice]) -> dict[tuple[str, str], int]:
    """A fold for each case, by a checksum of what it hangs together with, so that it does not hang on order: cases of
    one thread, and cases that expect one article, are in one fold; a padded negative goes with the one that it pads."""
    heads: dict[str, str] = {}
    for choice in choices:
        keys = _ties(choice)
        for key in keys[1:]:
            left, right = sorted((_head(heads, keys[0]), _head(heads, key)))
            heads[right] = left
    digests = {c: hashlib.sha256(_head(heads, _ties(c)[0]).encode()).digest() for c in choices}
    return {(choice.base, choice.id): digest[0] % FOLDS for choice, digest in digests.items()}


def _ties(choice: LabelledChoice) -> list[str]:
    """What a case shares with others that must not be told apart from it."""
    own = [f"{choice.base} {name}" for name in choice.expect] or [f"{choice.base} {choice.id.removesuffix('-pad')}"]
    thread = [] if choice.source in ("", DERIVED) else [f"thread {choice.source}"]
    return [*own, *thread]


def _head(heads: dict[str, str], key: str) -> str:
    while key in heads and heads[key] != key:
        key = heads[key]
    return key


def _newton(choices: Iterable[LabelledChoice], counts: dict[tuple[str, str], float], penalty: float) -> Vector:
    size = len(FEATURES) + 1
    cases = [(c.rows, counts[c.base, c.kind]) for c in choices]
    cases = [(rows, count) for rows, count in cases if any(hit for hit, _ in rows)]
    simple = [*(SIMPLE[name] for name in FEATURES), 5.0]
    weights = list(simple)
    for _ in range(ROUNDS):
        gradient = [-penalty * (w - s) for w, s in zip(weights, simple, strict=True)]
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

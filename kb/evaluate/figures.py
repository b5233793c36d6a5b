"""Answers to figures: accuracy, false alarms, calibration and operating points, each share with its interval.

An answer is the leading article, its confidence that article's probability. Takes values, gives values.
"""

from __future__ import annotations

from math import floor, sqrt
from random import Random
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from kb.evaluate.cases import NEGATIVE

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kb.evaluate.answer import ScoredAnswer

T = TypeVar("T")
BINS = 10
RESAMPLES = 2000
SEED = 20261125
Z = 1.959964  # 95 % of the normal distribution
FALSE_ALARMS = 0.05
KEPT_RIGHT = 0.90
# Negatives that look like a known problem, and logs without one; texts that are merely off the subject are easy.
HARD = ("negative-hard",)
FITTED = " (fitted)"
HARD_AND_LOGS = ("negative-hard", "negative-log")


class Share(Struct, frozen=True):
    """`value` of `of` cases, with the limits of its 95 % interval; all 0 where there is no case."""

    value: float
    low: float
    high: float
    of: int


class Bin(Struct, frozen=True):
    """Answers whose confidence lies in [low, high): their number, mean confidence and share that was right."""

    low: float
    high: float
    count: int
    confidence: float
    right: float


class KindFigures(Struct, frozen=True):
    """The figures of one kind of case. Of negatives only `answered` (they are false alarms) means something.

    `answered` has a verdict other than unknown, `precision` is right among these; `likely` is the share with a verdict
    of likely or confirmed, `likely_right` how many of these are right.
    """

    kind: str
    cases: int
    accuracy_1: Share
    accuracy_3: Share
    mrr: Share
    answered: Share
    precision: Share
    likely: Share
    likely_right: Share
    ece: float
    cause_1: Share


class Point(Struct, frozen=True):
    """What happens where only answers of at least `threshold` are given, per kind: share answered and how many right."""

    name: str
    threshold: float
    answered: dict[str, Share]
    right: dict[str, Share]


class Evaluation(Struct, frozen=True):
    """All figures of one run. `failures` are the answers that were wrong, most confident first."""

    kinds: tuple[KindFigures, ...]
    ece: Share
    brier: Share
    bins: tuple[Bin, ...]
    points: tuple[Point, ...]
    failures: tuple[ScoredAnswer, ...]


def wilson(hits: int, of: int) -> Share:
    """A share with Wilson's score interval, which keeps its meaning near 0 and 1 and for few cases."""
    if not of:
        return Share(0.0, 0.0, 0.0, 0)
    value = hits / of
    centre = value + Z * Z / (2 * of)
    spread = Z * sqrt(value * (1 - value) / of + Z * Z / (4 * of * of))
    scale = 1 + Z * Z / of
    return Share(value, max(0.0, (centre - spread) / scale), min(1.0, (centre + spread) / scale), of)


def bootstrap(items: Sequence[T], figure: Callable[[Sequence[T]], float], resamples: int = RESAMPLES) -> Share:
    """A figure with the limits between which 95 % of its values on resampled items lie; always the same for the same."""
    if not items:
        return Share(0.0, 0.0, 0.0, 0)
    random = Random(SEED)  # noqa: S311  resampling, no secret
    values = sorted(figure(random.choices(items, k=len(items))) for _ in range(resamples))
    low, high = values[floor(0.025 * resamples)], values[min(resamples - 1, floor(0.975 * resamples))]
    return Share(figure(items), low, high, len(items))


def right(answer: ScoredAnswer, depth: int = 1) -> bool | None:
    """Whether an expected article is among the `depth` best; None where an acceptable one is there instead."""
    shown = [name for name, _ in answer.articles[:depth]]
    if any(name in shown for name in _articles(answer.expect)):
        return True
    return None if any(name in shown for name in _articles(answer.acceptable)) else False


def _articles(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(name.partition("/")[0] for name in names)


def accuracy(answers: Sequence[ScoredAnswer], depth: int = 1) -> Share:
    """The share of answers with an expected article among the `depth` best."""
    judged = [judgement for a in answers if (judgement := right(a, depth)) is not None]
    return wilson(sum(judged), len(judged))


def _cause(answers: Sequence[ScoredAnswer]) -> Share:
    named = [a for a in answers if any("/" in name for name in a.expect)]
    return wilson(sum(bool(a.causes) and a.causes[0] in a.expect for a in named), len(named))


def reciprocal(answer: ScoredAnswer) -> float:
    """1 / rank of the first expected article, 0 where it is not among those kept."""
    expected = _articles(answer.expect)
    return next((1 / rank for rank, (name, _) in enumerate(answer.articles, 1) if name in expected), 0.0)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values) if values else 0.0


def judged_of(answers: Sequence[ScoredAnswer]) -> list[tuple[float, bool]]:
    """Confidence and whether it was right, of the answers that count either way."""
    return [(a.confidence, judgement) for a in answers if (judgement := right(a)) is not None]


def reliability(judged: Sequence[tuple[float, bool]]) -> tuple[Bin, ...]:
    """Confidence against share right in BINS bins of equal width."""
    bins: list[list[tuple[float, bool]]] = [[] for _ in range(BINS)]
    for item in judged:
        bins[min(BINS - 1, int(item[0] * BINS))].append(item)
    return tuple(
        Bin(i / BINS, (i + 1) / BINS, len(items), _mean([c for c, _ in items]), _mean([float(r) for _, r in items]))
        for i, items in enumerate(bins)
    )


def expected_error(judged: Sequence[tuple[float, bool]]) -> float:
    """ECE: the mean over the answers of |confidence - share right| of their bin."""
    return sum(b.count * abs(b.confidence - b.right) for b in reliability(judged)) / max(1, len(judged))


def perfect(judged: Sequence[tuple[float, bool]], share: float = 0.9) -> float:
    """The ECE that a model whose confidences are true stays below in `share` of draws of as many cases."""
    random = Random(SEED)  # noqa: S311  resampling, no secret
    confidences = [confidence for confidence, _ in judged]
    drawn = sorted(expected_error([(c, random.random() < c) for c in confidences]) for _ in range(RESAMPLES // 10))
    return drawn[floor(share * (len(drawn) - 1))]


def brier(judged: Sequence[tuple[float, bool]]) -> float:
    return _mean([(confidence - hit) ** 2 for confidence, hit in judged])


def _kind(name: str, answers: Sequence[ScoredAnswer]) -> KindFigures:
    told = [a for a in answers if a.verdict != "unknown"]
    sure = [a for a in answers if a.verdict in ("likely", "confirmed")]
    return KindFigures(
        kind=name,
        cases=len(answers),
        accuracy_1=accuracy(answers),
        accuracy_3=accuracy(answers, 3),
        mrr=bootstrap([reciprocal(a) for a in answers], _mean),
        answered=wilson(len(told), len(answers)),
        precision=accuracy(told),
        likely=wilson(len(sure), len(answers)),
        likely_right=accuracy(sure),
        ece=expected_error(judged_of(answers)),
        cause_1=_cause(answers),
    )


def _of_kinds(answers: Sequence[ScoredAnswer], prefixes: tuple[str, ...]) -> list[ScoredAnswer]:
    return [a for a in answers if a.kind.startswith(prefixes)]


def _above(answers: Sequence[ScoredAnswer], threshold: float) -> list[ScoredAnswer]:
    return [a for a in answers if a.articles and a.confidence >= threshold]


def _false(answer: ScoredAnswer) -> bool:
    return right(answer) is False


def alarms(answers: Sequence[ScoredAnswer], kinds: tuple[str, ...], threshold: float) -> Share:
    """False alarms among negatives of `kinds` (prefixes) at a threshold."""
    negatives = _of_kinds(answers, kinds)
    return wilson(sum(_false(a) for a in _above(negatives, threshold)), len(negatives))


def at_false_alarms(answers: Sequence[ScoredAnswer], share: float = FALSE_ALARMS) -> float | None:
    """The lowest threshold with at most `share` false alarms on hard negatives and logs; None without such cases."""
    negatives = _of_kinds(answers, HARD_AND_LOGS)
    if not negatives:
        return None
    allowed = floor(share * len(negatives) + 1e-9)
    confidences = sorted((a.confidence for a in negatives if _false(a)), reverse=True)
    if len(confidences) <= allowed:
        return 0.0
    return confidences[allowed] + 1e-6


def at_right_kept(answers: Sequence[ScoredAnswer], share: float = KEPT_RIGHT) -> float | None:
    """The highest threshold that keeps `share` of the right answers; None where there is none."""
    hits = sorted((a.confidence for a in answers if right(a)), reverse=True)
    if not hits:
        return None
    return hits[min(len(hits) - 1, max(0, -floor(-share * len(hits)) - 1))]


def _point(name: str, threshold: float, groups: dict[str, list[ScoredAnswer]]) -> Point:
    answered, rights = {}, {}
    for kind, answers in groups.items():
        shown = _above(answers, threshold)
        if kind.startswith(NEGATIVE):
            shown = [a for a in shown if _false(a)]
        else:
            rights[kind] = accuracy(shown)
        answered[kind] = wilson(len(shown), len(answers))
    return Point(name, threshold, answered, rights)


def report(answers: Sequence[ScoredAnswer]) -> Evaluation:
    """All figures of `answers`."""
    groups: dict[str, list[ScoredAnswer]] = {}
    for item in answers:
        groups.setdefault(item.kind, []).append(item)
    groups = dict(sorted(groups.items(), key=lambda g: (g[0].startswith(NEGATIVE), g[0])))
    judged = judged_of(answers)
    points = [
        (f"{FALSE_ALARMS:.0%} false alarms on hard negatives and logs", at_false_alarms(answers)),
        (f"{KEPT_RIGHT:.0%} of the right answers kept", at_right_kept(answers)),
    ]
    wrong = [a for a in answers if (_false(a) if a.expect else a.verdict != "unknown" and _false(a))]
    return Evaluation(
        kinds=tuple(_kind(name, items) for name, items in groups.items()),
        ece=bootstrap(judged, expected_error, RESAMPLES // 10),
        brier=bootstrap(judged, brier, RESAMPLES // 10),
        bins=reliability(judged),
        points=tuple(_point(name, threshold, groups) for name, threshold in points if threshold is not None),
        failures=tuple(sorted(wrong, key=lambda a: (-a.confidence, a.id))),
    )


class AnswerChange(Struct, frozen=True):
    """Accuracy@1 of one kind before and after, and the difference with its interval (paired bootstrap over the cases).

    `gained` and `lost` are the ids of the cases that became right and wrong.
    """

    kind: str
    before: float
    after: float
    difference: Share
    gained: tuple[str, ...]
    lost: tuple[str, ...]


def answer_changes(
    before: Sequence[ScoredAnswer], after: Sequence[ScoredAnswer], depth: int = 1
) -> tuple[AnswerChange, ...]:
    """What changed among the `depth` best between two runs on the same cases; cases of only one of them are left out, and
    those on which the weights were fitted are a kind of their own."""
    known = {answer.id: answer for answer in before}
    kinds: dict[str, list[tuple[ScoredAnswer, ScoredAnswer]]] = {}
    for answer in after:
        if answer.expect and answer.id in known:
            kinds.setdefault(answer.kind + FITTED * answer.fitted, []).append((known[answer.id], answer))
    return tuple(_change(kind, kinds[kind], depth) for kind in sorted(kinds))


def _change(kind: str, pairs: Sequence[tuple[ScoredAnswer, ScoredAnswer]], depth: int) -> AnswerChange:
    judged = [(bool(right(one, depth)), bool(right(two, depth))) for one, two in pairs]
    return AnswerChange(
        kind=kind,
        before=_mean([float(one) for one, _ in judged]),
        after=_mean([float(two) for _, two in judged]),
        difference=bootstrap(judged, lambda items: _mean([float(two) - float(one) for one, two in items])),
        gained=tuple(b.id for (_, b), (one, two) in zip(pairs, judged, strict=True) if two and not one),
        lost=tuple(b.id for (_, b), (one, two) in zip(pairs, judged, strict=True) if one and not two),
    )

"""The next best check: the largest expected drop of uncertainty among the causes, one step ahead, for its cost."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.rank import ratio

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diagnose.model import Check, Problem

LEAST_DROP = 0.01


class Choice(Struct, frozen=True):
    """A check worth running: the expected drop of entropy in nats, and the two causes that it separates best."""

    check: str
    drop: float
    separates: tuple[str, str]


def next_best(problem: Problem, shares: Mapping[str, float], done: Sequence[str]) -> Choice | None:
    """The open check of `problem` with the best drop per cost; None where no check tells the causes apart.

    `shares` is P(cause | problem) by cause id, with "" for another cause. Ties go to the cheaper, then to the earlier.
    """
    before = _entropy(shares.values())
    best: tuple[float, Choice] | None = None
    for name, check in problem.checks.items():
        if name in done or not check.outcomes or not check.read_only:
            continue
        likelihoods = _likelihoods(problem, name, check, shares)
        after = sum(_branch(shares, likelihoods, outcome) for outcome in check.outcomes)
        drop = before - after
        value = drop / _cost(check)
        if drop > LEAST_DROP and (best is None or value > best[0] * (1 + 1e-9)):
            best = (value, Choice(name, drop, _separated(shares, likelihoods)))
    return best[1] if best else None


def _entropy(shares: Iterable[float]) -> float:
    return -sum(p * log(p) for p in shares if p > 0)


def _cost(check: Check) -> float:
    """Seconds, with a fixed effort for any check; rights and risk weigh like half a minute each."""
    cost = check.cost
    return cost.seconds + 10.0 + 30.0 * (cost.privilege == "admin") + 60.0 * (cost.risk != "none")


def _likelihoods(problem: Problem, name: str, check: Check, shares: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """P(outcome | cause): the declared ratios, normalised over the outcomes of the check."""
    table: dict[str, dict[str, float]] = {}
    clues = {c.id: {clue.check: ratio(clue) for clue in c.evidence if clue.check} for c in problem.causes}
    for cause in shares:
        raw = {o: clues.get(cause, {}).get(f"{name}.{o}", 1.0) for o in check.outcomes}
        total = sum(raw.values())
        table[cause] = {o: value / total for o, value in raw.items()}
    return table


def _branch(shares: Mapping[str, float], likelihoods: Mapping[str, Mapping[str, float]], outcome: str) -> float:
    joint = [share * likelihoods[cause][outcome] for cause, share in shares.items()]
    total = sum(joint)
    return total * _entropy([p / total for p in joint]) if total > 0 else 0.0


def _separated(shares: Mapping[str, float], likelihoods: Mapping[str, Mapping[str, float]]) -> tuple[str, str]:
    """The two most probable causes whose outcomes differ most."""
    names = [name for name in sorted(shares, key=lambda c: (-shares[c], c)) if name][:6]
    best = max(
        ((a, b) for i, a in enumerate(names) for b in names[i + 1 :]),
        key=lambda ab: shares[ab[0]] * shares[ab[1]] * _distance(likelihoods[ab[0]], likelihoods[ab[1]]),
        default=None,
    )
    return best if best else (names[0] if names else "", "")


def _distance(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    return sum(abs(left[o] - right[o]) for o in left)

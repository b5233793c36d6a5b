"""The next best check: what its answer is expected to settle, one step ahead, for its cost.

What an answer settles is the chance that it leaves one cause with SETTLED, and half the expected drop of the entropy of
the causes. Measured on the articles (docs/decisions/0025), the two together reach the true cause with fewer checks than
the drop alone: many small drops are worth less than one clear answer.

Takes the leading problems with the shares of their causes, as `OpenChecks`s; gives the check to run next. An outcome
tells the causes of one problem apart, so that a check of a less probable problem counts by that problem's share; one
command that asks the same for several problems (the same words with the same values) counts for all of them.
Knows nothing of how a check is shown or run.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.rank.causes import ratio

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from diagnose.model import Check, Problem

LEAST_GAIN = 0.002  # less is not worth anybody's time
SETTLED = 0.9  # P(cause) of a confirmed cause
OF_ENTROPY = 0.5  # what a nat of entropy counts beside the chance to settle it; 0.2 to 1 do as well
EFFORT = 10.0  # seconds that any check costs its reader
ADMIN, RISK, ASKING = 30.0, 60.0, 20.0  # rights to get, risk to weigh, a value to find: in seconds as well


class OpenChecks(Struct, frozen=True):
    """A problem whose checks may be run: P(problem), P(cause | problem) by cause id with "" for another cause.

    `closed` are checks that have an outcome or were skipped; `missing` the number of values that a check still lacks,
    `asks` what its command reads when filled (two checks with the same one are one), `runnable` those with a command
    for the reader's system.
    """

    problem: Problem
    share: float
    shares: Mapping[str, float]
    closed: Collection[str] = ()
    missing: Mapping[str, int] = {}
    asks: Mapping[str, str] = {}
    runnable: Collection[str] = ()


class BestCheck(Struct, frozen=True):
    """A check worth running: what it is expected to settle, and the two causes that it separates best."""

    problem: str
    check: str
    gain: float
    separates: tuple[str, str]


def next_best(candidates: Sequence[OpenChecks]) -> BestCheck | None:
    """The open check with the best gain per cost over all `candidates`; None where no check tells causes apart.

    Checks that change something come only where no read-only one is left, and those that do not run on the reader's
    system only where no other is. Ties go to the one that needs no rights, costs less, and stands earlier.
    """
    worth: dict[str, float] = {}
    open_checks = [
        (one, name, check, gain)
        for one in candidates
        for name, check in one.problem.checks.items()
        if name not in one.closed and (gain := one.share * expected_gain(one.problem, name, check, one.shares)) > 0
    ]
    for one, name, _, gain in open_checks:
        key = one.asks.get(name) or f"{one.problem.id}/{name}"
        worth[key] = worth.get(key, 0.0) + gain
    best: tuple[tuple[float, ...], BestCheck] | None = None
    for one, name, check, _ in open_checks:
        gain = worth[one.asks.get(name) or f"{one.problem.id}/{name}"]
        if gain <= LEAST_GAIN:
            continue
        rank = (
            check.read_only,
            name in one.runnable,
            round(gain / cost_of(check, one.missing.get(name, 0)), 9),
            check.cost.privilege == "user",
            -check.cost.seconds,
        )
        if best is None or rank > best[0]:
            separated = _separated(one.shares, likelihoods(one.problem, name, check, one.shares))
            best = (rank, BestCheck(one.problem.id, name, gain, separated))
    return best[1] if best else None


def expected_gain(problem: Problem, name: str, check: Check, shares: Mapping[str, float]) -> float:
    """What the answer of a check settles on average; at least 0.

    How probable each outcome is comes from the ratios normalised over the outcomes; what it then makes of the causes
    from the ratios as they stand, as in `causes_of`.
    """
    table, declared = likelihoods(problem, name, check, shares), ratios(problem, name, check, shares)
    before = float(max(shares.values()) >= SETTLED)
    settled = left = 0.0
    for outcome in check.outcomes:
        joint = [share * table[cause][outcome] for cause, share in shares.items()]
        probable = sum(joint)
        if probable <= 0:
            continue
        odds = [share * declared[cause][outcome] for cause, share in shares.items()]
        settled += probable * (max(odds) >= SETTLED * sum(odds))
        left += probable * _entropy([p / probable for p in joint])
    drop = _entropy(shares.values()) - left if check.outcomes else 0.0
    return max(0.0, settled - before) + OF_ENTROPY * max(0.0, drop)


def cost_of(check: Check, missing: int = 0) -> float:
    """Seconds, with a fixed effort for any check; rights, risk and missing values weigh like time."""
    cost = check.cost
    rights, risk = ADMIN * (cost.privilege == "admin"), RISK * (cost.risk != "none")
    return cost.seconds + EFFORT + rights + risk + ASKING * missing


def likelihoods(problem: Problem, name: str, check: Check, causes: Iterable[str]) -> dict[str, dict[str, float]]:
    """P(outcome | cause): the declared ratios, normalised over the outcomes of the check."""
    table = ratios(problem, name, check, causes)
    totals = {cause: sum(row.values()) for cause, row in table.items()}
    return {cause: {o: value / totals[cause] for o, value in row.items()} for cause, row in table.items()}


def ratios(problem: Problem, name: str, check: Check, causes: Iterable[str]) -> dict[str, dict[str, float]]:
    """What each outcome of a check does to the odds of each cause, as declared; 1 where nothing is."""
    clues = {c.id: {clue.check: ratio(clue) for clue in c.evidence if clue.check} for c in problem.causes}
    return {c: {o: clues.get(c, {}).get(f"{name}.{o}", 1.0) for o in check.outcomes} for c in causes}


def _entropy(shares: Iterable[float]) -> float:
    return -sum(p * log(p) for p in shares if p > 0)


def _separated(shares: Mapping[str, float], table: Mapping[str, Mapping[str, float]]) -> tuple[str, str]:
    """The two most probable causes whose outcomes differ most."""
    names = [name for name in sorted(shares, key=lambda c: (-shares[c], c)) if name][:6]
    best = max(
        ((a, b) for i, a in enumerate(names) for b in names[i + 1 :]),
        key=lambda ab: shares[ab[0]] * shares[ab[1]] * _distance(table[ab[0]], table[ab[1]]),
        default=None,
    )
    return best if best else (names[0] if names else "", "")


def _distance(left: Mapping[str, float], right: Mapping[str, float]) -> float:
    return sum(abs(left[o] - right[o]) for o in left)

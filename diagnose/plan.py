"""The next best check: the largest expected drop of uncertainty among the causes, one step ahead, for its cost.

Takes the leading problems with the shares of their causes, as `Candidate`s; gives the check to run next. An outcome
tells the causes of one problem apart, so that a check of a less probable problem counts by that problem's share; one
command that asks the same for several problems (the same words with the same values) counts for all of them.
Knows nothing of how a check is shown or run.
"""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.rank import ratio

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from diagnose.model import Check, Problem

LEAST_DROP = 0.01  # nats; less is not worth anybody's time
EFFORT = 10.0  # seconds that any check costs its reader
ADMIN, RISK, ASKING = 30.0, 60.0, 20.0  # rights to get, risk to weigh, a value to find: in seconds as well


class Candidate(Struct, frozen=True):
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


class Choice(Struct, frozen=True):
    """A check worth running: the expected drop of entropy in nats, and the two causes that it separates best."""

    problem: str
    check: str
    drop: float
    separates: tuple[str, str]


def next_best(candidates: Sequence[Candidate]) -> Choice | None:
    """The open check with the best drop per cost over all `candidates`; None where no check tells causes apart.

    Checks that change something come only where no read-only one is left. Ties go to the one that needs no rights,
    runs on the reader's system, costs less, and stands earlier.
    """
    worth: dict[str, float] = {}
    open_checks = [
        (one, name, check, drop)
        for one in candidates
        for name, check in one.problem.checks.items()
        if name not in one.closed and (drop := one.share * expected_drop(one.problem, name, check, one.shares)) > 0
    ]
    for one, name, _, drop in open_checks:
        key = one.asks.get(name) or f"{one.problem.id}/{name}"
        worth[key] = worth.get(key, 0.0) + drop
    best: tuple[tuple[float, ...], Choice] | None = None
    for one, name, check, _ in open_checks:
        drop = worth[one.asks.get(name) or f"{one.problem.id}/{name}"]
        if drop <= LEAST_DROP:
            continue
        rank = (
            check.read_only,
            round(drop / cost_of(check, one.missing.get(name, 0)), 9),
            check.cost.privilege == "user",
            name in one.runnable,
            -check.cost.seconds,
        )
        if best is None or rank > best[0]:
            separated = _separated(one.shares, likelihoods(one.problem, name, check, one.shares))
            best = (rank, Choice(one.problem.id, name, drop, separated))
    return best[1] if best else None


def expected_drop(problem: Problem, name: str, check: Check, shares: Mapping[str, float]) -> float:
    """How much entropy of the causes (nats) the answer of a check takes away on average."""
    table = likelihoods(problem, name, check, shares)
    after = sum(_branch(shares, table, outcome) for outcome in check.outcomes)
    return _entropy(shares.values()) - after if check.outcomes else 0.0


def cost_of(check: Check, missing: int = 0) -> float:
    """Seconds, with a fixed effort for any check; rights, risk and missing values weigh like time."""
    cost = check.cost
    rights, risk = ADMIN * (cost.privilege == "admin"), RISK * (cost.risk != "none")
    return cost.seconds + EFFORT + rights + risk + ASKING * missing


def likelihoods(problem: Problem, name: str, check: Check, causes: Iterable[str]) -> dict[str, dict[str, float]]:
    """P(outcome | cause): the declared ratios, normalised over the outcomes of the check."""
    table: dict[str, dict[str, float]] = {}
    clues = {c.id: {clue.check: ratio(clue) for clue in c.evidence if clue.check} for c in problem.causes}
    for cause in causes:
        raw = {o: clues.get(cause, {}).get(f"{name}.{o}", 1.0) for o in check.outcomes}
        total = sum(raw.values())
        table[cause] = {o: value / total for o, value in raw.items()}
    return table


def _entropy(shares: Iterable[float]) -> float:
    return -sum(p * log(p) for p in shares if p > 0)


def _branch(shares: Mapping[str, float], table: Mapping[str, Mapping[str, float]], outcome: str) -> float:
    joint = [share * table[cause][outcome] for cause, share in shares.items()]
    total = sum(joint)
    return total * _entropy([p / total for p in joint]) if total > 0 else 0.0


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

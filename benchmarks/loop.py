"""How many checks the loop needs to reach the true cause, against a fixed and a random order.

Usage: python benchmarks/loop.py [--rounds N] [--seed N] [FOLDER ...]   (default: 400 rounds an article, the articles here)

For every article with checks: a true cause is drawn by the declared likelihoods; each check is answered with an outcome
of that cause, shown by one of its output files where there is one, read as a pasted output is. An outcome is drawn
among those that the cause declares for the check, by their ratios. Where it declares nothing there are two worlds:
`noise` draws it from the model's likelihoods (any outcome), `healthy` takes an outcome that speaks for no cause, as a
system does that is well in that respect. A round ends when the true cause leads with 90 %, or nothing is left to ask.
Prints, per order: the share of rounds that reached it, the mean number of checks and their mean cost in seconds (the
effort of a check included) over the rounds that all orders won, and over all rounds.
"""

from __future__ import annotations

import argparse
import random
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from diagnose.answer.next_check import OpenChecks, cost_of, likelihoods, next_best
from diagnose.model import PRIORS, Evidence, Place, Problem
from diagnose.rank.causes import causes_of, ratio
from kb.authoring.samples import outcome_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from kb.articles.article import Article
    from kb.store.store import Store

REACHED = 0.9
WORLDS = ("healthy", "noise")


class Round(NamedTuple):
    reached: bool
    checks: int
    cost: float


class World:
    """One article whose true cause is known: answers checks as that cause would."""

    def __init__(self, store: Store, article: Article, kind: str) -> None:
        self.store, self.problem, self.kind = store, article.problem, kind
        self.folder = Path(article.path).parent / "outputs"
        self.read: dict[Path, str] = {}

    def useful(self) -> list[str]:
        """Checks that say something about a cause: no order wastes a step on others."""
        named = {c.check.partition(".")[0] for cause in self.problem.causes for c in cause.evidence if c.check}
        return [name for name, check in self.problem.checks.items() if name in named and check.read_only]

    def answer(self, name: str, cause: str, chance: random.Random) -> str:
        """The outcome that is read from an output of the check; empty where it is unclear."""
        outcome = self._outcome(name, cause, chance)
        files = sorted((self.folder / name / outcome).glob("*.txt"))
        if not files:
            return outcome
        path = chance.choice(files)
        if path not in self.read:
            self.read[path] = outcome_of(self.store, self.problem, name, path.read_bytes())
        return self.read[path]

    def _outcome(self, name: str, cause: str, chance: random.Random) -> str:
        check = self.problem.checks[name]
        own = {
            clue.check.partition(".")[2]: ratio(clue)
            for c in self.problem.causes
            if c.id == cause
            for clue in c.evidence
            if clue.check.startswith(f"{name}.")
        }
        if not own and self.kind == "healthy":
            speaks = {
                clue.check.partition(".")[2]
                for c in self.problem.causes
                for clue in c.evidence
                if clue.check.startswith(f"{name}.") and clue.supports is not None
            }
            return chance.choice([o for o in check.outcomes if o not in speaks] or list(check.outcomes))
        weights = likelihoods(self.problem, name, check, [cause])[cause]
        if supported := {o: r for o, r in own.items() if r > 1}:
            weights = supported
        return chance.choices(list(weights), list(weights.values()))[0]


def by_plan(problem: Problem, shares: Mapping[str, float], left: Sequence[str], chance: random.Random) -> str | None:
    closed = [name for name in problem.checks if name not in left]
    choice = next_best([OpenChecks(problem=problem, share=1.0, shares=shares, closed=closed)])
    return choice.check if choice else None


def in_order(problem: Problem, shares: Mapping[str, float], left: Sequence[str], chance: random.Random) -> str | None:
    return left[0] if left else None


def at_random(problem: Problem, shares: Mapping[str, float], left: Sequence[str], chance: random.Random) -> str | None:
    return chance.choice(left) if left else None


ORDERS: dict[str, Callable[[Problem, Mapping[str, float], Sequence[str], random.Random], str | None]] = {
    "next best": by_plan,
    "fixed": in_order,
    "random": at_random,
}


def play(world: World, cause: str, order: str, chance: random.Random) -> Round:
    """One round: ask until the true cause leads with REACHED."""
    problem, left = world.problem, world.useful()
    evidence: list[Evidence] = []
    cost = 0.0
    while True:
        odds = causes_of(problem, evidence)
        lead = odds[0]
        if lead.cause is not None and lead.cause.id == cause and lead.share >= REACHED:
            return Round(True, len(world.useful()) - len(left), cost)
        shares = {o.cause.id if o.cause else "": o.share for o in odds}
        name = ORDERS[order](problem, shares, left, chance)
        if name is None:
            return Round(False, len(world.useful()) - len(left), cost)
        left.remove(name)
        cost += cost_of(problem.checks[name])
        outcome = world.answer(name, cause, chance)
        if outcome:
            at = Place(source=name, line=1)
            evidence.append(Evidence(problem=problem.id, seen=f"{name}.{outcome}", at=at, quote=outcome))


def simulate(store: Store, articles: Iterable[Article], kind: str, rounds: int, seed: int) -> dict[str, list[Round]]:
    """All rounds by order; the same causes and the same chances for every order."""
    result: dict[str, list[Round]] = defaultdict(list)
    for article in articles:
        causes = article.problem.causes
        world = World(store, article, kind)
        if len(causes) < 2 or len(world.useful()) < 2:
            continue
        for number in range(rounds):
            key = f"{seed} {article.problem.id} {number}"
            true = random.Random(key).choices([c.id for c in causes], [PRIORS[c.likelihood] for c in causes])[0]
            for order in ORDERS:
                result[order].append(play(world, true, order, random.Random(f"{key} {order}")))
    return result


def means(rounds: Sequence[Round]) -> str:
    return f"{sum(r.checks for r in rounds) / len(rounds):6.2f} {sum(r.cost for r in rounds) / len(rounds):7.0f}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="*", default=[str(ROOT / "articles")])
    parser.add_argument("--rounds", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    from kb.store.open import open_store

    with (
        tempfile.TemporaryDirectory() as cache,
        open_store([Path(folder) for folder in given.folders], Path(cache)) as store,
    ):
        articles = [store.article(name) for name in store.ids()]
        for kind in WORLDS:
            played = simulate(store, articles, kind, given.rounds, given.seed)
            won = [i for i, rounds in enumerate(zip(*played.values(), strict=True)) if all(r.reached for r in rounds)]
            print(f"{kind}: {len(played['fixed'])} rounds, {len(won)} won by all    checks seconds | all rounds")
            for order, rounds in played.items():
                reached = sum(r.reached for r in rounds) / len(rounds)
                both = [rounds[i] for i in won]
                print(f"  {order:<10} reached {reached:6.1%}   {means(both)}  | {means(rounds)}")


if __name__ == "__main__":
    main()

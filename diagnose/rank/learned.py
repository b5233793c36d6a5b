"""What resolved cases say of how likely each cause of a problem is: counts to bounded factors on declared priors.

Dirichlet counts on top of what the article declares: the declared shares weigh like WEIGHT cases, each resolved case
like one; a factor stays within BOUND either way, so that a few cases inform and never overrule. Pure: the counts come
as data (see kb.cases.resolved), the factors go into `causes.causes_of`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.model import OTHER_CAUSE_PRIOR, PRIORS, Learned

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnose.model import Problem

WEIGHT = 11.0
BOUND = 4.0


def learned_of(problem: Problem, counts: Mapping[str, int]) -> dict[str, Learned]:
    """By cause id ("": another cause) what moves its prior. `counts` are resolved cases by `ARTICLE/CAUSE`.

    `ARTICLE/` counts cases that were none of the article's causes. Empty where no case of this problem was resolved.
    """
    priors = {cause.id: PRIORS[cause.likelihood] for cause in problem.causes} | {"": OTHER_CAUSE_PRIOR}
    seen = {cause: counts.get(f"{problem.id}/{cause}", 0) for cause in priors}
    cases, total = sum(seen.values()), sum(priors.values())
    if not cases or not problem.causes:
        return {}
    shares = {cause: prior / total for cause, prior in priors.items()}
    return {
        cause: Learned(factor=_factor(share, seen[cause], cases), count=seen[cause], of=cases)
        for cause, share in shares.items()
    }


def _factor(share: float, count: int, cases: int) -> float:
    factor = (WEIGHT * share + count) / (WEIGHT + cases) / share
    return min(BOUND, max(1 / BOUND, factor))

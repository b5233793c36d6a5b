"""A cascade under its root: problems that follow from another give it most of their share."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence, Set

    from diagnose.model import Problem
    from diagnose.rank.problems import Standing


def collapsed(
    shares: Mapping[str, float], standings: Sequence[Standing], problems: Mapping[str, Problem]
) -> dict[str, float]:
    """A cascade under its root: what a problem leads to keeps little of its own share, where the problem itself was seen
    well enough to be believed alone. A long list of consequences does not outvote it."""
    result = dict(shares)
    believed = {s.problem for s in standings if s.symptom and s.score.value > 0}
    leads = _leads(problems, shares)
    for root, effect in sorted(leads, key=lambda link: (-_depth(link[0], leads), link)):
        if root in believed:
            moved = 0.8 * result[effect]
            result[effect] -= moved
            result[root] += moved
    return result


def _leads(problems: Mapping[str, Problem], shares: Mapping[str, float]) -> set[tuple[str, str]]:
    found = set()
    for name in shares:
        for link in problems[name].related:
            if link.id in shares and link.type == "leads_to":
                found.add((name, link.id))
            elif link.id in shares and link.type == "caused_by":
                found.add((link.id, name))
    return {(root, effect) for root, effect in found if root != effect and (effect, root) not in found}


def _depth(problem: str, leads: Set[tuple[str, str]], seen: frozenset[str] = frozenset()) -> int:
    """How many problems stand above `problem` in the longest cascade: the last links collapse first."""
    above = [root for root, effect in leads if effect == problem and root not in seen]
    return 1 + max((_depth(root, leads, seen | {problem}) for root in above), default=0)

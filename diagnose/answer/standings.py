"""The candidates of a text with their odds: evidence sorted by problem, lines of recognised outputs set aside, then
ranked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.model import Evidence, Span
from diagnose.rank.problems import PRESET, stand
from diagnose.retrieve.products import context_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.checks.answers import Located
    from diagnose.knowledge import Knowledge
    from diagnose.match.evidence import Matched
    from diagnose.model import Problem
    from diagnose.rank.problems import Standing
    from diagnose.rank.weights import Weights
    from diagnose.retrieve.lookup import Retrieved


def by_problem(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    result: dict[str, list[Evidence]] = {}
    for item in evidence:
        result.setdefault(item.problem, []).append(item)
    return result


def claimed_lines(outputs: Sequence[Located]) -> set[Span]:
    """Lines of recognised outputs: they answer checks, so they do not bring articles up as well."""
    return {
        Span(source=located.source, line=located.first + offset)
        for located in outputs
        for offset in range(located.output.last - located.output.first + 1)
    }


def candidates(matched: Matched, retrieved: Retrieved, base: Knowledge) -> dict[str, Problem]:
    wanted = {*retrieved.fulltext, *(c.problem for c in retrieved.covered), *(n.problem for n in retrieved.named)}
    return matched.problems | base.problems(sorted(wanted - set(matched.problems)))


def weigh(matched: Matched, retrieved: Retrieved, outputs: Sequence[Located], base: Knowledge) -> list[Standing]:
    """All candidates with their features, best first by the shipped weights: what a fit learns from."""
    problems = candidates(matched, retrieved, base)
    evidence = by_problem(matched.evidence)
    return standings_of(problems, evidence, matched, retrieved, base, PRESET, claimed_lines(outputs))


def standings_of(
    problems: dict[str, Problem],
    evidence: Mapping[str, Sequence[Evidence]],
    matched: Matched,
    retrieved: Retrieved,
    base: Knowledge,
    weights: Weights,
    claimed: set[Span],
) -> list[Standing]:
    outside = {name: [e for e in items if e.at not in claimed] for name, items in evidence.items()}
    outside = {name: items for name, items in outside.items() if items}
    seen = outside or evidence  # nothing but an output was pasted: then it is what there is to explain
    context = context_of(matched.passages, base, problems)
    return stand(problems, seen, matched.rates, retrieved, context, matched.lines, base.wordings(problems), weights)

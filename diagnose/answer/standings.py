"""The candidates of a text with their odds: evidence sorted by problem, lines of recognised outputs set aside, then
ranked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.model import Evidence, Place, Problem
from diagnose.rank.features import Observations
from diagnose.rank.problems import PRESET, stand
from diagnose.retrieve.products import context_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.checks.answers import Located
    from diagnose.gathered import Gathered
    from diagnose.knowledge import Knowledge
    from diagnose.rank.problems import Standing
    from diagnose.rank.weights import Weights


class Candidates(Struct, frozen=True):
    """The problems that compete, with their evidence; `claimed` are the lines of recognised outputs."""

    problems: dict[str, Problem]
    evidence: dict[str, list[Evidence]]
    claimed: frozenset[Place]


def candidates_of(gathered: Gathered, base: Knowledge) -> Candidates:
    """Every problem that was matched or retrieved."""
    matched, retrieved = gathered.matched, gathered.retrieved
    wanted = {*retrieved.fulltext, *(c.problem for c in retrieved.covered), *(n.problem for n in retrieved.named)}
    problems = matched.problems | base.problems(sorted(wanted - set(matched.problems)))
    return Candidates(problems, _by_problem(matched.evidence), frozenset(_claimed_lines(gathered.outputs)))


def only(candidates: Candidates, problem: Problem) -> Candidates:
    """The same with one competitor."""
    evidence = candidates.evidence.get(problem.id)
    return Candidates({problem.id: problem}, {problem.id: evidence} if evidence else {}, candidates.claimed)


def standings_of(
    candidates: Candidates, gathered: Gathered, base: Knowledge, weights: Weights = PRESET
) -> list[Standing]:
    """The candidates with their features and log-odds, best first."""
    return stand(candidates.problems, *observed_of(candidates, gathered, base), weights)


def observed_of(
    candidates: Candidates, gathered: Gathered, base: Knowledge
) -> tuple[dict[str, list[Evidence]], Observations]:
    """What was seen of the candidates: their evidence outside of outputs, and all that was retrieved."""
    outside = {
        name: [e for e in items if e.at not in candidates.claimed] for name, items in candidates.evidence.items()
    }
    outside = {name: items for name, items in outside.items() if items}
    problems = candidates.problems
    context = context_of(gathered.passages, base, problems)
    matched, wordings = gathered.matched, base.wordings(problems)
    seen = Observations(
        matched.rates, gathered.retrieved, matched.lines, wordings, context, base.document_numbers(list(problems))
    )
    return outside or candidates.evidence, seen  # nothing but an output was pasted: then it is what there is to explain


def _by_problem(evidence: Sequence[Evidence]) -> dict[str, list[Evidence]]:
    result: dict[str, list[Evidence]] = {}
    for item in evidence:
        result.setdefault(item.problem, []).append(item)
    return result


def _claimed_lines(outputs: Sequence[Located]) -> Iterator[Place]:
    """Lines of recognised outputs: they answer checks, so they do not bring articles up as well."""
    for located in outputs:
        for offset in range(located.output.last - located.output.first + 1):
            yield Place(source=located.source, line=located.first + offset)

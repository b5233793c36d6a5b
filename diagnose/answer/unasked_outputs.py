"""Outputs of checks that came without their error: whose they are, so that both are pasted together.

Takes what was pasted, the candidate problems and the base; gives `LooseOutput`s. Nothing here enters the ranking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.checks.outcomes import LONGEST_ALONE, CheckReader
from diagnose.checks.patterns import LONGEST_BLOCK
from diagnose.diagnosis import LooseAnswer, LooseOutput
from diagnose.facts import merge
from diagnose.model import Place
from diagnose.templates import filled_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.checks.answers import Located
    from diagnose.knowledge import Knowledge
    from diagnose.model import Problem
    from diagnose.scan.passages import Passage

MOST = 3
MOST_READ = 20  # outputs; more is a log, not a check
ALL_LOOKED_AT = 200  # problems; of a larger base only the candidates, so that an unknown text costs no second


def loose_outputs(
    candidates: Sequence[str], base: Knowledge, outputs: Sequence[Located], passages: Sequence[Passage], salient: bool
) -> tuple[LooseOutput, ...]:
    """At most MOST outputs and the checks that each answers, of `candidates` (best first) or of a short text of any problem.

    With `salient` lines in the text, only recognised outputs and those below their command count: patterns of outcomes may
    fit a line of any log.
    """
    tools = {
        Place(source=o.source, line=o.first): o.output.parser
        for o in outputs
        if o.output.state and not o.output.implied
    }
    answers: dict[Place, list[LooseAnswer]] = {}
    lines = sum(len(passage.lines) for passage in passages)
    short = not salient and lines <= LONGEST_ALONE
    outputs, passages = outputs[:MOST_READ], passages if lines <= LONGEST_BLOCK else ()
    every = short and base.size <= ALL_LOOKED_AT
    known = base.problems(_all(base, outputs, passages) if every else candidates)
    for problem in sorted(known.values(), key=lambda p: (_rank(candidates, p.id), p.id)):
        for answer, at in _answers(problem, outputs, passages, salient):
            answers.setdefault(at, []).append(answer)
    ordered = sorted(answers.items(), key=lambda item: (item[0].source, item[0].line))
    return tuple(
        LooseOutput(
            source=at.source, line=at.line, tool=tools.get(at, ""), answers=tuple(sorted(said, key=_open)[:MOST])
        )
        for at, said in ordered[:MOST]
        if at in tools or len(said) <= MOST  # what fits many checks is the output of none
    )


def _all(base: Knowledge, outputs: Sequence[Located], passages: Sequence[Passage]) -> Iterable[str]:
    """The problems of which something was pasted: all where an output was recognised, which answers without a pattern."""
    if outputs:
        return base.names(base.lengths()).values()
    return base.showing("\n".join(line for passage in passages for line in passage.lines))


def _answers(
    problem: Problem, outputs: Sequence[Located], passages: Sequence[Passage], salient: bool
) -> Iterator[tuple[LooseAnswer, Place]]:
    if not problem.checks:
        return
    merged = merge((), problem.params, {})
    open_params = problem.params.keys() - merged.values.keys() | merged.assumed
    named = CheckReader(problem, merged.values, outputs, assumed=open_params).named_targets()
    merged = merge(list(named), problem.params, {})
    own = frozenset() if salient else frozenset({""})
    reader = CheckReader(problem, merged.values, outputs, passages, assumed=merged.assumed, explained=own)
    for name, found in reader.answers().items():
        if found.outcome:
            title = filled_text(problem.checks[name].title, merged.values)
            yield LooseAnswer(article=problem.id, check=name, title=title, outcome=found.outcome), found.at


def _rank(candidates: Sequence[str], problem: str) -> int:
    return candidates.index(problem) if problem in candidates else len(candidates)


def _open(answer: LooseAnswer) -> int:
    """How many values the question still lacks: one about this very port stands before one about any."""
    return answer.title.count("<")

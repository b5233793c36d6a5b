"""Outputs of checks that came without their error: whose they are, so that both are pasted together.

Takes the candidate problems, best first, and what was pasted; gives `LooseOutput`s. Nothing here enters the ranking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.facts import merge
from diagnose.model import LooseAnswer, LooseOutput, Span
from diagnose.outcomes import offered, told
from diagnose.text import filled_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from diagnose.match import Passage
    from diagnose.model import Problem
    from diagnose.outcomes import Located

MOST = 3


def loose_outputs(
    problems: Iterable[Problem], outputs: Sequence[Located], passages: Sequence[Passage], salient: bool
) -> tuple[LooseOutput, ...]:
    """At most MOST outputs and the checks that each answers; with `salient` lines in the text, only recognised ones and
    those below their command: patterns of outcomes may fit a line of any log."""
    tools = {Span(source=o.source, line=o.first): o.output.parser for o in outputs if o.output.state}
    answers: dict[Span, list[LooseAnswer]] = {at: [] for at in tools}
    for problem in problems:
        merged = merge((), problem.params, {})
        named = offered(problem, merged.values, outputs, problem.params.keys() - merged.values.keys() | merged.assumed)
        merged = merge(list(named), problem.params, {})
        own = frozenset() if salient else frozenset({""})
        for name, found in told(problem, merged.values, outputs, passages, own, merged.assumed).items():
            if found.outcome:
                title = filled_text(problem.checks[name].title, merged.values)
                answer = LooseAnswer(article=problem.id, check=name, title=title, outcome=found.outcome)
                answers.setdefault(found.at, []).append(answer)
    return tuple(
        LooseOutput(
            source=at.source, line=at.line, tool=tools.get(at, ""), answers=tuple(sorted(said, key=_open)[:MOST])
        )
        for at, said in sorted(answers.items(), key=lambda item: (not item[1], item[0].source, item[0].line))[:MOST]
    )


def _open(answer: LooseAnswer) -> int:
    """How many values the question still lacks: one about this very port stands before one about any."""
    return answer.title.count("<")

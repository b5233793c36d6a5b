"""What the leading problem leaves open: other faults of the same text, and lines that look like errors and that
nothing explains.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.diagnosis import AlsoFound, Line
from diagnose.model import Place
from diagnose.rank.problems import softmax
from diagnose.scan.hits import SALIENT_REGEX

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.model import Problem
    from diagnose.rank.problems import Standing
    from diagnose.rank.weights import Weights
    from diagnose.scan.passages import Passage


UNEXPLAINED = 20
MOST_ALSO = 5
_DIGITS = str.maketrans("123456789", "0" * 9)


def also_found(
    standings: Sequence[Standing], problems: Mapping[str, Problem], weights: Weights
) -> tuple[AlsoFound, ...]:
    """Other faults of the same text: problems that explain lines which those before them do not, each judged as if the
    explained lines were not there, against unknown and the others that are left."""
    explained = set(standings[0].lines) if standings else set()
    left = list(standings[1:])
    result: list[AlsoFound] = []
    while left and len(result) < MOST_ALSO:
        left = [standing for standing in left if standing.lines - explained]
        shares, _ = softmax(left)
        best = max(left, key=lambda s: (s.score.value, s.problem), default=None)
        if best is None or shares[best.problem] < weights.likely or best.score.value <= 0:
            break
        first = min(best.lines - explained, key=lambda at: (at.source, at.line))
        title = problems[best.problem].title
        result.append(AlsoFound(article=best.problem, title=title, source=first.source, line=first.line))
        explained |= best.lines
        left.remove(best)
    return tuple(result)


def unexplained_lines(passages: Sequence[Passage], explained: set[Place]) -> tuple[Line, ...]:
    """Salient lines that no leading article explains, one of each shape, bounded."""
    import re

    salient = re.compile(SALIENT_REGEX, re.IGNORECASE)
    seen: set[str] = set()
    result: list[Line] = []
    for passage in passages:
        for index, line in enumerate(passage.lines):
            at = Place(source=passage.source, line=passage.first + index)
            shape = line[:80].translate(_DIGITS)
            if shape in seen or at in explained or not salient.search(line):
                continue
            seen.add(shape)
            if len(result) < UNEXPLAINED:
                result.append(Line(source=at.source, line=at.line, quote=passage.quotes[index].strip()[:400]))
    return tuple(result)

"""What brought a problem up that declares no symptoms, or of which none was seen: its message, a code, words of its title.

Takes a problem and what was retrieved; gives evidence without a weight for its causes, each with its place.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.diagnosis import ShownEvidence
from diagnose.scan.passages import TextLine
from diagnose.text.terms import prose

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.model import Problem
    from diagnose.retrieve.lookup import Retrieved
    from diagnose.scan.passages import Passage

MOST = 3
LEAST_WORDS = 2  # of a title on one line: a single word is chance


def found_by(problem: Problem, retrieved: Retrieved, passages: Sequence[Passage]) -> tuple[ShownEvidence, ...]:
    """The best of its known messages, the codes and names it shares with the text, else the line with most of its title."""
    first: dict[tuple[str, int], ShownEvidence] = {}
    for evidence in (*_messages(problem, retrieved), *_named(problem, retrieved)):
        first.setdefault((evidence.source, evidence.line), evidence)
    return tuple(first.values())[:MOST] or tuple(_title(problem, retrieved, passages))


def _messages(problem: Problem, retrieved: Retrieved) -> Iterator[ShownEvidence]:
    own = [covered for covered in retrieved.covered if covered.problem == problem.id]
    for covered in sorted(own, key=lambda c: -c.share * c.worth)[:MOST]:
        why = f'{covered.share:.0%} of its message "{covered.text[:60].strip()}"'.replace("%", " %", 1)
        yield _evidence("message", covered.place, why)


def _named(problem: Problem, retrieved: Retrieved) -> Iterator[ShownEvidence]:
    for named in retrieved.named:
        if named.problem == problem.id:
            kind, _, term = named.term.partition(":")
            yield _evidence(kind, named.place, f"{kind} {term} is in the article")


def _title(problem: Problem, retrieved: Retrieved, passages: Sequence[Passage]) -> list[ShownEvidence]:
    titled = {stem: word for word in re.findall(r"[\w-]+", problem.title) for stem in prose(word)}
    stems = frozenset(titled)
    best, found = 0.0, list[ShownEvidence]()
    for passage in passages:
        for index, line in enumerate(passage.lines):
            shared = stems & retrieved.words[line]
            if len(shared) < LEAST_WORDS:
                continue
            worth = sum(retrieved.rarity.get(stem, 0.0) for stem in titled if stem in shared)
            if worth > best:
                words = dict.fromkeys(word for stem, word in titled.items() if stem in shared)
                place = TextLine(passage.source, passage.first + index, passage.quotes[index])
                best, found = worth, [_evidence("title", place, f"words of its title: {', '.join(words)}")]
    return found


def _evidence(signal: str, place: TextLine, why: str) -> ShownEvidence:
    return ShownEvidence(
        signal=signal,
        supports=True,
        weight=0.0,
        source=place.source,
        line=place.line,
        quote=place.text.strip()[:400],
        why=why,
    )

"""`kb test --fires`: whose symptoms are seen on whose samples, before any ranking; and who leads there after it.

An article fires on a text that shows one of its symptoms which no other symptom is made of: of a rule with three terms
the rule, not one of its terms. An edge module: it reads the samples.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.pipeline import evidence
from kb.authoring.samples import diagnosis_of
from kb.safe_files import read

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.model import Problem
    from kb.articles.article import Article
    from kb.store.store import Store


class Firing(Struct, frozen=True):
    """One symptom sample of `article`: whether it fires there, which others do, and which leads the ranking."""

    path: str
    article: str
    own: bool
    others: tuple[str, ...]
    leader: str

    def __str__(self) -> str:
        own = "fires" if self.own else "does not fire"
        also = f"; also {', '.join(self.others)}" if self.others else ""
        leads = "" if self.leader == self.article else f"; {self.leader or 'nothing'} leads"
        return f"{self.path}: {self.article} {own}{also}{leads}"


def firings(store: Store, articles: Iterable[Article]) -> Iterator[Firing]:
    """Every sample in samples/symptom of `articles` against the whole base."""
    for article in articles:
        for path in sorted((Path(article.path).parent / "samples" / "symptom").glob("*.txt")):
            fired = fires(store, read(path))
            found = diagnosis_of(store, path).articles
            name = article.problem.id
            yield Firing(str(path), name, name in fired, tuple(sorted(fired - {name})), found[0].id if found else "")


def fires(store: Store, data: bytes) -> frozenset[str]:
    """Ids of the articles that fire on a text."""
    matched = evidence(data, store).matched
    leading = {name: leading_symptoms(problem) for name, problem in matched.problems.items()}
    return frozenset(e.problem for e in matched.evidence if e.seen in leading[e.problem])


def leading_symptoms(problem: Problem) -> frozenset[str]:
    """The symptoms that no other symptom is made of, at any depth."""
    inside: set[str] = set()
    waiting = [member for name in problem.symptoms for member in problem.signals[name].members]
    while waiting:
        name = waiting.pop()
        if name not in inside:
            inside.add(name)
            waiting += problem.signals[name].members
    return frozenset(problem.symptoms) - inside

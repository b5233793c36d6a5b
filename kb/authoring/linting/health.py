"""`kb lint --health`: how a base is, one row an article, and the sums below.

Takes the store and its articles, gives rows of figures. An edge module: it reads what lies beside the articles.
"""

from __future__ import annotations

from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from kb.articles.review import changed, review_of
from kb.authoring.linting.base import same_symptoms
from kb.authoring.linting.beside import made_of, outputs_of
from kb.library.listing import libraries

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from diagnose.model import Problem, RootCause
    from kb.articles.article import Article
    from kb.store.store import Store


class Health(Struct, frozen=True, kw_only=True):
    """`reading` is the verdict of the second reading, `age` the days since it or, without one, since the last change; None where no
    day is known. `collisions` are symptoms that another article looks for too, without a link; `alike` causes for and against
    which the same speaks; `unrecorded` checks without any output, `rebuilt` those whose outputs no real run printed."""

    article: str
    status: str
    reading: str
    age: int | None
    samples: int
    outputs: int
    collisions: int
    alike: int
    checks: int
    unrecorded: int
    rebuilt: int


def health(store: Store, articles: Sequence[Article], today: date) -> list[Health]:
    shared = Counter(fault.path for fault in same_symptoms(store, articles))
    made = _made_in_libraries(store)
    return [_row(article, shared[article.path], made, today) for article in articles]


def _row(article: Article, collisions: int, made: Mapping[str, Mapping[str, str]], today: date) -> Health:
    problem, review = article.problem, review_of(article)
    recorded = {name: outputs_of(article, name) for name in problem.checks}
    real = _really_run(article, made)
    return Health(
        article=problem.id,
        status=problem.status,
        reading=review.verdict if review else "",
        age=_days(review.date if review else changed(article), today),
        samples=len(list((Path(article.path).parent / "samples").rglob("*.txt"))),
        outputs=sum(len(paths) for paths in recorded.values()),
        collisions=collisions,
        alike=sum(alike(problem).values()),
        checks=len(problem.checks),
        unrecorded=sum(not paths for paths in recorded.values()),
        rebuilt=sum(bool(paths) and name not in real for name, paths in recorded.items()),
    )


def _days(day: str, today: date) -> int | None:
    try:
        return (today - date.fromisoformat(day)).days
    except ValueError:
        return None


def alike(problem: Problem) -> Counter[Hashable]:
    """How many causes have the very same evidence, for each evidence that several have; a cause without any is one too."""
    count = Counter(_told_by(cause) for cause in problem.causes)
    return Counter({key: times for key, times in count.items() if times > 1 or not any(key)})


def _told_by(cause: RootCause) -> tuple[frozenset[Hashable], ...]:
    clues = frozenset((clue.signal, clue.check, clue.supports is not None) for clue in cause.evidence)
    return (clues, frozenset(cause.requires.items()), frozenset(cause.excludes.items()))


def _made_in_libraries(store: Store) -> dict[str, Mapping[str, str]]:
    """How the outputs of each check of the libraries were made, by the path of its file."""
    checks = ((found, file) for found in libraries(store.roots) for file in found.all() if file.kind == "check")
    return {entry.path: entry.made for entry in (found.check(file.name) for found, file in checks)}


def _really_run(article: Article, made: Mapping[str, Mapping[str, str]]) -> set[str]:
    """The checks of which an output was printed by a real run, beside the article or in the library."""
    own = {path.split("/")[0] for path, how in made_of(article).items() if _recorded(how)}
    used = (use for use in article.uses if use.kind == "check")
    return own | {use.part for use in used if any(_recorded(how) for how in made.get(use.path, {}).values())}


def _recorded(how: str) -> bool:
    return how.lower().startswith("yes")


def table(rows: Iterable[Health]) -> list[str]:
    """The rows as lines of text, with the sums as the last."""
    fields = Health.__struct_fields__
    cells = [[_cell(getattr(row, field)) for field in fields] for row in rows]
    sums = [str(sum(int(row[i]) for row in cells)) if field in _SUMMED else "" for i, field in enumerate(fields)]
    lines = [list(fields), *cells, [f"{len(cells)} articles", *sums[1:]]]
    widths = [max(len(line[i]) for line in lines) for i in range(len(fields))]
    return [
        "  ".join(_padded(cell, width, i) for i, (cell, width) in enumerate(zip(line, widths, strict=True))).rstrip()
        for line in lines
    ]


_SUMMED = ("samples", "outputs", "collisions", "alike", "checks", "unrecorded", "rebuilt")


def _cell(value: str | int | None) -> str:
    return "-" if value in ("", None) else str(value)


def _padded(cell: str, width: int, place: int) -> str:
    return cell.ljust(width) if place < 3 else cell.rjust(width)

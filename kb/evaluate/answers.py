"""Cases to Answers: each text diagnosed once, in several processes where asked. An edge module: it starts processes.

The order of the answers is that of the cases, whatever the number of processes.
"""

from __future__ import annotations

from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.pipeline import diagnose
from diagnose.sources import STDIN, open_inputs
from kb.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diagnose.model import Diagnosis
    from kb.evaluate.cases import Case
    from kb.store import Store

KEPT = 10
SHARD = 8


class Answer(Struct, frozen=True):
    """What a base said of a case: the KEPT best articles with their probabilities, the best causes, the verdict."""

    id: str
    kind: str
    expect: tuple[str, ...]
    acceptable: tuple[str, ...]
    articles: tuple[tuple[str, float], ...]
    causes: tuple[str, ...]
    verdict: str
    unknown: float

    @property
    def confidence(self) -> float:
        return self.articles[0][1] if self.articles else 0.0


def answer(case: Case, base: Store) -> Answer:
    """Diagnose the text of `case`."""
    said = diagnosis_of(case, base)
    return Answer(
        id=case.id,
        kind=case.kind,
        expect=tuple(name.lower() for name in case.expect),
        acceptable=tuple(name.lower() for name in case.acceptable),
        articles=tuple((article.id, article.probability) for article in said.articles[:KEPT]),
        causes=tuple(cause.id for cause in said.causes[:KEPT]),
        verdict=said.verdict,
        unknown=said.unknown,
    )


def diagnosis_of(case: Case, base: Store) -> Diagnosis:
    return diagnose(open_inputs([STDIN], BytesIO(case.text.encode("utf-8", "surrogateescape"))), base)


def answers(
    cases: Sequence[Case],
    base: Store,
    cache: Path | None,
    jobs: int = 1,
    told: Callable[[int], None] = lambda done: None,
) -> tuple[Answer, ...]:
    """One answer a case, in their order. `told` gets the number of cases done so far."""
    result: list[Answer] = []
    if jobs <= 1 or len(cases) <= SHARD:
        for case in cases:
            result.append(answer(case, base))
            told(len(result))
        return tuple(result)
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    shards = [cases[start : start + SHARD] for start in range(0, len(cases), SHARD)]
    roots = [str(root) for root in base.roots]
    # spawn: the only way of starting that all platforms share, and no thread of this process is copied.
    with ProcessPoolExecutor(
        min(jobs, len(shards)), get_context("spawn"), _open, (roots, str(cache) if cache else "")
    ) as pool:
        for shard in pool.map(_shard, shards):
            result += shard
            told(len(result))
    return tuple(result)


_OPENED: list[Store] = []  # of a worker process: the one base that it answers from


def _open(roots: list[str], cache: str) -> None:
    _OPENED.append(open_store([Path(root) for root in roots], Path(cache) if cache else None))


def _shard(cases: Sequence[Case]) -> list[Answer]:
    return [answer(case, _OPENED[0]) for case in cases]

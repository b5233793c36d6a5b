"""Cases to Answers: each text diagnosed once, in several processes where asked. An edge module: it starts processes.

The order of the answers is that of the cases, whatever the number of processes.
"""

from __future__ import annotations

import atexit
from functools import partial
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from diagnose.answer.standings import candidates_of, standings_of
from diagnose.errors import KbError
from diagnose.inputs.sources import STDIN, open_inputs
from diagnose.pipeline import diagnose, gather
from kb.evaluate.answer import KEPT, ScoredAnswer
from kb.evaluate.cases import MOST
from kb.safe_files import read
from kb.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diagnose.diagnosis import Diagnosis
    from diagnose.inputs.sources import InputError, Source
    from kb.evaluate.cases import LabelledCase
    from kb.evaluate.choice import LabelledChoice
    from kb.store.store import Store

T = TypeVar("T")
SHARD = 8


def answer(case: LabelledCase, base: Store) -> ScoredAnswer:
    """Diagnose the text of `case`."""
    said = diagnosis_of(case, base)
    return ScoredAnswer(
        id=case.id,
        kind=case.kind,
        expect=tuple(name.lower() for name in case.expect),
        acceptable=tuple(name.lower() for name in case.acceptable),
        articles=tuple((article.id, article.probability) for article in said.articles[:KEPT]),
        causes=tuple(cause.id for cause in said.causes[:KEPT]),
        verdict=said.verdict,
        unknown=said.unknown,
    )


def diagnosis_of(case: LabelledCase, base: Store) -> Diagnosis:
    return diagnose(_sources(case), base)


def _sources(case: LabelledCase) -> Iterator[Source | InputError]:
    return open_inputs([STDIN], BytesIO(case.text.encode("utf-8", "surrogateescape")))


class _Earlier(Struct, frozen=True):
    answers: tuple[ScoredAnswer, ...]


def earlier(path: str) -> tuple[ScoredAnswer, ...]:
    """The answers in a file that `kb eval --format json` wrote."""
    import msgspec

    try:
        return msgspec.json.decode(read(path, MOST), type=_Earlier).answers
    except OSError as error:
        raise KbError(path, error.strerror or str(error), "name a base or an earlier result") from None
    except msgspec.MsgspecError as error:
        raise KbError(path, f"no result of kb eval: {error}", "write one with kb eval --format json") from None


def choice(base_name: str, case: LabelledCase, base: Store) -> LabelledChoice:
    """The candidates of `case` with their features, as a fit takes them."""
    from diagnose.rank.features import FEATURES
    from kb.evaluate.choice import LabelledChoice

    gathered = gather(_sources(case), base)
    standings = standings_of(candidates_of(gathered, base), gathered, base)
    return LabelledChoice(
        base=base_name,
        id=case.id,
        kind=case.kind,
        expect=tuple(name.partition("/")[0].lower() for name in case.expect),
        acceptable=tuple(name.partition("/")[0].lower() for name in case.acceptable),
        candidates=tuple((s.problem, tuple(getattr(s.features, name) for name in FEATURES)) for s in standings),
    )


def answers(
    cases: Sequence[LabelledCase],
    base: Store,
    cache: Path | None,
    jobs: int = 1,
    told: Callable[[int], None] = lambda done: None,
) -> tuple[ScoredAnswer, ...]:
    """One answer a case, in their order. `told` gets the number of cases done so far."""
    return tuple(_mapped(answer, _answers, cases, base, cache, jobs, told))


def choices(
    cases: Sequence[LabelledCase],
    base: Store,
    cache: Path | None,
    jobs: int = 1,
    told: Callable[[int], None] = lambda done: None,
) -> tuple[LabelledChoice, ...]:
    """One choice a case, in their order."""
    name = str(base.roots[0].name) if base.roots else ""
    return tuple(_mapped(partial(choice, name), partial(_choices, name), cases, base, cache, jobs, told))


def _mapped(
    one: Callable[[LabelledCase, Store], T],
    many: Callable[[Sequence[LabelledCase]], list[T]],
    cases: Sequence[LabelledCase],
    base: Store,
    cache: Path | None,
    jobs: int,
    told: Callable[[int], None],
) -> list[T]:
    """`one` of every case here, or `many` of shards in worker processes that open the base themselves."""
    result: list[T] = []
    if jobs <= 1 or len(cases) <= SHARD:
        for case in cases:
            result.append(one(case, base))
            told(len(result))
        return result
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    shards = [cases[start : start + SHARD] for start in range(0, len(cases), SHARD)]
    roots = [str(root) for root in base.roots]
    # spawn: the only way of starting that all platforms share, and no thread of this process is copied.
    with ProcessPoolExecutor(
        min(jobs, len(shards)), get_context("spawn"), _open, (roots, str(cache) if cache else "")
    ) as pool:
        for shard in pool.map(many, shards):
            result += shard
            told(len(result))
    return result


_OPENED: list[Store] = []  # of a worker process: the one base that it answers from


def _open(roots: list[str], cache: str) -> None:
    store = open_store([Path(root) for root in roots], Path(cache) if cache else None)
    atexit.register(store.close)
    _OPENED.append(store)


def _answers(cases: Sequence[LabelledCase]) -> list[ScoredAnswer]:
    return [answer(case, _OPENED[0]) for case in cases]


def _choices(base_name: str, cases: Sequence[LabelledCase]) -> list[LabelledChoice]:
    return [choice(base_name, case, _OPENED[0]) for case in cases]

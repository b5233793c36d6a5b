"""Cases to Answers: each text diagnosed once, in several processes where asked. An edge module: it starts processes.

The order of the answers is that of the cases, whatever the number of processes.
"""

from __future__ import annotations

import atexit
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from msgspec import Struct

from diagnose.answer.standings import candidates_of, standings_of
from diagnose.errors import KbError
from diagnose.pipeline import diagnose, gather, paste
from kb.catalogs import in_use
from kb.evaluate.answer import KEPT, ScoredAnswer
from kb.evaluate.cases import MOST
from kb.evaluate.methods import ranked
from kb.evaluate.seen import digest, was_fitted
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
Asked = TypeVar("Asked")
SHARD = 8


def scored_answer(case: LabelledCase, base: Store) -> ScoredAnswer:
    """Diagnose the text of `case`."""
    said = labelled_diagnosis(case, base)
    return ScoredAnswer(
        id=case.id,
        kind=case.kind,
        expect=tuple(name.lower() for name in case.expect),
        acceptable=tuple(name.lower() for name in case.acceptable),
        articles=tuple((article.id, article.probability) for article in said.articles[:KEPT]),
        causes=tuple(cause.id for cause in said.causes[:KEPT]),
        verdict=said.verdict,
        unknown=said.unknown,
        fitted=was_fitted(case.text),
        unread=tuple(f"{case.file or case.id}: {one.reason}" for one in said.skipped),
    )


def simple_answers(method: str, case: LabelledCase, base: Store) -> ScoredAnswer:
    """What a simple method alone says of `case`; its numbers are no probabilities."""
    retrieved = gather(_sources(case), base).retrieved
    return ScoredAnswer(
        id=case.id,
        kind=case.kind,
        expect=tuple(name.lower() for name in case.expect),
        acceptable=tuple(name.lower() for name in case.acceptable),
        articles=tuple(ranked(method, retrieved)[:KEPT]),
        causes=(),
        verdict="possible",
        unknown=0.0,
        fitted=was_fitted(case.text),
    )


def labelled_diagnosis(case: LabelledCase, base: Store) -> Diagnosis:
    return diagnose(_sources(case), base)


def _sources(case: LabelledCase) -> Iterator[Source | InputError]:
    return paste(case.text)


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
        source=case.source,
        digest=digest(case.text),
    )


def answers(
    cases: Sequence[LabelledCase],
    base: Store,
    cache: Path | None,
    jobs: int = 1,
    told: Callable[[int], None] = lambda done: None,
) -> tuple[ScoredAnswer, ...]:
    """One answer a case, in their order. `told` gets the number of cases done so far."""
    return tuple(spread(scored_answer, cases, base, cache, jobs, told))


def choices(
    cases: Sequence[LabelledCase],
    base: Store,
    cache: Path | None,
    jobs: int = 1,
    told: Callable[[int], None] = lambda done: None,
) -> tuple[LabelledChoice, ...]:
    """One choice a case, in their order."""
    name = str(base.roots[0].name) if base.roots else ""
    return tuple(spread(partial(choice, name), cases, base, cache, jobs, told))


def spread(
    one: Callable[[Asked, Store], T],
    asked: Sequence[Asked],
    base: Store,
    cache: Path | None,
    jobs: int = 1,
    told: Callable[[int], None] = lambda done: None,
    shard: int = SHARD,
) -> list[T]:
    """`one` of everything `asked`, in its order: here, or in worker processes that open the base themselves and take `shard`
    of them at a time."""
    result: list[T] = []
    if jobs <= 1 or len(asked) <= shard:
        for item in asked:
            result.append(one(item, base))
            told(len(result))
        return result
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    shards = [asked[start : start + shard] for start in range(0, len(asked), shard)]
    roots = [str(root) for root in base.roots]
    # spawn: the only way of starting that all platforms share, and no thread of this process is copied.
    with ProcessPoolExecutor(
        min(jobs, len(shards)), get_context("spawn"), _open, (roots, str(cache) if cache else "")
    ) as pool:
        for done in pool.map(partial(_shard, one), shards):
            result += done
            told(len(result))
    return result


_OPENED: list[Store] = []  # of a worker process: the one base that it answers from


def _open(roots: list[str], cache: str) -> None:
    store = open_store([Path(root) for root in roots], Path(cache) if cache else None)
    store.catalog = in_use()
    atexit.register(store.close)
    _OPENED.append(store)


def _shard(one: Callable[[Asked, Store], T], asked: Sequence[Asked]) -> list[T]:
    return [one(item, _OPENED[0]) for item in asked]

"""One case to its answer, in a process of its own: opened once with a base, then asked case by case."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.options import Options

if TYPE_CHECKING:
    from pathlib import Path

    from kb.store.store import Store


class Work(Struct, frozen=True, kw_only=True):
    """What every worker needs: the folders of the base and the digest that they must have, how to ask and to show."""

    bases: tuple[Path, ...]
    cache: Path | None
    digest: str
    version: str
    options: Options
    max_bytes: int = 0
    raw: bool = False


class Answer(Struct, frozen=True, kw_only=True):
    """A line of answers.jsonl. `error` says why there is no diagnosis."""

    case: str
    seconds: float
    diagnosis: Any = None
    error: str = ""


_opened: list[tuple[Work, Store]] = []


def begin(work: Work) -> None:
    """Called once in a new process. The keyboard is the parent's: it ends its children itself, and they end with it."""
    import signal
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    _store(work)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its children; they would wait for work for ever."""
    import os
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


def answer(work: Work, case: str, name: str) -> tuple[str, str]:
    """The answer of `case` under `name` as a line of JSON, and how it went: `answered`, or `failed` where nothing can be said."""
    from diagnose.errors import KbError
    from diagnose.text.sanitize import json_text
    from kb.ask import ask
    from kb.remote.opened import open_named

    start = time.monotonic()
    try:
        diagnosis = ask(open_named([case], limit=work.max_bytes), _store(work), work.options, raw=work.raw)
    except KbError as error:
        return failed(name, str(error), time.monotonic() - start), "failed"
    made = Answer(case=name, seconds=round(time.monotonic() - start, 3), diagnosis=diagnosis)
    return json_text(made, indent=-1), "answered"


def failed(case: str, error: str, seconds: float = 0.0) -> str:
    """The line of a case without an answer."""
    from diagnose.text.sanitize import json_text

    return json_text(Answer(case=case, seconds=round(seconds, 3), error=error), indent=-1)


def _store(work: Work) -> Store:
    """The store of `work`, opened once; KbError where its articles are not those that were asked about."""
    if not _opened or _opened[-1][0].digest != work.digest:
        from diagnose.errors import KbError
        from kb.store.open import open_store

        store = open_store(work.bases, work.cache)
        if (store.version, store.documents_digest) != (work.version, work.digest):
            raise KbError(
                "a worker", "has other articles or another version of kb", "install the same on every machine"
            )
        _opened[:] = [(work, store)]
    return _opened[-1][1]

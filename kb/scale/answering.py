"""One case to its answer, in a process of its own: opened once with a base, then asked case by case."""

from __future__ import annotations

import time
from threading import local
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.errors import KbError, bug_in
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
    # Of workers of other machines: the folder that relative names are below, and the Python that they must have.
    folder: str = ""
    python: str = ""

    def asked(self) -> str:
        """What answers and parts depend on besides the base; the present is not among it."""
        from msgspec.structs import replace

        from diagnose.timestamps.of_hits import When

        setup = replace(self.options.setup, progress=None, when=When(0.0, self.options.setup.when.zone))
        return repr((replace(self.options, setup=setup), self.max_bytes, self.raw))


class Answer(Struct, frozen=True, kw_only=True):
    """A line of answers.jsonl. `error` says why there is no diagnosis."""

    case: str
    seconds: float
    diagnosis: Any = None
    error: str = ""


class _Opened(local):
    """The store that a thread has open, and its digest."""

    digest = ""
    store: Store | None = None

    def close(self) -> None:
        if self.store is not None:
            self.store.close()
        self.store, self.digest = None, ""


_opened = _Opened()
_carried: dict[str, bytes] = {}  # bases that came with the work, the last ones
MOST_CARRIED = 2


def begin(work: Work) -> None:
    """Called once in a new process. The keyboard is the parent's: it ends its children itself, and they end with it."""
    import signal
    from threading import Thread

    signal.signal(signal.SIGINT, signal.SIG_IGN)
    Thread(target=_end_with_parent, daemon=True).start()
    store_of(work)


def _end_with_parent() -> None:
    """A parent that was killed cannot end its children; they would wait for work for ever."""
    import os
    from multiprocessing import parent_process

    if parent := parent_process():
        parent.join()
        os._exit(1)


def answer(work: Work, case: str, name: str) -> tuple[str, str]:
    """The answer of `case` under `name` as a line of JSON, and how it went: `answered`, or `failed` where nothing can be said."""
    from diagnose.text.sanitize import json_text
    from kb.ask import ask
    from kb.remote.opened import open_named
    from kb.scale.items import seen_from

    start = time.monotonic()
    store = store_of(work)
    try:
        sources = (
            seen_from(work.folder, case, work.max_bytes) if work.folder else open_named([case], limit=work.max_bytes)
        )
        diagnosis = ask(sources, store, work.options, raw=work.raw)
    except KbError as error:
        return failed(name, str(error), time.monotonic() - start), "failed"
    except MemoryError:
        raise  # tried again alone
    except Exception as error:  # of thousands of cases, the others are answered all the same
        return failed(name, bug_in(error), time.monotonic() - start), "failed"
    if diagnosis.skipped and not any(read.bytes for read in diagnosis.inputs):
        first = diagnosis.skipped[0]  # nothing was read: not the same as nothing known
        return failed(name, f"{first.path}: {first.reason}", time.monotonic() - start), "failed"
    made = Answer(case=name, seconds=round(time.monotonic() - start, 3), diagnosis=diagnosis)
    return json_text(made, indent=-1), "answered"


def failed(case: str, error: str, seconds: float = 0.0) -> str:
    """The line of a case without an answer."""
    from diagnose.text.sanitize import json_text

    return json_text(Answer(case=case, seconds=round(seconds, 3), error=error), indent=-1)


def carry(digest: str, data: bytes) -> None:
    """Keep a base for all threads of this process that work for it."""
    _carried[digest] = data
    for old in list(_carried)[:-MOST_CARRIED]:
        del _carried[old]


def store_of(work: Work) -> Store:
    """The store of `work`, opened once a thread; KbError where it is not what was asked about."""
    if _opened.store is None or _opened.digest != work.digest:
        _check_version(work)
        _opened.close()
        _opened.store, _opened.digest = _open(work), work.digest
    return _opened.store


def _open(work: Work) -> Store:
    if data := _carried.get(work.digest):
        from kb.store.carried import arrived

        store = arrived(data)
    else:
        from kb.store.open import open_store

        store = open_store(work.bases, work.cache)
    if store.documents_digest != work.digest:
        store.close()
        raise KbError("a worker", "has other articles", "install the same on every machine")
    return store


def _check_version(work: Work) -> None:
    """KbError where this process runs another kb or Python than whoever asks."""
    import platform

    from kb import __version__

    if work.version != __version__:
        what = f"has kb {__version__}, not {work.version}"
    elif work.python and not platform.python_version().startswith(work.python + "."):
        what = f"has Python {platform.python_version()}, not {work.python}"
    else:
        return
    raise KbError(f"a worker on {platform.node()}", what, "install the same on every machine")

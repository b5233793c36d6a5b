"""kb from Python: open a base, diagnose texts and files, search, read articles (docs/python-api.md).

Works as the command line does: the same base unless another is named, secrets in quotes replaced unless `raw`. Faults of
what is given are `KbError`s that say where, what and the way out.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.options import Options
from kb.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Iterable

    from diagnose.diagnosis import Diagnosis
    from diagnose.errors import InputError
    from diagnose.inputs.sources import Source
    from kb.articles.article import Article
    from kb.search.index import SearchHit
    from kb.store.store import Store

__all__ = ["diagnose", "open_base", "search", "show"]


def open_base(*folders: str | os.PathLike[str], cache: bool = True) -> Store:
    """The articles below `folders`; without one those that ship and the user's own. Close it, or use it with `with`.

    With `cache` false nothing is written: the base is read into memory.
    """
    from kb.catalogs import in_use
    from kb.folders import cache_dir, default_bases

    roots = tuple(Path(folder) for folder in folders) or default_bases()
    store = open_store(roots, cache_dir() if cache else None)
    store.catalog = in_use()
    return store


def diagnose(
    *texts: str | bytes,
    files: Iterable[str | os.PathLike[str]] = (),
    base: Store | None = None,
    options: Options | None = None,
    raw: bool = False,
) -> Diagnosis:
    """Rank the root causes behind pasted `texts` and `files` (folders and archives too), all of them one case."""
    from kb.ask import ask

    if base is not None:
        return ask(_sources(texts, files), base, options or Options(), raw=raw)
    with open_base() as opened:
        return ask(_sources(texts, files), opened, options or Options(), raw=raw)


def search(query: str, *, base: Store | None = None, limit: int = 10) -> tuple[SearchHit, ...]:
    """The articles that `query` finds, best first; its language is that of `kb search`."""
    from kb.search.index import open_index

    if base is None:
        with open_base() as opened:
            return search(query, base=opened, limit=limit)
    with open_index(base.digests, base.documents, base.search_dir) as index:
        return index.search(query, limit).hits


def show(name: str, *, base: Store | None = None) -> Article:
    """The article of that id; KbError with the nearest ids where there is none."""
    if base is None:
        with open_base() as opened:
            return opened.article(name)
    return base.article(name)


def _sources(texts: Iterable[str | bytes], files: Iterable[str | os.PathLike[str]]) -> Iterable[Source | InputError]:
    from diagnose.pipeline import paste
    from kb.remote.opened import open_named

    for text in texts:
        yield from paste(text)
    if names := [os.fspath(file) for file in files]:
        yield from open_named(names)

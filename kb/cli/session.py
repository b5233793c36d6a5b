"""What all commands share: the folders of the base in use, opened when first needed."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kb.cli.output import tell

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    from kb.articles.article import Article
    from kb.store.open import Building
    from kb.store.store import Store


class Session:
    """What all commands share: the folders of the base in use, opened when first needed, closed after the command."""

    def __init__(self) -> None:
        self.named: list[str] = []
        self.strict_sweep = False
        self._opened: list[Store] = []

    @property
    def bases(self) -> tuple[Path, ...]:
        """The folders named with --kb, KB_PATH or the settings; else the shipped articles and the user's own.

        A folder named as +DIR is added to those.
        """
        from kb.folders import shipped_articles, user_articles

        named, _ = self.named_bases
        instead = [Path(part) for part in named if not part.startswith("+")]
        added = [Path(part[1:]) for part in named if part.startswith("+")]
        own = user_articles()
        usual = [shipped_articles(), *([own] if own else [])]
        return (*(instead or usual), *added)

    @property
    def named_bases(self) -> tuple[Sequence[str], str]:
        """What names the folders of the base, and where it was said; both empty where nothing does."""
        from kb.settings import settings, settings_path

        if self.named:
            return self.named, "--kb"
        if parts := [part for part in os.environ.get("KB_PATH", "").split(os.pathsep) if part]:
            return parts, "KB_PATH"
        path = settings_path()
        if path and (bases := settings().bases(path.parent)):
            return bases, str(path)
        return (), ""

    @property
    def cache(self) -> Path | None:
        from kb.folders import cache_dir

        return cache_dir()

    def store(self, *, warn: bool = True, quiet: bool = False, scans: bool = True) -> Store:
        """The store of the base in use; faults of its articles are told on standard error, and, unless `quiet`, that it
        takes a while. Without `scans` it is for reading, not for looking through texts."""
        from kb.catalogs import in_use

        store = self.opened(self.bases, None if quiet else _building, scans=scans)
        store.catalog = in_use()
        if warn:
            for fault in store.faults():
                if fault.severity == "error":
                    tell(f"{fault}; article left out")
        return store

    def chosen(self, names: Sequence[str], *, warn: bool = True) -> tuple[Store, list[Article]]:
        """The store, and its articles: of `names`, folders are the base in use and ids choose among it; all without."""
        folders = [name for name in names if os.path.isdir(name)]
        self.named.extend(folders)
        store = self.store(warn=warn)
        ids = [name for name in names if name not in folders]
        return store, [store.article(name) for name in ids or store.ids()]

    def opened(self, bases: Sequence[Path], building: Building | None = None, *, scans: bool = True) -> Store:
        """The store of `bases`, closed with the session."""
        from kb.store.open import open_store

        store = open_store(bases, self.cache, note=tell, building=building, strict=self.strict_sweep, scans=scans)
        self._opened.append(store)
        return store

    def close(self) -> None:
        while self._opened:
            self._opened.pop().close()


def _building(count: int) -> AbstractContextManager[None]:
    from kb.cli.progress import told_late

    return told_late(f"building the index of {count} new or changed articles; the next call finds it ready")


def _name_base(context: click.Context, parameter: click.Parameter, value: tuple[str, ...]) -> None:
    if value:
        context.ensure_object(Session).named.extend(value)


def base_option() -> click.Option:
    """`--kb DIR`, understood before and after every command."""
    return click.Option(
        ["--kb"],
        multiple=True,
        metavar="DIR",
        expose_value=False,
        callback=_name_base,
        is_eager=True,
        help="Use the articles below DIR instead of those that ship, +DIR: besides them (repeatable; also KB_PATH).",
    )

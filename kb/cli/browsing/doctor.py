"""`kb doctor`: versions, engines and the state of the cache."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING

import click

from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGES = ("click", "hyperscan", "Whoosh", "Markdown", "PyYAML", "msgspec", "nh3")


@click.command()
@click.option("--deep", is_flag=True, help="Compare every byte of the derived files and every article with them.")
@click.pass_obj
def command(session: Session, deep: bool) -> int:
    """Show versions, the matching engine, the articles in use and the state of the cache.

    Status: 0, with --deep 1 where something is not as it was written; it is made again.
    """
    from importlib.metadata import PackageNotFoundError, version

    from diagnose.scan.patterns import engine
    from kb import __version__

    click.echo(f"kb          {__version__}")
    click.echo(f"python      {platform.python_version()} on {sys.platform}")
    if sys.version_info < (3, 11, 8):
        click.echo("            older than 3.11.8: update it when you can, archives are read more safely there")
    for name in PACKAGES:
        try:
            click.echo(f"{name:<11} {version(name)}")
        except PackageNotFoundError:
            click.echo(f"{name:<11} not installed")
    click.echo(f"engine      {engine()}")
    damage = _damage(session) if deep else []
    store = session.store(warn=False)
    named, by = session.named_bases
    for base in session.bases:
        click.echo(f"articles    {base}{f' (named by {by})' if named else ''}")
    click.echo(f"cache       {session.cache or 'none: results come from memory'}")
    click.echo(f"indexed     {store.size} articles, {len(store.faults())} faults (kb lint shows them)")
    for line in _catalogs():
        click.echo(line)
    for line in _in_force():
        click.echo(line)
    for line in damage:
        click.echo(f"damage      {line}; made again")
    if deep:
        click.echo(f"checked     {len(damage)} of the derived files and articles are not as they were written")
    return 1 if damage else 0


def _catalogs() -> Iterator[str]:
    """The message catalogues that were taken in, or how to take in those of the reader's language."""
    from kb.catalogs import in_use
    from kb.catalogs.machine import language, on_machine

    if catalog := in_use():
        sources = catalog.sources()
        catalog.close()
        languages = ", ".join(sorted({source.language for source in sources} - {""})) or "of no named language"
        yield f"catalogues  {sum(source.messages for source in sources):,} messages of {len(sources)} files: {languages}"
    elif folders := on_machine():
        yield f"catalogues  none; messages in {language() or 'other languages'} are read with: kb import catalog {' '.join(map(str, folders))}"


def _damage(session: Session) -> list[str]:
    """What is not as it was written, in words: the derived file, articles that changed unnoticed, the search indexes."""
    from kb.search.folder import damaged
    from kb.store.open import damage_of

    if session.cache is None:
        return []
    found = damage_of(session.bases, session.cache)
    session.strict_sweep = bool(found)
    return found + damaged(session.cache / "search")


def _in_force() -> Iterator[str]:
    """Each setting with its value and where that comes from."""
    import os

    from kb.settings import settings, settings_path

    path, found = settings_path(), settings()
    yield f"settings    {path}{'' if path and path.is_file() else ' (no such file: everything is as usual)'}"
    for name in ("platform", "colour", "zone"):
        value = getattr(found, name)
        said = f"from {path.name}" if path and value not in ("", "auto") else "as usual"
        if name == "colour" and "NO_COLOR" in os.environ:
            value, said = "never", "from NO_COLOR"
        usual = {"platform": "that of the text, else of this machine", "zone": "UTC"}.get(name, "")
        yield f"  {name:<9} {value or usual} ({said})"

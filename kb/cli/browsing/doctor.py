"""`kb doctor`: versions, engines and the state of the cache."""

from __future__ import annotations

import platform
import sys

import click

from kb.cli.session import Session

PACKAGES = ("click", "hyperscan", "Whoosh", "Markdown", "PyYAML", "msgspec", "nh3")


@click.command()
@click.pass_obj
def command(session: Session) -> int:
    """Show versions, the matching engine, the articles in use and the state of the cache."""
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
    store = session.store(warn=False)
    for base in session.bases:
        click.echo(f"articles    {base}")
    click.echo(f"cache       {session.cache or 'none: results come from memory'}")
    click.echo(f"indexed     {store.size} articles, {len(store.faults())} faults (kb lint shows them)")
    return 0

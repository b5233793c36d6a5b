"""`kb test`: articles against the samples beside them."""

from __future__ import annotations

import click

from kb.cli import Session


@click.command()
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.pass_obj
def command(session: Session, ids: tuple[str, ...]) -> int:
    """Run every sample of the articles (or of those with these IDs) against the whole base. Status 1 for a failure."""
    from diagnose.neutral import neutral
    from kb.testing import run

    store = session.store()
    tested = run(store, [store.article(name) for name in (ids or store.ids())])
    for failure in tested.failures:
        click.echo(neutral(str(failure)))
    click.echo(f"{tested.samples} samples, {len(tested.failures)} failures")
    return 1 if tested.failures else 0

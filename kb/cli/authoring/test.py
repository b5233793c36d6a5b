"""`kb test`: articles against the samples beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from kb.cli.browsing.completing import articles
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.articles.article import Article
    from kb.store.store import Store


@click.command()
@click.argument("names", nargs=-1, metavar="[FOLDER|ID]...", shell_complete=articles)
@click.option("--fires", is_flag=True, help="Tell whose symptoms are seen on which symptom sample.")
@click.option(
    "--mutate", is_flag=True, help="Tell how many samples survive damage: wrapped, cut, quoted, reordered, padded."
)
@click.option(
    "--least",
    type=click.FloatRange(0, 1),
    default=0.9,
    show_default=True,
    metavar="SHARE",
    help="With --mutate: status 1 where fewer survive.",
)
@click.pass_obj
def command(session: Session, names: tuple[str, ...], fires: bool, mutate: bool, least: float) -> int:
    """Run every sample of the articles (or of those below FOLDERs or with these IDs) against the whole base. Status 1 for a failure."""
    from diagnose.text.sanitize import neutral
    from kb.authoring.samples import run

    store, articles = session.chosen(names)
    if fires:
        return _fires(store, articles)
    if mutate:
        return _mutate(store, articles, least)
    tested = run(store, articles)
    for failure in tested.failures:
        click.echo(neutral(str(failure)))
    click.echo(f"{tested.samples} samples, {len(tested.failures)} failures")
    return 1 if tested.failures else 0


def _fires(store: Store, articles: list[Article]) -> int:
    from diagnose.text.sanitize import neutral
    from kb.authoring.firing import firings

    count = own = alone = leads = shared = 0
    for firing in firings(store, articles):
        count += 1
        own += firing.own
        alone += not firing.others
        leads += firing.leader == firing.article
        shared += firing.leader != firing.article and firing.leader in firing.others
        if not firing.own or firing.others or firing.leader != firing.article:
            click.echo(neutral(str(firing)))
    click.echo(
        f"{own} of {count} samples fire their own article, {alone} no other; it leads on {leads}, on {shared} "
        f"another that fires there too, on {count - leads - shared} one that does not"
    )
    return 0 if own == count else 1


def _mutate(store: Store, articles: list[Article], least: float) -> int:
    from kb.authoring.damaged_samples import MUTATIONS, survivors

    found = list(survivors(store, articles))
    for item in found:
        if item.found < item.samples or item.right < item.caused:
            cause = f", {item.right} of {item.caused} causes" if item.caused else ""
            click.echo(f"{item.article}, {item.mutation}: {item.found} of {item.samples} found{cause}")
    worst = 1.0
    for name in MUTATIONS:
        mine = [item for item in found if item.mutation == name]
        samples, kept = sum(item.samples for item in mine), sum(item.found for item in mine)
        caused, right = sum(item.caused for item in mine), sum(item.right for item in mine)
        worst = min(worst, kept / samples if samples else 1.0)
        click.echo(f"{name:<18} {kept:>5} of {samples} articles, {right:>5} of {caused} causes")
    return 0 if worst >= least else 1

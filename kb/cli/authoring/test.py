"""`kb test`: articles against the samples beside them."""

from __future__ import annotations

import os
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.text.sanitize import json_text, neutral
from kb.cli.browsing.completing import articles
from kb.cli.output import tell
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

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
@click.option(
    "--against",
    metavar="DIR|REVISION",
    help="Tell every answer that flips from another base, or from this one at a git revision. Status 1 for a worse one.",
)
@click.option(
    "--cases",
    multiple=True,
    metavar="FILE.jsonl",
    help="With --against: ask these labelled cases as well (repeatable).",
)
@click.option("--case", "kept", multiple=True, metavar="FILE", help="With --against: and this kept case (repeatable).")
@click.option("--jobs", type=click.IntRange(min=1), default=1, metavar="N", help="Use N processes.")
@click.option(
    "--format", "format_", type=click.Choice(["text", "json"]), default="text", help="With --against: the form."
)
@click.pass_obj
def command(
    session: Session,
    /,
    names: tuple[str, ...],
    fires: bool,
    mutate: bool,
    least: float,
    against: str | None,
    **given: Any,
) -> int:
    """Run every sample of the articles (or of those below FOLDERs or with these IDs) against the whole base, and the recorded
    outputs and samples of the library (of an ID such as check:tcp-port). Every verify is run against outputs of before and
    after. Status 1 for a failure."""
    if against:
        return _against(session, names, against, **given)
    if given["cases"] or given["kept"]:
        raise click.UsageError("--cases and --case are for --against DIR|REVISION; kb eval measures labelled cases")
    from diagnose.text.sanitize import neutral
    from kb.authoring.samples import joined, library, run

    entries = [name for name in names if name.partition(":")[0] in ("check", "signal")]
    store, articles = session.chosen([name for name in names if name not in entries])
    articles = [] if len(entries) == len(names) > 0 else articles
    if fires:
        return _fires(store, articles)
    if mutate:
        return _mutate(store, articles, least)
    of_library = library(store, entries if names else None)
    tested = joined(run(store, articles, jobs=given["jobs"], cache=session.cache), of_library)
    whole = all(os.path.isdir(name) for name in names)
    left_out = {fault.path for fault in store.faults() if fault.severity == "error"} if whole else set()
    for failure in tested.failures:
        click.echo(neutral(str(failure)))
    shared = f" ({of_library.samples:,} of them of the library)" if articles and of_library.samples else ""
    proved = f", {tested.proofs} proofs" if tested.proofs else ""
    untested = f", {len(left_out)} left out" if left_out else ""
    click.echo(f"{tested.samples} samples{shared}{proved}, {len(tested.failures)} failures{untested}")
    return 1 if tested.failures or left_out else 0


def _against(
    session: Session,
    ids: tuple[str, ...],
    against: str,
    cases: tuple[str, ...],
    kept: tuple[str, ...],
    jobs: int,
    format_: str,
) -> int:
    from kb.authoring.against import as_value, compare, summary, text_of_case, texts_of, texts_of_cases
    from kb.cases.file import load
    from kb.cli.authoring.eval import progress
    from kb.evaluate.cases import read_cases

    given = [text for path in cases for text in texts_of_cases(path, read_cases(path))]
    given += [text_of_case(path, load(path)) for path in kept]
    store = session.store()
    with _other_base(session, against) as (other, cache):
        for name in ids:
            if name not in (*other.ids(), *store.ids()):
                store.article(name)  # tells that there is none of this name, and which are near
        for fault in other.faults():
            if fault.severity == "error":
                tell(f"{fault}; article left out of {against}")
        texts = [*texts_of((store, other), ids), *given]
        compared = compare(other, store, texts, (cache, session.cache), jobs, progress(2 * len(texts)))
    if format_ == "json":
        click.echo(json_text(as_value(compared, against), indent=1))
    else:
        click.echo(neutral(summary(compared, against), newlines=True))
    return 1 if compared.count("worse") else 0


@contextmanager
def _other_base(session: Session, against: str) -> Iterator[tuple[Store, Path | None]]:
    """The base to compare with and where its index lies: a folder, or the base in use at a git revision."""
    if Path(against).is_dir():
        yield session.opened([Path(against)]), session.cache
        return
    import tempfile

    from kb.authoring.revision import laid_out
    from kb.store.open import open_store

    with tempfile.TemporaryDirectory(prefix="kb-against-", ignore_cleanup_errors=True) as folder:
        roots = [laid_out(root, against, Path(folder) / str(n)) for n, root in enumerate(session.bases)]
        cache = Path(folder) / "cache"
        cache.mkdir(mode=0o700)
        with open_store(roots, cache) as store:
            yield store, cache


def _fires(store: Store, articles: list[Article]) -> int:
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

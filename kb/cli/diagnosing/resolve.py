"""`kb resolve`: which cause it was, so that the next diagnosis knows how often."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from diagnose.errors import KbError, did_you_mean
from kb.cases.case import with_step
from kb.cases.file import load, now, save
from kb.cli.browsing.completing import causes
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.cases.case import Case
    from kb.store.store import Store


@click.command()
@click.argument("case", metavar="CASE")
@click.option(
    "--cause",
    metavar="ID",
    shell_complete=causes,
    help="The cause it was: ARTICLE/CAUSE, or CAUSE of the leading article.",
)
@click.option("--none", "none", is_flag=True, help="It was none of the causes of the leading article.")
@click.pass_obj
def command(session: Session, case: str, cause: str | None, none: bool) -> int:
    """Record what CASE turned out to be: ids only, no text of a log, on this machine alone.

    The likelihoods of the article's causes move by it, at most by a factor of 4. The last resolution of a case counts.
    """
    from kb.cases.resolved import Resolved, append, hashed
    from kb.folders import data_dir

    if bool(cause) == none:
        raise KbError(
            "kb resolve", "needs one of --cause and --none", "name the cause, or say that it was none of them"
        )
    loaded = load(case)
    store = session.store()
    article, name = _resolved(loaded, cause or "", store)
    folder = data_dir()
    if folder is None:
        raise KbError("kb resolve", "there is no home folder to keep it in", "set HOME or XDG_DATA_HOME")
    time = now()
    append(
        folder,
        Resolved(time=time, base=store.documents_digest, article=article, cause=name, case=hashed(loaded.id)),
    )
    said = f"resolved: {article}/{name}" if name else f"resolved: none of the causes of {article or 'any article'}"
    save(case, with_step(replace(loaded, resolved=f"{article}/{name}"), said, time))
    click.echo(said)
    return 0


def _resolved(case: Case, cause: str, store: Store) -> tuple[str, str]:
    """Article and cause, both known to the base; the cause is empty for none."""
    diagnosis = case.diagnosis
    lead = diagnosis.articles[0].id if diagnosis and diagnosis.articles else ""
    if not cause:
        return lead, ""
    article, slash, name = cause.partition("/")
    if not slash:
        article, name = lead, cause
    problem = store.problems([article]).get(article)
    if problem is None:
        hint = did_you_mean(article, store.ids()) or "kb list lists the articles"
        raise KbError(f"--cause {cause}", f"no article '{article}' in this base", hint)
    known = [item.id for item in problem.causes]
    if name not in known:
        hint = did_you_mean(name, known) or f"its causes: {', '.join(known)}"
        raise KbError(f"--cause {cause}", f"no such cause in {article}", hint)
    return article, name

"""`kb index`: build the derived files now."""

from __future__ import annotations

import click

from diagnose.errors import KbError
from kb.cli.session import Session


@click.command()
@click.pass_obj
def command(session: Session) -> int:
    """Build the index of the articles and the search index now, instead of when they are first needed."""
    from kb.search.index import open_index

    if session.cache is None:
        raise KbError(
            "the cache folder",
            "cannot be written; there is nothing to keep an index in",
            "set XDG_CACHE_HOME or LOCALAPPDATA",
        )
    store = session.store()
    open_index(store.digests, store.documents, store.search_dir).close()
    click.echo(f"{store.size} articles indexed")
    return 0

"""`kb export base FILE`: the base as one file with its digest, for machines that cannot fetch it otherwise."""

from __future__ import annotations

import click

from diagnose.errors import KbError
from kb.cli.output import check_output
from kb.cli.session import Session


def command(name: str) -> click.Command:
    """The command."""

    @click.command(name)
    @click.argument("file", metavar="FILE")
    @click.option("--force", is_flag=True, help="Overwrite FILE.")
    @click.pass_obj
    def run(session: Session, file: str, force: bool) -> int:
        """Write the articles in use, with their samples and library, to FILE; kb import base takes it in elsewhere.

        The same articles always give the same digest: tell it to whoever imports FILE. Status: 0 written, 2 not.
        """
        from kb.transfer.pack import pack

        check_output(file, force=force, option="FILE")
        if len(session.bases) != 1:
            names = ", ".join(str(root) for root in session.bases)
            raise KbError("kb export base", f"the base in use is of several folders ({names})", "name one: --kb DIR")
        store = session.store()
        made = pack(session.bases[0].absolute(), file, store.size)
        click.echo(f"{made.articles} articles, {len(made.files)} files in {file}")
        click.echo(f"digest {made.digest}")
        return 0

    return run

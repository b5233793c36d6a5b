"""`kb mcp`: kb for an assistant that starts it and talks to it over standard input and output."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from diagnose.errors import KbError
from kb.cli.help import KbCommand
from kb.cli.session import Session


@click.command(cls=KbCommand)
@click.option("--token-file", metavar="FILE", help="Where the token stands that signs case handles; made if missing.")
@click.pass_obj
def command(session: Session, token_file: str | None) -> int:
    """Speak the Model Context Protocol on standard input and output: for an assistant that starts kb (docs/mcp.md).

    Its tools only read: diagnose, answer, search, show, why, code, audit. They take text, no paths; no secret of it is
    shown. Over HTTP: kb serve --mcp.
    """
    try:
        from kb.mcp.app import note, serve_stdio
        from kb.mcp.tools import Asked
    except ImportError as error:
        raise KbError(
            "kb mcp", f"needs the extra 'mcp' ({error.name} is missing)", "pip install 'kb-diagnose[mcp]'"
        ) from None
    from kb.service.bases import Bases
    from kb.service.secret import handle_key, token

    if sys.stdin.isatty():
        note("waiting for an assistant on standard input; docs/mcp.md shows how to have it start kb (Ctrl-C ends)")
    key = handle_key(token(Path(token_file) if token_file else None))
    bases = Bases([root.absolute() for root in session.bases], note)
    try:
        serve_stdio(bases, Asked(key, lambda: datetime.now(UTC).isoformat(timespec="seconds"), note))
    finally:
        bases.close()
    return 0

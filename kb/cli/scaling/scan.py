"""`kb scan`: what a diagnosis needs of inputs, written to a part file that other machines and calls take for them."""

from __future__ import annotations

import os
import re
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from diagnose.errors import KbError
from kb.cli.call import check_redaction, setup_of, sources_of
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import options
from kb.cli.output import tell
from kb.cli.session import Session
from kb.cli.unread import troubles, unread
from kb.remote.opened import is_uri

if TYPE_CHECKING:
    from diagnose.scan.intake import Setup
    from diagnose.scan.reading import Read
    from kb.store.store import Store

MOST_PIECES = 1_000_000


@click.command(cls=KbCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option(
    "--to",
    "target",
    required=True,
    metavar="FILE",
    help="Write the part to FILE, such as web01.kbpart; - for standard output.",
)
@click.option("--piece", metavar="K/N", help="Only the K-th of N pieces of one plain file; diagnose all N together.")
@click.option(
    "--label", default="", metavar="NAME", help="Put NAME: before the names of the inputs: the machine they are of."
)
@options(
    "encoding",
    "max_bytes",
    "since",
    "until",
    "around",
    "zone",
    "threads",
    "redact",
    "raw",
    "force",
    "cluster",
    "cluster_tls",
)
@click.pass_obj
def command(session: Session, /, target: str, piece: str | None, label: str, force: bool, **given: Any) -> int:
    """Read INPUTs and write what a diagnosis needs of them to a part file, small and without secrets.

    Part files are inputs as any other: kb diagnose *.kbpart answers as it would for all that they were made of, in the order
    of their names, and kb scan *.kbpart --to ALL.kbpart makes one of many. A part is good for the same articles and the
    same version of kb.

    Status: 0 all was read, 2 something could not be read whole or the call was wrong, 130 stopped.
    """
    call = Call(**given)
    check_redaction(call)
    if target != "-" and os.path.lexists(target) and not force:
        raise KbError(f"--to {target}", "exists", "name another file, or add --force")
    setup = _with_piece(setup_of(call), call, piece)
    store = session.store()
    if call.cluster:
        data, read = _by_cluster(session, call, store, setup, target, label)
    else:
        data, read = _here(call, store, setup, label)
    for line in (*read.warnings, *troubles(read)):
        tell(line)
    _write(target, data)
    if target != "-":
        click.echo(f"{target}: {_told(read)}; {len(data) / 1000:,.0f} KB")
    return _status(read)


def _here(call: Call, store: Store, setup: Setup, label: str) -> tuple[bytes, Read]:
    from kb.cli.progress import meter
    from kb.scale.part_files import part_of

    with meter(call.inputs) or nullcontext() as progress:
        return part_of(
            sources_of(call, progress),
            store,
            replace(setup, progress=progress),
            raw=call.raw,
            personal=call.redact == "personal",
            label=label,
        )


def _by_cluster(
    session: Session, call: Call, store: Store, setup: Setup, target: str, label: str
) -> tuple[bytes, Read]:
    from diagnose.options import Options
    from kb.cli.scaling.clustered import part_by_cluster

    if setup.piece != (1, 1):
        raise KbError("--piece", "is what a cluster makes itself of large files", "leave it or --cluster out")
    folder = None if target == "-" else Path(f"{target}.parts")
    options = Options(setup=setup, personal=call.redact == "personal")
    return part_by_cluster(session, call, store, options, folder, label)


def _with_piece(setup: Setup, call: Call, piece: str | None) -> Setup:
    if piece is None:
        return setup
    found = re.fullmatch(r"([1-9]\d{0,6})/([1-9]\d{0,6})", piece, re.ASCII)
    if not found or not int(found[1]) <= int(found[2]) <= MOST_PIECES:
        raise KbError(f"--piece {piece}", "not of the form K/N with K from 1 to N", "write it like --piece 3/10")
    plain = [name for name in call.inputs if not name.endswith(".kbpart")]
    if len(plain) != 1 or not (is_uri(plain[0]) or Path(plain[0]).is_file()):
        raise KbError("--piece", "cuts one file", "name one INPUT, a plain file or a URI")
    if setup.span or call.max_bytes:
        what = "--since and its kin" if setup.span else "--max-bytes"
        raise KbError(
            "--piece", f"cannot go with {what}: what a piece leaves out depends on those before it", "leave one out"
        )
    return replace(setup, piece=(int(found[1]), int(found[2])))


def _write(target: str, data: bytes) -> None:
    from kb.safe_files import write

    if target == "-":
        output = sys.__stdout__
        if output is None or output.isatty():
            raise KbError("--to -", "a part is no text for a terminal", "name a file, or send it into one")
        output.buffer.write(data)
        output.buffer.flush()
        return
    try:
        write(target, data)
    except OSError as error:
        raise KbError(f"--to {target}", error.strerror or str(error), "name a file that can be written") from None


def _told(read: Read) -> str:
    lines = sum(item.lines for item in read.inputs)
    return f"{len(read.inputs):,} input{'s' * (len(read.inputs) != 1)}, {lines:,} lines"


def _status(read: Read) -> int:
    if read.stopped:
        tell("stopped; the part holds what was read before")
        return 130
    missed, given = unread(read)
    if missed > 1:
        tell(f"{missed} of {given} inputs not fully read (details above)")
    return 2 if missed else 0

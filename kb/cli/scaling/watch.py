"""`kb watch`: logs that are being written, and an event when a cause becomes visible."""

from __future__ import annotations

import shlex
import shutil
import sys
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import KbError
from kb.cli.call import check_redaction, options_of
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import options
from kb.cli.output import tell
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.watch.loop import Feed


@click.command(cls=KbCommand)
@click.argument("inputs", nargs=-1, metavar="FILE...")
@click.option("--journal", is_flag=True, help="Follow the journal of systemd.")
@click.option("--from-start", is_flag=True, help="Read what the files hold already, too.")
@click.option(
    "--quiet-for",
    type=click.FloatRange(min=0.1),
    default=600.0,
    show_default=True,
    metavar="SECONDS",
    help="Tell a cause once in this time, unless it becomes surer; also what evidence is kept for.",
)
@click.option(
    "--exec", "handler", metavar="COMMAND", help="Run COMMAND for each event, with the event on its standard input."
)
@click.option("--format", "format_", type=click.Choice(["json", "text"]), default="json", show_default=True)
@options("platform", "zone", "redact", "raw", "no_learned")
@click.pass_obj
def command(
    session: Session,
    /,
    inputs: Sequence[str],
    journal: bool,
    from_start: bool,
    quiet_for: float,
    handler: str | None,
    format_: str,
    **given: Any,
) -> int:
    """Follow FILEs that are being written (- for standard input, or patterns in quotes such as '/var/log/app/*.log') and print an
    event when a cause becomes possible, likely or confirmed: a line of JSON, or a short block.

    Files may be rotated, cut off, and appear later. Runs until Ctrl-C, or until standard input ends.

    Status: 0 the input ended, 2 the call was wrong, 130 stopped.
    """
    from kb.watch.events import block_of, line_of
    from kb.watch.loop import Watch, handed_to

    call = Call(**given)
    check_redaction(call)
    hand = handed_to(_command(handler), tell) if handler else None
    store = session.store()
    feeds = _feeds(inputs, journal=journal, from_start=from_start)
    watch = Watch(feeds, store, options_of(call), quiet_for, raw=call.raw)
    told = 0
    try:
        for event in watch.events():
            told += 1
            click.echo(line_of(event) if format_ == "json" else block_of(event))
            sys.stdout.flush()
            if hand:
                hand(event)
    finally:
        for feed in feeds:
            feed.close()
        tell(f"{watch.lines:,} lines watched, {told:,} event{'s' * (told != 1)}")
    return 0


def _command(handler: str) -> list[str]:
    """The words of `--exec`; no shell runs it. KbError where there is no such program."""
    try:
        words = shlex.split(handler, posix=sys.platform != "win32")
    except ValueError as error:
        raise KbError("--exec", str(error), "quote it as for a shell") from None
    found = shutil.which(words[0]) if words else None
    if found is None:
        raise KbError(f"--exec {handler}", "no such program", "name one that is on the PATH, or its whole path")
    return [found, *words[1:]]


def _feeds(inputs: Sequence[str], *, journal: bool, from_start: bool) -> list[Feed]:
    from kb.watch import piped
    from kb.watch.following import Files

    if not inputs and not journal:
        raise click.UsageError("name files, - for standard input, or --journal")
    feeds: list[Feed] = []
    names = [name for name in inputs if name != "-"]
    if names:
        feeds.append(Files(names, at_end=not from_start))
    if "-" in inputs and sys.__stdin__ is not None:
        feeds.append(piped.Pipe("-", sys.__stdin__))
    if journal:
        feeds.append(piped.journal())
    return feeds

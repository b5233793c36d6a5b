"""`kb run -- COMMAND ...`: the user's own command, diagnosed when it fails."""

from __future__ import annotations

import io
import sys
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from kb.cli.call import check_given, check_output, check_redaction, options_of, tell_troubles, write
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import options
from kb.cli.output import tell
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.sources import InputError, Source
    from kb.terminal.running import Ran

STOPPED = (130, 141)  # by Ctrl-C, or because nobody reads its output any more


@click.command(
    cls=KbCommand, context_settings={"allow_interspersed_args": False, "help_option_names": ["-h", "--help"]}
)
@click.argument("words", nargs=-1, required=True, metavar="COMMAND...", type=click.UNPROCESSED)
@click.option("--always", is_flag=True, help="Diagnose it also when it succeeds.")
@options(
    "format_", "top", "explain", "platform", "params", "no_learned", "baselines", "raw", "redact", "output", "force"
)
@click.pass_obj
def command(session: Session, /, words: tuple[str, ...], always: bool, **given: Any) -> int:
    """Run COMMAND, which you give, and diagnose what it printed when it fails: kb run -- make test

    Its output and its errors pass at once and unchanged, its standard input is yours, and where you sit at a terminal
    so does it (Windows: it gets pipes). Signals reach it. The report goes to standard error, or to FILE of --output.

    Status: that of COMMAND, 128 and the number of the signal that ended it, 127 not found, 126 cannot be run.
    """
    from kb.terminal.running import run_command

    call = Call(**given)
    check_redaction(call)
    check_output(call)
    asked = options_of(call)
    sys.stdout.flush()
    ran = run_command(words)
    if ran.error:
        tell(f"{words[0]}: {ran.error}")
    elif always or (ran.status and ran.status not in STOPPED and not ran.closed):
        _diagnose(session, call, asked, ran)
    return ran.status


def _diagnose(session: Session, call: Call, asked: Any, ran: Ran) -> None:
    from kb.ask import ask

    tell(f"the command ended with status {ran.status}")
    if left_out := ran.output.left_out + ran.errors.left_out:
        tell(f"it printed more than is kept: {left_out:,} bytes of the middle were not looked at")
    store = session.store()
    if call.baselines:
        from kb.cli.against import against

        diagnosis = against(call, _sources(ran), store, asked)
    else:
        diagnosis = ask(_sources(ran), store, asked, raw=call.raw)
    check_given(asked.given, diagnosis, store)
    tell_troubles(diagnosis)
    with redirect_stdout(sys.stderr):
        write(diagnosis, call)


def _sources(ran: Ran) -> Iterator[Source | InputError]:
    """What it printed, under the names of its outputs, errors first."""
    from diagnose.inputs.sources import STDIN, Source, open_inputs

    for name, kept in (("stderr", ran.errors), ("stdout", ran.output)):
        if kept.passed:
            for source in open_inputs([STDIN], io.BytesIO(kept.data)):
                yield replace(source, name=name) if isinstance(source, Source) else source

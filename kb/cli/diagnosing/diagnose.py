"""`kb diagnose`: inputs to a report."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import KbError
from kb.cli.call import check_given, check_output, options_of, sources_of, status_of, tell_troubles, write
from kb.cli.options import probe_options
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.inputs.sources import InputError, Source
    from diagnose.options import Options
    from kb.store.store import Store

FORMATS = ("text", "json", "markdown", "html")
PLATFORMS = ("windows", "linux", "macos")


@click.command()
@click.argument("inputs", nargs=-1, metavar="[INPUT]...")
@click.option("--text", "texts", multiple=True, metavar="TEXT", help="Diagnose TEXT itself.")
@click.option("--format", "format_", type=click.Choice(FORMATS), default="text", show_default=True)
@click.option(
    "--top", type=click.IntRange(min=1), default=5, show_default=True, metavar="N", help="Show at most N causes."
)
@click.option("--explain", is_flag=True, help="Show where every number comes from.")
@click.option(
    "--platform",
    type=click.Choice(PLATFORMS),
    help="Show commands and name checks of this platform; as a rule that of the text, else of this machine.",
)
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Give a value that commands need.")
@click.option("--encoding", default="", metavar="NAME", help="Read the inputs in this encoding.")
@click.option(
    "--max-bytes", type=click.IntRange(min=0), default=0, metavar="N", help="Read at most N bytes of an input (0: all)."
)
@click.option("--since", default="", metavar="T", help="Only lines from T on: 2026-11-21 09:14, 09:14, -2h, yesterday.")
@click.option("--until", default="", metavar="T", help="Only lines up to T.")
@click.option("--around", default="", metavar="T", help="Only lines of the ten minutes before and after T.")
@click.option(
    "--zone", default="", metavar="ZONE", help="The zone of times without one: UTC (as usual), +02:00, Europe/Berlin."
)
@click.option(
    "--context",
    type=click.IntRange(min=0, max=32),
    default=0,
    metavar="N",
    help="Show N lines on either side of evidence.",
)
@click.option(
    "--threads", type=click.IntRange(min=0), default=0, metavar="N", help="Scan with N threads (0: one a processor)."
)
@click.option("--strict", is_flag=True, help="Warnings (a broken article, cut lines) end with status 2.")
@click.option("-q", "--quiet", is_flag=True, help="No report, only the exit status.")
@click.option("--raw", is_flag=True, help="Show quotes as they stand, secrets included.")
@click.option("--case", "case_file", metavar="FILE", help="Keep all this in FILE, redacted; go on with what it holds.")
@click.option("--interactive", is_flag=True, help="Go from check to check until a cause is confirmed.")
@click.option("--after-fix", is_flag=True, help="INPUTs were taken after the fix of the --case: prove it.")
@click.option("--no-learned", is_flag=True, help="Ignore what resolved cases say of how likely a cause is.")
@click.option("--output", metavar="FILE", help="Write the report to FILE.")
@click.option("--force", is_flag=True, help="Overwrite FILE of --output.")
@click.option("--verify", is_flag=True, help="Offer the read-only probes of the leading causes, as kb verify does.")
@probe_options
@click.pass_obj
def command(session: Session, /, inputs: tuple[str, ...], **given: Any) -> int:
    """Rank the root causes behind INPUTs: files, folders, or - for standard input. All of them are one case.

    Without INPUT on a terminal: paste, then end with Ctrl-D (Windows: Ctrl-Z, Enter). Give outputs of the checks
    together with the error, or in the same paste: they move the ranking. With --case they may come later.

    Ctrl-C ends the reading, not the answer: it is given for what was read, and marked as partial.

    Status: 0 a cause was found, 1 unknown, 2 something could not be read whole or the call was wrong, 130 stopped.
    """
    if given["verify"]:
        _no_case(given)
        from kb.cli.diagnosing.verify import verify

        return verify(session, inputs, given)
    _no_probing(given)
    _check_call(inputs, given)
    check_output(given)
    options = options_of(given)
    store = session.store(quiet=given["quiet"])
    diagnosis, timeline = _diagnosed(inputs, given, store, options)
    check_given(options.given, diagnosis, store)
    tell_troubles(diagnosis)
    if not given["quiet"]:
        write(diagnosis, given["format_"], options, given["output"], timeline)
    warned = bool(diagnosis.warnings) or any(fault.severity == "error" for fault in store.faults())
    return status_of(diagnosis, warned=given["strict"] and warned)


def _no_probing(given: dict[str, Any]) -> None:
    """What only means something with --verify is not taken silently without it."""
    if given["yes"] or given["targets"] or given["checks"]:
        raise click.UsageError("--yes, --target and --check want --verify (or kb verify)")


def _no_case(given: dict[str, Any]) -> None:
    if given["case_file"] or given["interactive"] or given["after_fix"]:
        raise KbError("--verify", "does not go into a case yet", "run kb verify by itself, then type the outcomes")


def _check_call(inputs: tuple[str, ...], given: dict[str, Any]) -> None:
    if given["after_fix"] and (not given["case_file"] or given["interactive"]):
        raise KbError("--after-fix", "needs the --case whose fix it is", "add --case FILE")
    if given["interactive"] and "-" in inputs:
        raise KbError(
            "--interactive", "standard input cannot be an INPUT and the answers", "name a file, or paste when asked"
        )


def _diagnosed(
    inputs: tuple[str, ...], given: dict[str, Any], store: Store, options: Options
) -> tuple[Diagnosis, tuple[Step, ...]]:
    """The diagnosis of this call, and the timeline of its case where it has one."""
    if not given["case_file"] and not given["interactive"]:
        from msgspec.structs import replace

        from kb.ask import ask
        from kb.cli.progress import meter

        with meter(inputs) or nullcontext() as progress:
            options = replace(options, setup=replace(options.setup, progress=progress))
            return ask(sources_of(inputs, given, progress), store, options, raw=given["raw"]), ()
    from kb.cli.diagnosing import casework

    return casework.run(given, store, options, _given_sources(inputs, given))


def _given_sources(inputs: tuple[str, ...], given: dict[str, Any]) -> Iterator[Source | InputError] | None:
    """The inputs of a call that goes on with a case: None where there are none and nothing waits on standard input."""
    if not (inputs or given["texts"]):
        known = given["case_file"] and os.path.lexists(given["case_file"])
        if given["interactive"] or (known and (sys.stdin is None or sys.stdin.isatty())):
            return None
    return sources_of(inputs, given)

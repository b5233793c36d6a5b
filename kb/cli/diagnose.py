"""`kb diagnose`: inputs to a report."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import BINARY, LEFT_OUT, KbError
from kb.cli import Session, tell
from kb.cli.output import check_output, style_for, write_output

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Diagnosis, Step
    from diagnose.pipeline import Options
    from diagnose.sources import InputError, Source
    from kb.store import Store

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
@click.option("--platform", type=click.Choice(PLATFORMS), help="Show the commands of this platform first.")
@click.option("--param", "params", multiple=True, metavar="NAME=VALUE", help="Give a value that commands need.")
@click.option("--encoding", default="", metavar="NAME", help="Read the inputs in this encoding.")
@click.option(
    "--max-bytes", type=click.IntRange(min=0), default=0, metavar="N", help="Read at most N bytes of an input (0: all)."
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
@click.pass_obj
def command(session: Session, /, inputs: tuple[str, ...], **given: Any) -> int:
    """Rank the root causes behind INPUTs: files, folders, or - for standard input. All of them are one case.

    Without INPUT on a terminal: paste, then end with Ctrl-D (Windows: Ctrl-Z, Enter). Give outputs of the checks
    together with the error, or in the same paste: they move the ranking. With --case they may come later.

    Status: 0 a cause was found, 1 unknown, 2 something could not be read whole or the call was wrong.
    """
    from diagnose.decode import check_encoding
    from diagnose.pipeline import Options, given_parameters
    from diagnose.report import RENDERERS
    from kb.ask import with_learned

    _check_call(inputs, given)
    check_output(given["output"], force=given["force"])
    options = Options(
        platform=given["platform"],
        here=_platform(),
        given=dict(given_parameters(given["params"])),
        encoding=check_encoding(given["encoding"]) if given["encoding"] else "",
        top=given["top"],
        explain=given["explain"],
    )
    store = session.store()
    if not given["no_learned"]:
        options = with_learned(options, tell)
    diagnosis, timeline = _diagnosed(inputs, given, store, options)
    _check_given(options.given, diagnosis, store)
    for warning in diagnosis.warnings:
        tell(warning)
    codes = {item.path: item.code for item in diagnosis.skipped}
    for item in diagnosis.inputs:
        if item.error:
            tell(f"{item.name}: {item.error} ({codes.get(item.name, 'KB-E010')})")
    if not given["quiet"]:
        style = style_for(given["output"], explain=options.explain)
        write_output(RENDERERS[given["format_"]](diagnosis, style, timeline), given["output"])
    warned = bool(diagnosis.warnings) or any(fault.severity == "error" for fault in store.faults())
    return _status(diagnosis, warned=given["strict"] and warned)


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
        from kb.ask import ask

        return ask(_sources(inputs, given["texts"], given["max_bytes"]), store, options, raw=given["raw"]), ()
    from kb.cli import casework

    return casework.run(given, store, options, _given_sources(inputs, given))


def _given_sources(inputs: tuple[str, ...], given: dict[str, Any]) -> Iterator[Source | InputError] | None:
    """The inputs of a call that goes on with a case: None where there are none and nothing waits on standard input."""
    if not (inputs or given["texts"]):
        known = given["case_file"] and os.path.lexists(given["case_file"])
        if given["interactive"] or (known and (sys.stdin is None or sys.stdin.isatty())):
            return None
    return _sources(inputs, given["texts"], given["max_bytes"])


def _platform() -> Any:
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def _status(diagnosis: Diagnosis, *, warned: bool) -> int:
    unread = [item for item in diagnosis.skipped if item.code not in (BINARY, LEFT_OUT)]
    if len(unread) > 1:
        tell(f"{len(unread)} of {len(diagnosis.inputs)} inputs not fully read (details above)")
    if unread or warned:
        return 2
    if not any(item.bytes for item in diagnosis.inputs):
        tell("nothing to diagnose: the input is empty")
    return 1 if diagnosis.verdict == "unknown" else 0


def _sources(inputs: tuple[str, ...], texts: tuple[str, ...], limit: int) -> Iterator[Source | InputError]:
    from diagnose.sources import STDIN, open_inputs

    for text in texts:
        yield from open_inputs([STDIN], io.BytesIO(text.encode("utf-8", "surrogateescape")), limit)
    if not inputs and texts:
        return
    if not inputs and sys.stdin is not None and sys.stdin.isatty():
        keys = "Ctrl-Z, then Enter" if sys.platform == "win32" else "Ctrl-D on a line of its own"
        click.echo(f"Paste the error and its surroundings, then end with {keys}:", err=True)
    yield from open_inputs(inputs or [STDIN], limit=limit)


def _check_given(given: dict[str, str], diagnosis: Diagnosis, store: Any) -> None:
    """A value that its parameter cannot take is said, rather than silently left out."""
    from diagnose.facts import refused

    if not given or not diagnosis.articles:
        return
    problems = store.problems([diagnosis.articles[0].id])
    for problem in problems.values():
        for name, expected in refused(problem.params, given).items():
            raise KbError(f"--param {name}={given[name]}", f"not {expected}", "give a plain value")

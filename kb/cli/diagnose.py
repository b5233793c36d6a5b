"""`kb diagnose`: inputs to a report."""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import KbError
from kb.cli import Session, tell
from kb.cli.probing import probe_options

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Diagnosis
    from diagnose.pipeline import Options
    from diagnose.sources import InputError, Source

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
@click.option("--output", metavar="FILE", help="Write the report to FILE.")
@click.option("--force", is_flag=True, help="Overwrite FILE of --output.")
@click.option("--verify", is_flag=True, help="Offer the read-only probes of the leading causes, as kb verify does.")
@probe_options
@click.pass_obj
def command(session: Session, /, inputs: tuple[str, ...], **given: Any) -> int:
    """Rank the root causes behind INPUTs: files, folders, or - for standard input. All of them are one case.

    Without INPUT on a terminal: paste, then end with Ctrl-D (Windows: Ctrl-Z, Enter). Give outputs of the checks
    together with the error, or in the same paste: they move the ranking.

    Status: 0 a cause was found, 1 unknown, 2 something could not be read whole or the call was wrong.
    """
    from kb.ask import ask

    if given["verify"]:
        from kb.cli.verify import verify

        return verify(session, inputs, given)
    _no_probing(given)
    check_output(given)
    options = options_of(given)
    store = session.store()
    diagnosis = ask(sources_of(inputs, given), store, options, raw=given["raw"])
    check_given(options.given, diagnosis, store)
    tell_troubles(diagnosis)
    if not given["quiet"]:
        write(diagnosis, given["format_"], options, given["output"])
    warned = bool(diagnosis.warnings) or any(fault.severity == "error" for fault in store.faults())
    return status_of(diagnosis, warned=given["strict"] and warned)


def _no_probing(given: dict[str, Any]) -> None:
    """What only means something with --verify is not taken silently without it."""
    if given["yes"] or given["targets"] or given["checks"]:
        raise click.UsageError("--yes, --target and --check want --verify (or kb verify)")


def check_output(given: dict[str, Any]) -> None:
    if given["output"] and os.path.lexists(given["output"]) and not given["force"]:
        raise KbError(f"--output {given['output']}", "the file exists", "name another one or add --force")


def options_of(given: dict[str, Any]) -> Options:
    """The options of the pipeline that the command line asks for."""
    from diagnose.decode import check_encoding
    from diagnose.pipeline import Options, given_parameters

    return Options(
        platform=given["platform"],
        here=_platform(),
        given=dict(given_parameters(given["params"])),
        encoding=check_encoding(given["encoding"]) if given["encoding"] else "",
        top=given["top"],
        explain=given["explain"],
    )


def tell_troubles(diagnosis: Diagnosis) -> None:
    for warning in diagnosis.warnings:
        tell(warning)
    for item in diagnosis.inputs:
        if item.error:
            tell(f"{item.name}: {item.error} (KB-E010)")


def _platform() -> Any:
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def status_of(diagnosis: Diagnosis, *, warned: bool) -> int:
    unread = [item for item in diagnosis.skipped if item.code != "KB-E011"]
    if len(unread) > 1:
        tell(f"{len(unread)} of {len(diagnosis.inputs)} inputs not fully read (details above)")
    if unread or warned:
        return 2
    if not any(item.bytes for item in diagnosis.inputs):
        tell("nothing to diagnose: the input is empty")
    return 1 if diagnosis.verdict == "unknown" else 0


def sources_of(inputs: tuple[str, ...], given: dict[str, Any]) -> Iterator[Source | InputError]:
    from diagnose.sources import STDIN, open_inputs

    texts, limit = given["texts"], given["max_bytes"]
    for text in texts:
        yield from open_inputs([STDIN], io.BytesIO(text.encode("utf-8", "surrogateescape")), limit)
    if not inputs and texts:
        return
    if not inputs and sys.stdin is not None and sys.stdin.isatty():
        keys = "Ctrl-Z, then Enter" if sys.platform == "win32" else "Ctrl-D on a line of its own"
        click.echo(f"Paste the error and its surroundings, then end with {keys}:", err=True)
        # One end of input ends the paste, and standard input stays open for an answer (kb verify).
        yield from open_inputs([STDIN], io.BytesIO(sys.stdin.buffer.read()), limit)
        return
    yield from open_inputs(inputs or [STDIN], limit=limit)


def check_given(given: dict[str, str], diagnosis: Diagnosis, store: Any) -> None:
    """A value that its parameter cannot take is said, rather than silently left out."""
    from diagnose.facts import refused

    if not given or not diagnosis.articles:
        return
    problems = store.problems([diagnosis.articles[0].id])
    for problem in problems.values():
        for name, expected in refused(problem.params, given).items():
            raise KbError(f"--param {name}={given[name]}", f"not {expected}", "give a plain value")


def write(diagnosis: Diagnosis, format_: str, options: Any, output: str | None) -> None:
    from diagnose.report import RENDERERS, Style

    colour = not output and sys.stdout.isatty() and "NO_COLOR" not in os.environ
    style = Style(colour=colour, width=_width(), explain=options.explain)
    text = RENDERERS[format_](diagnosis, style)
    if output:
        _save(output, text)
    else:
        sys.stdout.write(text if text.endswith("\n") else text + "\n")


def _width() -> int:
    if not sys.stdout.isatty():
        return 100
    import shutil

    return max(40, min(120, shutil.get_terminal_size((100, 24)).columns))


def _save(path: str, text: str) -> None:
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise KbError(f"--output {path}", error.strerror or str(error), "name a file that can be written") from None

"""`kb diagnose`: inputs to a report."""

from __future__ import annotations

import io
import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import KbError
from kb.cli import Session, tell
from kb.cli import output as outputs
from kb.cli.probing import probe_options
from kb.cli.unread import summed_up, troubles, unread

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.dated import When
    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.intake import Setup
    from diagnose.pipeline import Options
    from diagnose.sources import InputError, Source
    from diagnose.span import Span
    from kb.cli.progress import Meter
    from kb.store import Store

FORMATS = ("text", "json", "markdown", "html")
AROUND = 600.0  # seconds on either side of --around
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
        from kb.cli.verify import verify

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
        after = origins(diagnosis, store) if options.explain else ""
        write(diagnosis, given["format_"], options, given["output"], timeline, after)
    warned = bool(diagnosis.warnings) or any(fault.severity == "error" for fault in store.faults())
    return status_of(diagnosis, warned=given["strict"] and warned)


def _no_probing(given: dict[str, Any]) -> None:
    """What only means something with --verify is not taken silently without it."""
    if given["yes"] or given["targets"] or given["checks"]:
        raise click.UsageError("--yes, --target and --check want --verify (or kb verify)")


def check_output(given: dict[str, Any]) -> None:
    outputs.check_output(given["output"], force=given["force"])


def options_of(given: dict[str, Any]) -> Options:
    """The options of the pipeline that the command line asks for, with what resolved cases say."""
    from diagnose.pipeline import Options, given_parameters
    from kb.ask import with_learned

    options = Options(
        platform=given["platform"],
        here=_platform(),
        given=dict(given_parameters(given["params"])),
        setup=setup_of(given),
        top=given["top"],
        explain=given["explain"],
        context=given.get("context", 0),
    )
    return options if given.get("no_learned") else with_learned(options, tell)


def tell_troubles(diagnosis: Diagnosis) -> None:
    for warning in diagnosis.warnings:
        tell(warning)
    for line in troubles(diagnosis):
        tell(line)


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
    from kb.cli import casework

    return casework.run(given, store, options, _given_sources(inputs, given))


def _given_sources(inputs: tuple[str, ...], given: dict[str, Any]) -> Iterator[Source | InputError] | None:
    """The inputs of a call that goes on with a case: None where there are none and nothing waits on standard input."""
    if not (inputs or given["texts"]):
        known = given["case_file"] and os.path.lexists(given["case_file"])
        if given["interactive"] or (known and (sys.stdin is None or sys.stdin.isatty())):
            return None
    return sources_of(inputs, given)


def setup_of(given: dict[str, Any]) -> Setup:
    """How the inputs are to be read."""
    import time

    from diagnose.dated import When
    from diagnose.decode import check_encoding
    from diagnose.intake import Setup

    zone = None
    if given.get("zone"):
        from diagnose.times import parse_zone

        zone = parse_zone(given["zone"])
    when = When(time.time(), zone)
    return Setup(
        encoding=check_encoding(given["encoding"]) if given["encoding"] else "",
        threads=given.get("threads", 0),
        span=_span(given, when),
        when=when,
    )


def _span(given: dict[str, Any], when: When) -> Span | None:
    """The span of time asked for; `--around` is ten minutes before and after."""
    wanted = {name: given[name] for name in ("since", "until", "around") if given.get(name)}
    if not wanted:
        return None
    from diagnose.span import Span
    from diagnose.times import parse_time

    at = {name: parse_time(text, when.now, when.zone) for name, text in wanted.items()}
    if "around" in at:
        at = {"since": at["around"] - AROUND, "until": at["around"] + AROUND} | at
    since, until = at.get("since"), at.get("until")
    if since is not None and until is not None and since > until:
        raise KbError("--since", "is later than --until", "give the earlier time with --since")
    return Span(since, until, when.now, when.zone)


def _platform() -> Any:
    return {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")


def status_of(diagnosis: Diagnosis, *, warned: bool) -> int:
    if diagnosis.stopped:
        tell("stopped; the report is of what was read before")
        return 130
    missed, given = unread(diagnosis)
    if missed > 1:
        tell(f"{missed} of {given} inputs not fully read (details above)")
    if missed or warned:
        return 2
    if all(item.blank for item in diagnosis.inputs):
        tell(
            f"nothing to diagnose: the input {'holds only blanks' if any(i.bytes for i in diagnosis.inputs) else 'is empty'}"
        )
    return 1 if diagnosis.verdict == "unknown" else 0


def sources_of(
    inputs: tuple[str, ...], given: dict[str, Any], progress: Meter | None = None
) -> Iterator[Source | InputError]:
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
    yield from open_inputs(inputs or [STDIN], limit=limit, progress=progress)


def check_given(given: dict[str, str], diagnosis: Diagnosis, store: Any) -> None:
    """A given value that nothing takes is told; one that its parameter cannot take is an error."""
    from diagnose.errors import did_you_mean
    from diagnose.facts import refused

    if not given or not diagnosis.articles:
        return
    problems = store.problems([article.id for article in diagnosis.articles])
    lead = problems[diagnosis.articles[0].id]
    known = {name for problem in problems.values() for name in problem.params}
    for name in given:
        if name not in known:
            hint = did_you_mean(name, lead.params) or did_you_mean(name, known)
            told = f"{lead.id} has {', '.join(lead.params) or 'none'}{f'; {hint}' if hint else ''}"
            tell(f"--param {name}: no article of this answer has such a parameter; {told}")
    for name, expected in refused(lead.params, given).items():
        raise KbError(f"--param {name}={given[name]}", f"not {expected}", "give a plain value")


def origins(diagnosis: Diagnosis, store: Store) -> str:
    """Where the checks of an answer come from that its articles use from the library: a list, empty where there are none."""
    from diagnose.neutral import neutral
    from kb.library.listing import came_from

    shown = dict.fromkeys((cause.article, check.id) for cause in diagnosis.causes for check in cause.checks)
    used = {
        (article.id, use.part): came_from(use)
        for article in diagnosis.articles
        for use in store.article(article.id).uses
        if use.kind == "check"
    }
    lines = [
        f"- {article}, {part}: {neutral(used[article, part])}" for article, part in shown if (article, part) in used
    ]
    return "\n".join(("", "Checks of the library:", "", *lines)) if lines else ""


def write(
    diagnosis: Diagnosis,
    format_: str,
    options: Any,
    output: str | None,
    timeline: Sequence[Step] = (),
    after: str = "",
) -> None:
    """`after` is added to a report in text or Markdown."""
    from diagnose.report import RENDERERS

    style = outputs.style_for(output, explain=options.explain)
    shown = diagnosis if format_ == "json" else summed_up(diagnosis)
    report = RENDERERS[format_](shown, style, timeline)
    outputs.write_output(f"{report}{after}" if format_ in ("text", "markdown") else report, output)

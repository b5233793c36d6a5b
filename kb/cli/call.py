"""One call of a command that diagnoses: its options to sources, to what the core is asked, and its answer to an exit
status.
"""

from __future__ import annotations

import io
import sys
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import KbError
from kb.cli import output as outputs
from kb.cli.given import Call
from kb.cli.output import tell
from kb.cli.period import period_of
from kb.cli.unread import few_inputs, summed_up, troubles, unread
from kb.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.inputs.sources import InputError, Source
    from diagnose.options import Options
    from diagnose.report.style import Depth
    from diagnose.scan.intake import Setup
    from kb.cli.progress import Meter
    from kb.store.store import Store


def loops(call: Call) -> bool:
    """Whether the call goes on where it was pasted: somebody sits at the terminal and asked for nothing else."""
    given = call.inputs or call.texts or call.clip or call.baselines
    other = call.output or call.quiet or call.brief or call.once or call.after_fix
    return call.interactive or (not (given or other) and call.format_ == "text" and _at_terminal())


def reports_as_it_goes(call: Call) -> bool:
    """Whether the reports of the talk are the result, so that none follows at its end."""
    return call.interactive and call.format_ == "text" and not call.output and not call.quiet


def _at_terminal() -> bool:
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout))


def check_redaction(call: Call) -> None:
    if call.raw and call.redact == "personal":
        raise click.UsageError("--raw shows all and --redact personal the least; choose one")


def check_depth(call: Call) -> None:
    """What asks for less or for a part of the text report is not taken silently where it means nothing."""
    asked = [name for name, given in (("-v", call.verbose), ("--brief", call.brief), ("--fix", call.fix)) if given]
    if len(asked) > 1:
        raise click.UsageError(f"{' and '.join(asked)} exclude one another; choose one")
    if (call.brief or call.fix) and call.format_ != "text":
        raise click.UsageError(f"{asked[0]} is for --format text")


def check_output(call: Call) -> None:
    outputs.check_output(call.output, force=call.force)


def options_of(call: Call) -> Options:
    """What the core is asked that the command line asks for, with what resolved cases say."""
    from diagnose.options import Options, given_parameters
    from kb.cases.resolved import with_learned

    options = Options(
        platform=call.platform or settings().platform or None,
        here=_platform(),
        given=dict(given_parameters(call.params)),
        setup=setup_of(call),
        top=call.top,
        explain=call.explain,
        context=call.context,
        personal=call.redact == "personal",
    )
    return options if call.no_learned else with_learned(options, tell)


def tell_troubles(diagnosis: Diagnosis) -> None:
    for warning in diagnosis.warnings:
        tell(warning)
    for line in troubles(diagnosis):
        tell(line)


def setup_of(call: Call) -> Setup:
    """How the inputs are to be read."""
    import time

    from diagnose.scan.intake import Setup
    from diagnose.text.decode import check_encoding
    from diagnose.timestamps.of_hits import When

    zone = None
    if said := call.zone or settings().zone:
        from diagnose.timestamps.clock import parse_zone

        zone = parse_zone(said)
    when = When(time.time(), zone)
    return Setup(
        encoding=check_encoding(call.encoding) if call.encoding else "",
        threads=call.threads,
        span=period_of(call, when),
        when=when,
    )


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


def sources_of(call: Call, progress: Meter | None = None) -> Iterator[Source | InputError]:
    from diagnose.inputs.sources import STDIN, open_inputs
    from kb.remote.opened import open_named

    inputs, limit = call.inputs, call.max_bytes
    for text in call.texts:
        yield from open_inputs([STDIN], io.BytesIO(text.encode("utf-8", "surrogateescape")), limit)
    if call.clip:
        from kb.terminal.clipboard import clipboard

        yield from open_inputs([STDIN], io.BytesIO(clipboard()), limit)
    if not inputs and (call.texts or call.clip):
        return
    yield from open_named(inputs or [STDIN], _pasted(inputs), limit, progress=progress)


def _pasted(inputs: Sequence[str]) -> BinaryIO | None:
    """What stands for standard input where that is asked for and is a terminal: its line mode would lose long lines."""
    if inputs and "-" not in inputs:
        return None
    from kb.terminal.listening import ask_paste, at_terminal

    return io.BytesIO(ask_paste("Paste the error and its surroundings")) if at_terminal() else None


def check_given(given: dict[str, str], diagnosis: Diagnosis, store: Any) -> None:
    """Warns of a given value that nothing takes; one that its parameter cannot take is an error."""
    from diagnose.errors import did_you_mean
    from diagnose.facts import refused_values

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
    for name, expected in refused_values(lead.params, given).items():
        raise KbError(f"--param {name}={given[name]}", f"not {expected}", "give a plain value")


def origins(diagnosis: Diagnosis, store: Store) -> str:
    """Where the checks of an answer come from that its articles use from the library: a list, empty where there are none."""
    from diagnose.text.sanitize import neutral
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


def write(diagnosis: Diagnosis, call: Call, timeline: Sequence[Step] = (), after: str = "") -> None:
    """The report in the format and depth of the call, to where it asks for; `after` is added to text and Markdown."""
    outputs.write_output(rendered(diagnosis, call, timeline, after), call.output)


def _again(call: Call) -> tuple[str, ...]:
    """The options that decide what is found, for a further call."""
    given = (("--kb", call.bases), ("--param", call.params))
    return tuple(word for option, values in given for value in values for word in (option, value))


def rendered(diagnosis: Diagnosis, call: Call, timeline: Sequence[Step] = (), after: str = "") -> str:
    from diagnose.report import RENDERERS

    depth: Depth = "brief" if call.brief else "full" if call.verbose else "short"
    style = outputs.style_for(call.output, explain=call.explain, depth=depth, fix=call.fix or 0, options=_again(call))
    if call.format_ == "json":
        shown = diagnosis if call.verbose else few_inputs(diagnosis)
    else:
        shown = summed_up(diagnosis)
    report = RENDERERS[call.format_](shown, style, timeline)
    report = f"{report}{after}" if call.format_ in ("text", "markdown") else report
    if call.format_ != "text" or not diagnosis.new_lines:
        return report
    from kb.cli.against import said

    new = "\n".join(said(diagnosis.new_lines, style.width))
    return f"{new}\n\n{report}" if diagnosis.verdict == "unknown" else f"{report}\n{new}\n"

"""`kb diagnose`: inputs to a report."""

from __future__ import annotations

import os
import sys
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any

import click
from msgspec.structs import replace

from diagnose.errors import KbError
from kb.cli.call import (
    check_depth,
    check_given,
    check_output,
    check_redaction,
    loops,
    options_of,
    origins,
    reports_as_it_goes,
    sources_of,
    status_of,
    tell_troubles,
    write,
)
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import OPTIONS, options
from kb.cli.period import tell_empty_range
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.inputs.sources import InputError, Source
    from diagnose.options import Options
    from kb.store.store import Store


@click.command(cls=KbCommand)
@options(*OPTIONS)
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Rank the root causes behind INPUTs: files, folders, URIs (s3://...), or - for standard input. All are one case.

    Without INPUT at a terminal: paste, press Enter, read the report, run its command, paste what that prints; Enter
    alone ends (--once: one report). A paste ends with Enter, a line with only a dot or the end of the input. Nothing is
    kept but with --case. Outputs of checks may also be given together with the error: they move the ranking.

    Ctrl-C ends the reading, not the answer: it is given for what was read, and marked as partial.

    Status: 0 a cause was found, 1 unknown, 2 something could not be read whole or the call was wrong, 130 stopped.
    """
    call = Call(bases=tuple(session.named), **given)
    if call.verify:
        _no_case(call)
        from kb.cli.diagnosing.verify import verify

        return verify(session, call)
    _no_probing(call)
    call = replace(call, interactive=loops(call))
    _check_call(call)
    check_redaction(call)
    check_depth(call)
    check_output(call)
    if call.cluster:
        from kb.cli.scaling.clustered import check

        check(call)
    options = options_of(call)
    store = session.store(quiet=call.quiet)
    diagnosis, timeline = _diagnosed(session, call, store, options)
    check_given(options.given, diagnosis, store)
    tell_troubles(diagnosis)
    tell_empty_range(call, diagnosis, options.setup.when)
    if (call.output or not call.quiet) and not reports_as_it_goes(call):
        after = origins(diagnosis, store) if options.explain else ""
        write(diagnosis, call, timeline, after)
    warned = bool(diagnosis.warnings) or any(fault.severity == "error" for fault in store.faults())
    return status_of(diagnosis, warned=call.strict and warned)


def _check_inputs(call: Call) -> None:
    """A text where a file is expected is told in one line: nothing else was given that could be read."""
    missing = [name for name in call.inputs if name != "-" and not os.path.lexists(name)]
    texts = [name for name in missing if any(ch.isspace() for ch in name)]
    if texts and len(missing) == len(call.inputs):
        raise KbError(texts[0][:80], "is no file", f'to diagnose a text: kb diagnose --text "{texts[0][:80]}"')


def _no_probing(call: Call) -> None:
    """What only means something with --verify is not taken silently without it."""
    if call.yes or call.targets or call.here or call.checks:
        raise click.UsageError("--yes, --target, --here and --check want --verify (or kb verify)")


def _no_case(call: Call) -> None:
    if call.case_file or call.interactive or call.after_fix:
        raise KbError("--verify", "does not go into a case yet", "run kb verify by itself, then type the outcomes")


def _check_call(call: Call) -> None:
    _check_inputs(call)
    if call.after_fix and (not call.case_file or call.interactive):
        raise KbError("--after-fix", "needs the --case whose fix it is", "add --case FILE")
    if call.baselines and (call.case_file or call.interactive):
        raise KbError("--baseline", "does not go into a case or a talk yet", "give it to a kb diagnose of its own")
    if call.interactive and "-" in call.inputs:
        raise KbError(
            "--interactive", "standard input cannot be an INPUT and the answers", "name a file, or paste when asked"
        )


def _diagnosed(session: Session, call: Call, store: Store, options: Options) -> tuple[Diagnosis, tuple[Step, ...]]:
    """The diagnosis of this call, and the timeline of its case where it has one."""
    if not call.case_file and not call.interactive:
        from kb.ask import ask
        from kb.cli.progress import meter

        if call.cluster:
            part = _by_cluster(session, call, store, options)
            options = replace(options, setup=replace(options.setup, span=None))  # its lines were chosen there
            return ask(part, store, options, raw=call.raw), ()
        with meter(call.inputs) or nullcontext() as progress:
            options = replace(options, setup=replace(options.setup, progress=progress))
            if call.baselines:
                from kb.cli.against import against

                return against(call, sources_of(call, progress), store, options), ()
            return ask(sources_of(call, progress), store, options, raw=call.raw), ()
    from kb.cli.diagnosing import casework

    return casework.run(call, store, options, _given_sources(call))


def _by_cluster(session: Session, call: Call, store: Store, options: Options) -> Iterator[Source | InputError]:
    """The one part that the workers of the cluster made of the inputs."""
    import io

    from diagnose.inputs.sources import open_stream
    from kb.cli.scaling.clustered import part_by_cluster

    data, _ = part_by_cluster(session, call, store, options)
    return open_stream("--cluster", io.BytesIO(data))


def _given_sources(call: Call) -> Iterator[Source | InputError] | None:
    """The inputs of a call that goes on with a case: None where there are none and nothing waits on standard input."""
    if not (call.inputs or call.texts or call.clip):
        known = call.case_file and os.path.lexists(call.case_file)
        if call.interactive or (known and (sys.stdin is None or sys.stdin.isatty())):
            return None
    return sources_of(call)

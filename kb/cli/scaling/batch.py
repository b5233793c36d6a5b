"""`kb batch`: many cases, each answered by itself, and what they have in common."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import KbError
from kb.cli.call import check_redaction, options_of
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import options
from kb.cli.output import tell
from kb.cli.progress import Counter
from kb.cli.session import Session

if TYPE_CHECKING:
    from kb.scale.summary import Summary

SHOWN = 10


@click.command(cls=KbCommand)
@click.argument("inputs", nargs=-1, required=True, metavar="INPUT...")
@click.option("--to", "target", required=True, metavar="DIR", help="The folder of answers and summary.")
@click.option("--resume", is_flag=True, help="Go on with the batch that DIR holds.")
@click.option(
    "--split-by",
    default="",
    metavar="PATTERN",
    help="Every path below an INPUT folder that fits is a case, such as '*/node-*'.",
)
@click.option(
    "--jobs", type=click.IntRange(min=0), default=0, metavar="N", help="Use N processes (0: one a processor)."
)
@options("top", "encoding", "max_bytes", "zone", "redact", "raw", "no_learned", "cluster", "cluster_tls")
@click.pass_obj
def command(session: Session, /, target: str, resume: bool, split_by: str, jobs: int, **given: Any) -> int:
    """Diagnose every INPUT (a file, a folder, an archive, a URI) as a case of its own, in several processes.

    DIR/answers.jsonl gets an answer a line as it is ready; DIR/summary.html, .md and .json say which causes how many cases
    have, what those without one have in common (with kb new filled in), what was slow and what could not be read. Ctrl-C
    keeps and sums up what is done; --resume goes on. A case whose process dies is tried again alone, then reported.

    Status: 0 all cases were read, 2 some could not be read whole or the call was wrong, 130 stopped.
    """
    from kb.cli.scaling.clustered import connected, work_of
    from kb.scale.batch import run_batch
    from kb.scale.batch_cases import cases_of
    from kb.scale.executors import end_processes, processes, usual_jobs

    if "-" in given["inputs"]:
        raise KbError("-", "standard input is one text, not many cases", "name files, folders or archives")
    call = Call(threads=1, **given)
    check_redaction(call)
    store = session.store()
    cases = cases_of(call.inputs, split_by)
    work = work_of(session, call, store, options_of(call))
    _stop_on_terminate()
    with connected(call, store, work) if call.cluster else nullcontext() as cluster, Counter() as told:
        start, workers = (cluster.start, cluster.workers) if cluster else (processes(work), jobs or usual_jobs())
        try:
            summary, stopped = run_batch(cases, work, Path(target), start, workers, resume=resume, told=told)
        finally:
            end_processes()
    for line in _lines(summary, target):
        click.echo(line)
    if stopped:
        tell(f"stopped; what was answered is kept: kb batch ... --to {target} --resume goes on")
        return 130
    return 2 if summary.unread else 0


def _stop_on_terminate() -> None:
    """What a scheduler of jobs sends ends a batch as Ctrl-C does: what is done is summed up."""
    import signal
    import threading

    if threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGTERM, signal.default_int_handler)


def _lines(summary: Summary, target: str) -> list[str]:
    from diagnose.text.sanitize import clip, neutral
    from kb.scale.summary_page import case_count, headline

    lines = [headline(summary)]
    lines += (f"{len(c.cases):7,}  {clip(neutral(c.title), 68)}" for c in summary.causes[:SHOWN])
    if len(summary.causes) > SHOWN:
        lines.append(f"         and {len(summary.causes) - SHOWN} more causes")
    if summary.write_next:
        lines.append(f"unknown, by message ({len(summary.write_next)}):")
        lines += (f"{len(c.cases):7,}  {clip(neutral(c.message), 68)}" for c in summary.write_next[:SHOWN])
    if summary.unread:
        lines.append(f"not read whole: {case_count(len(summary.unread))}")
    return [*lines, f"all of it: {target}/summary.html"]

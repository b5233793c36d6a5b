"""`kb batch`: many cases, each answered by itself, and what they have in common."""

from __future__ import annotations

from pathlib import Path
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
@options("top", "encoding", "max_bytes", "zone", "redact", "raw", "no_learned")
@click.pass_obj
def command(session: Session, /, target: str, resume: bool, split_by: str, jobs: int, **given: Any) -> int:
    """Diagnose every INPUT (a file, a folder, an archive) as a case of its own, in several processes.

    DIR/answers.jsonl gets an answer a line as it is ready; DIR/summary.html, .md and .json say which causes how many cases
    have, what those without one have in common (with kb new filled in), what was slow and what could not be read. Ctrl-C
    keeps and sums up what is done; --resume goes on. A case whose process dies is tried again alone, then reported.

    Status: 0 all cases were read, 2 some could not be read whole or the call was wrong, 130 stopped.
    """
    from kb.scale.answering import Work
    from kb.scale.batch import run_batch
    from kb.scale.batch_cases import cases_of
    from kb.scale.executors import end_processes, processes, usual_jobs

    if "-" in given["inputs"]:
        raise KbError("-", "standard input is one text, not many cases", "name files, folders or archives")
    call = Call(threads=1, **given)
    check_redaction(call)
    store = session.store()
    cases = cases_of(call.inputs, split_by)
    work = Work(
        bases=session.bases,
        cache=session.cache,
        digest=store.documents_digest,
        version=store.version,
        options=options_of(call),
        max_bytes=call.max_bytes,
        raw=call.raw,
    )
    _stop_on_terminate()
    with _Counter() as told:
        try:
            summary, stopped = run_batch(
                cases, work, Path(target), processes(work), jobs or usual_jobs(), resume=resume, told=told
            )
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
    from kb.scale.summary_page import headline

    lines = [headline(summary)]
    lines += (f"{len(c.cases):7,}  {clip(neutral(c.title), 68)}" for c in summary.causes[:SHOWN])
    if len(summary.causes) > SHOWN:
        lines.append(f"         and {len(summary.causes) - SHOWN} more causes")
    if summary.write_next:
        lines.append(f"unknown, by message ({len(summary.write_next)}):")
        lines += (f"{len(c.cases):7,}  {clip(neutral(c.message), 68)}" for c in summary.write_next[:SHOWN])
    if summary.unread:
        lines.append(f"{len(summary.unread):,} cases were not read whole")
    return [*lines, f"all of it: {target}/summary.html"]


class _Counter:
    """How many cases are done, how fast, how long it will take: on a terminal alone."""

    def __init__(self) -> None:
        self._bar: Any = None
        self._task: Any = None

    def __enter__(self) -> _Counter:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.stop()

    def __call__(self, done: int, all_of_them: int) -> None:
        import sys

        if sys.__stderr__ is None or not sys.__stderr__.isatty():
            return
        if self._bar is None:
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

            rate = TextColumn("{task.fields[rate]}")
            columns = (BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
            self._bar = Progress(*columns, console=Console(file=sys.__stderr__), transient=True)
            self._task = self._bar.add_task("cases", total=all_of_them, rate="")
            self._bar.start()
        speed = self._bar.tasks[0].speed
        self._bar.update(self._task, completed=done, rate=f"{speed:.1f}/s" if speed else "")

"""Many cases in one run: each answered by itself, kept as it is ready, summed up at the end. An edge module: it writes files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.sanitize import json_text
from kb.safe_files import write
from kb.scale.answering import answer, failed
from kb.scale.journal import ANSWERS, Journal
from kb.scale.pool import results
from kb.scale.summary import Summary, summary_of
from kb.scale.summary_page import html, markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from kb.scale.answering import Work


class Ask(Struct, frozen=True):
    """A work item as a worker gets it: what is asked of every case, bound before it travels."""

    work: Work

    def __call__(self, case: str) -> tuple[str, str]:
        return answer(self.work, case)


def run_batch(
    cases: Sequence[str],
    work: Work,
    folder: Path,
    start: Callable[[int], Executor],
    workers: int,
    *,
    resume: bool = False,
    told: Callable[[int, int], object] | None = None,
) -> tuple[Summary, bool]:
    """Answer all `cases` that `folder` has no answer of, and sum up. Also whether Ctrl-C ended it before its time."""
    about = {"version of kb": work.version, "base": work.digest, "way of asking": _asked(work)}
    stopped = False
    with Journal(folder, about, resume=resume) as journal:
        done = journal.done()
        left = [case for case in cases if case not in done]
        count = len(cases) - len(left)
        try:
            for item in results(left, Ask(work), start, workers) if left else ():
                line, state = item.result or (failed(item.item, item.error), "failed")
                journal.add(item.item, line, state)
                count += 1
                if told:
                    told(count, len(cases))
        except KeyboardInterrupt:
            stopped = True
        return sum_up(folder, len(cases)), stopped


def _asked(work: Work) -> str:
    """What the answers depend on besides the base; the present is not among it."""
    from msgspec.structs import replace

    from diagnose.timestamps.of_hits import When

    setup = replace(work.options.setup, progress=None, when=When(0.0, work.options.setup.when.zone))
    return repr((replace(work.options, setup=setup), work.max_bytes, work.raw))


def sum_up(folder: Path, asked: int) -> Summary:
    """The summary of the answers in `folder`, written beside them in three forms, with a text a cluster of unknown cases."""
    with open(folder / ANSWERS, "rb") as lines:
        summary = summary_of(lines, asked)
    write(folder / "summary.json", json_text(summary).encode() + b"\n")
    write(folder / "summary.md", markdown(summary, str(folder)).encode("utf-8", "replace"))
    write(folder / "summary.html", html(summary, str(folder)).encode("utf-8", "replace"))
    (folder / "unknown").mkdir(exist_ok=True)
    for cluster in summary.write_next:
        write(folder / "unknown" / f"{cluster.article}.txt", "\n".join((*cluster.lines, "")).encode("utf-8", "replace"))
    return summary

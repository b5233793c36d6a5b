"""Many cases in one run: each answered by itself, kept as it is ready, summed up at the end. An edge module: it writes files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.sanitize import json_text
from kb.ask import redactor_for
from kb.safe_files import write
from kb.scale.answering import answer, failed
from kb.scale.journal import Journal
from kb.scale.pool import results
from kb.scale.summary import Summary, summary_of
from kb.scale.summary_page import html, markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from kb.scale.answering import Work


class Case(Struct, frozen=True):
    """A case: the path of its input, and the name that stands in answers."""

    path: str
    name: str


class Ask(Struct, frozen=True):
    """A work item as a worker gets it: what is asked of every case, bound before it travels."""

    work: Work

    def __call__(self, case: Case) -> tuple[str, str]:
        return answer(self.work, case.path, case.name)


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
    about = {"version of kb": work.version, "base": work.digest, "way of asking": work.asked()}
    stopped = False
    with Journal(folder, about, resume=resume) as journal:
        left = set(journal.left(cases))
        count = len(cases) - len(left)
        items = [case for case in _named(cases, work) if case.path in left]
        try:
            for item in results(items, Ask(work), start, workers) if items else ():
                line, state = item.result or (failed(item.item.name, item.error), "failed")
                journal.add(item.item.path, line, state)
                count += 1
                if told:
                    told(count, len(cases))
        except KeyboardInterrupt:
            stopped = True
        return sum_up(folder, journal.lines(), journal.asked(cases)), stopped


def _named(cases: Sequence[str], work: Work) -> list[Case]:
    """Each with its name: one redactor for all, so that two paths that differ in a secret alone keep two names."""
    if work.raw:
        return [Case(case, case) for case in cases]
    redactor = redactor_for(work.options.personal)
    return [Case(case, redactor.redact_name(case)) for case in cases]


def sum_up(folder: Path, lines: Iterable[bytes], asked: int) -> Summary:
    """The summary of answers, written to `folder` in three forms, with a text a cluster of unknown cases."""
    summary = summary_of(lines, asked)
    write(folder / "summary.json", json_text(summary).encode() + b"\n")
    write(folder / "summary.md", markdown(summary, str(folder)).encode("utf-8", "replace"))
    write(folder / "summary.html", html(summary, str(folder)).encode("utf-8", "replace"))
    (folder / "unknown").mkdir(exist_ok=True)
    for cluster in summary.write_next:
        write(folder / "unknown" / f"{cluster.article}.txt", "\n".join((*cluster.lines, "")).encode("utf-8", "replace"))
    return summary

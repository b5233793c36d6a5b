"""Measure the text report on all samples that ship: python benchmarks/report.py [--every N]

Its figures: lines of a report and its widest line of prose at 80 columns (a command is never broken), how often the leading
causes tie, and what must be 0: a next check without its command or the question for what it lacks, and a cause that is
shown both as possible and as ruled out.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.inputs.sources import open_inputs
from diagnose.options import Options
from diagnose.report.style import Style
from diagnose.report.text import MOST_LINES, render
from diagnose.view.make import view_of
from kb.ask import ask
from kb.cli.session import Session

if TYPE_CHECKING:
    from diagnose.diagnosis import Diagnosis
    from diagnose.view.view import ProblemView, View

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 80


class ReportFigures(Struct):
    """What was counted over all reports; `lines` and `wide` have one number a report."""

    lines: list[int] = []
    wide: list[int] = []
    unknown: int = 0
    problems: int = 0
    ties: int = 0
    next_checks: int = 0
    without_command: int = 0
    both: int = 0
    too_long: int = 0


def measure(view: View, text: str, figures: ReportFigures) -> None:
    lines = text.splitlines()
    commands = {c.text for p in view.problems if p.next for c in p.next.check.commands} | {
        p.next.again for p in view.problems if p.next
    }
    commands |= {c.text for p in view.problems for step in p.lead.steps for c in step.commands}
    commands |= {view.unknown.draft, view.unknown.search} if view.unknown else set()
    figures.lines.append(len(lines))
    figures.wide.append(max(len(line) for line in lines if not any(c and c in line for c in commands)))
    figures.unknown += view.unknown is not None
    figures.too_long += len(view.problems) == 1 and figures.lines[-1] > MOST_LINES
    for problem in view.problems:
        _measure(problem, text, figures)


def _measure(problem: ProblemView, text: str, figures: ReportFigures) -> None:
    figures.problems += 1
    figures.ties += bool(problem.tie)
    out = {cause.title for cause in problem.ruled_out}
    figures.both += any(cause.title in out for cause in problem.causes)
    if problem.next:
        figures.next_checks += 1
        figures.without_command += not _runnable(problem, text)


def _runnable(problem: ProblemView, text: str) -> bool:
    """Whether the check's command stands in the report, and before it the question for every value that it lacks."""
    assert problem.next
    check = problem.next.check
    shown = any(command.text in text for command in check.commands)
    return shown and all(f"--param {first.rpartition('--param ')[2]}" in text for first in check.first)


def diagnoses(every: int) -> list[tuple[Path, Diagnosis]]:
    session = Session()
    store = session.store(quiet=True)
    files = [file for file in sorted((ROOT / "articles").rglob("samples/**/*")) if file.is_file()][::every]
    made = [
        (file, ask(open_inputs([str(file.relative_to(ROOT))]), store, Options(top=5, here="linux"))) for file in files
    ]
    session.close()
    return made


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="every Nth sample")
    figures = ReportFigures()
    for _, diagnosis in diagnoses(parser.parse_args().every):
        measure(view_of(diagnosis), render(diagnosis, Style(width=WIDTH)), figures)
    counts = sorted(figures.lines)
    print(f"reports                                {len(counts)}, {figures.unknown} of them unknown")
    print(f"lines: median, p90, most               {median(counts):.0f}, {counts[len(counts) * 9 // 10]}, {counts[-1]}")
    print(f"one problem, more than 24 lines        {figures.too_long}")
    print(f"widest line of prose                   {max(figures.wide)}")
    print(f"problems, ties among them              {figures.problems}, {figures.ties}")
    print(f"next checks, without their command     {figures.next_checks}, {figures.without_command}")
    print(f"a cause both possible and ruled out    {figures.both}")


if __name__ == "__main__":
    main()

"""`kb eval`: labelled cases against the base in use."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from diagnose.text.sanitize import json_text
from kb.cli.help import KbCommand, renamed_option
from kb.cli.output import check_output, save, tell
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command(cls=KbCommand)
@click.argument("cases", metavar="CASES.jsonl")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@renamed_option(
    "--jobs",
    old=("--threads",),
    type=click.IntRange(min=1),
    metavar="N",
    help="Use N processes (default: one a processor).",
)
@renamed_option(
    "--limit",
    "failures",
    old=("--failures",),
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    metavar="N",
    help="List N failures.",
)
@click.option("--svg", metavar="FILE", help="Write a reliability diagram to FILE.")
@click.option("--fit", metavar="FILE", help="Fit the weights of the ranking, cross-validated, and write them to FILE.")
@click.option(
    "--with", "others", nargs=2, multiple=True, metavar="CASES BASE", help="Fit over these cases and base as well."
)
@click.option("--force", is_flag=True, help="Overwrite FILE of --svg and --fit.")
@click.option("--compare", metavar="BASE|FILE", help="Compare with another base, or with an earlier --format json.")
@click.option(
    "--compare-with",
    "methods",
    type=click.Choice(["bm25", "coverage", "both"]),
    multiple=True,
    help="Compare with a simple method: full text, coverage of known messages, the sum of both.",
)
@click.pass_obj
def command(session: Session, /, cases: str, **given: Any) -> int:
    """Measure the base in use on labelled CASES: accuracy, false alarms, calibration, with 95 % intervals.

    A line of CASES has id, text or file, expect (a list of article or article/cause; empty where none applies),
    acceptable, kind and source (the thread); kinds that begin with negative- have nothing to expect. Cases on which the
    weights were fitted are told apart.

    Status: 0 measured, 2 the cases or the base could not be read.
    """
    from kb.evaluate.cases import read_cases

    for option in ("svg", "fit"):
        check_output(given[option], force=given["force"], option=f"--{option}")
    labelled = read_cases(cases)
    store = session.store()
    _check_expected(labelled, store, cases)
    jobs = given["jobs"] or os.cpu_count() or 1
    if given["fit"]:
        return _fit(session, labelled, store, jobs, given["others"], given["fit"])
    return _measure(session, labelled, store, jobs, given)


def _measure(session: Session, labelled: Any, store: Any, jobs: int, given: Any) -> int:
    from kb.evaluate.figures import report
    from kb.evaluate.report import compared, svg, told_apart
    from kb.evaluate.run import answers

    said = answers(labelled, store, session.cache, jobs, progress(len(labelled)))
    unseen = [answer for answer in said if not answer.fitted]
    figures = report(unseen or said)
    remembered = report([answer for answer in said if answer.fitted]) if unseen and len(unseen) < len(said) else None
    answer_changes = _changes(session, said, labelled, jobs, given["compare"]) if given["compare"] else ()
    simple = {method: _simple(session, said, labelled, store, jobs, method) for method in given["methods"]}
    _warn_unread(said)
    if given["svg"]:
        save(given["svg"], svg(figures), "--svg")
    if given["format_"] == "json":
        result = {"schema": "kb.evaluation/1", "articles": store.size, "figures": figures, "answers": said}
        result |= {"fitted": sum(answer.fitted for answer in said), "figures_fitted": remembered}
        result |= {"changes": answer_changes} if given["compare"] else {}
        result |= {"methods": simple} if simple else {}
        click.echo(json_text(result, indent=1))
        return 0
    click.echo(f"{len(said)} cases against {store.size} articles\n")
    click.echo(told_apart(said, figures, remembered, given["failures"]))
    if given["compare"]:
        click.echo(f"\ncompared with {given['compare']}\n{compared(answer_changes)}")
    for method, (first, three) in simple.items():
        click.echo(f"\ncompared with {method}: the first article\n{compared(first, name_cases=False)}")
        click.echo(f"compared with {method}: among the first three\n{compared(three, name_cases=False)}")
    return 0


def _simple(session: Session, said: Any, labelled: Any, store: Any, jobs: int, method: str) -> Any:
    """What changes from a simple method to the answers `said`, among the first and among the first three."""
    from functools import partial

    from kb.evaluate.figures import answer_changes
    from kb.evaluate.run import simple_answers, spread

    one = partial(simple_answers, method)
    before = spread(one, labelled, store, session.cache, jobs, progress(len(labelled)))
    return answer_changes(before, said), answer_changes(before, said, depth=3)


def _warn_unread(said: Any) -> None:
    """An input that could not be read is answered with unknown: say so, and what is missing."""
    unread = [reason for answer in said for reason in answer.unread]
    if unread:
        tell(f"{len(unread)} inputs were not read whole, their cases are scored all the same ({unread[0]})")


def _changes(session: Session, said: Any, labelled: Any, jobs: int, other: str) -> Any:
    """What changes from `other` (a base, or a file of an earlier run) to the answers `said`."""
    from pathlib import Path

    from kb.evaluate.figures import answer_changes
    from kb.evaluate.run import answers, earlier

    if Path(other).is_file():
        before = earlier(other)
    else:
        base = session.opened([Path(other)])
        before = answers(labelled, base, session.cache, jobs, progress(len(labelled)))
    return answer_changes(before, said)


def _fit(session: Session, labelled: Any, store: Any, jobs: int, others: Any, file: str) -> int:
    from datetime import UTC, datetime
    from pathlib import Path

    from kb.evaluate.cases import read_cases
    from kb.evaluate.fit import fit
    from kb.evaluate.run import choices

    learned = [*choices(labelled, store, session.cache, jobs, progress(len(labelled)))]
    for path, base in others:
        more = read_cases(path)
        opened = session.opened([Path(base)])
        _check_expected(more, opened, path)
        learned += choices(more, opened, session.cache, jobs, progress(len(more)))
    fitted = fit(learned, datetime.now(UTC).date().isoformat())
    fitted_text = json_text(fitted, indent=1)
    save(file, fitted_text + "\n", "--fit")
    click.echo(fitted_text)
    return 0


def _check_expected(labelled: Any, store: Any, path: str) -> None:
    known = set(store.ids())
    missing = sorted({name.partition("/")[0].lower() for case in labelled for name in case.expect} - known)
    if missing:
        tell(
            f"{path}: {len(missing)} expected articles are not in the base ({', '.join(missing[:3])}): they count as wrong"
        )


def progress(total: int) -> Callable[[int], None]:
    """A counter on standard error, where that is a terminal."""

    def told(done: int) -> None:
        end = "\n" if done == total else ""
        print(f"\r{done} of {total} cases", end=end, file=sys.__stderr__, flush=True)

    return told if sys.stderr is not None and sys.stderr.isatty() else lambda done: None

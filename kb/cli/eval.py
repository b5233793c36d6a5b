"""`kb eval`: labelled cases against the base in use."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from diagnose.errors import KbError
from kb.cli import Session, tell

if TYPE_CHECKING:
    from collections.abc import Callable


@click.command()
@click.argument("cases", metavar="CASES.jsonl")
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@click.option("--jobs", type=click.IntRange(min=1), metavar="N", help="Use N processes (default: one a processor).")
@click.option(
    "--failures", type=click.IntRange(min=0), default=20, show_default=True, metavar="N", help="List N failures."
)
@click.option("--svg", metavar="FILE", help="Write a reliability diagram to FILE.")
@click.pass_obj
def command(session: Session, cases: str, format_: str, jobs: int | None, failures: int, svg: str | None) -> int:
    """Measure the base in use on labelled CASES: accuracy, false alarms, calibration, with 95 % intervals.

    A line of CASES has id, text or file, expect (a list of article or article/cause; empty where none applies),
    acceptable and kind; kinds that begin with negative- have nothing to expect.

    Status: 0 measured, 2 the cases or the base could not be read.
    """
    import msgspec

    from kb.evaluate.answers import answers
    from kb.evaluate.cases import read_cases
    from kb.evaluate.figures import report
    from kb.evaluate.tell import svg as diagram
    from kb.evaluate.tell import text

    labelled = read_cases(cases)
    store = session.store()
    _check_expected(labelled, store, cases)
    said = answers(labelled, store, session.cache, jobs or os.cpu_count() or 1, progress(len(labelled)))
    figures = report(said)
    if svg:
        write(svg, diagram(figures))
    if format_ == "json":
        result = {"schema": "kb.evaluation/1", "articles": store.size, "figures": figures, "answers": said}
        click.echo(msgspec.json.format(msgspec.json.encode(result), indent=1).decode())
    else:
        click.echo(f"{len(said)} cases against {store.size} articles\n\n{text(figures, failures)}")
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
        print(f"\r{done} of {total} cases", end=end, file=sys.stderr, flush=True)

    return told if sys.stderr is not None and sys.stderr.isatty() else lambda done: None


def write(path: str, content: str) -> None:
    try:
        with open(path, "w", encoding="utf-8", newline="\n") as file:
            file.write(content)
    except OSError as error:
        raise KbError(path, error.strerror or str(error), "name a file that can be written") from None

"""`kb case`: read a case, diagnose it again, compare two, export one for a ticket."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from diagnose.errors import KbError
from diagnose.text.sanitize import json_text, neutral
from kb.cases.file import load, now, save
from kb.cli.output import check_output, tell, write_output
from kb.cli.session import Session, base_option

if TYPE_CHECKING:
    from diagnose.diagnosis import Diagnosis
    from kb.cases.case import Case
    from kb.cases.diff import CaseChange


@click.group(
    params=[base_option()],
    context_settings={"help_option_names": ["-h", "--help"]},
    invoke_without_command=True,
)
@click.pass_context
def command(context: click.Context) -> int | None:
    """Work with a case: the file that `kb diagnose --case FILE` keeps."""
    if context.invoked_subcommand is not None:
        return None
    click.echo(context.get_help(), err=True)
    return 2


@command.command()
@click.argument("case", metavar="CASE")
@click.option("--explain", is_flag=True, help="Show where every number comes from.")
def show(case: str, explain: bool) -> int:
    """Read CASE: what was given and done, and what came of it."""
    loaded = load(case)
    _render(loaded, "text", explain, None)
    return 0


@command.command()
@click.argument("case", metavar="CASE")
@click.option("--format", "format_", type=click.Choice(["markdown", "html", "json", "text"]), default="markdown", show_default=True)  # fmt: skip
@click.option("--output", metavar="FILE", help="Write to FILE.")
@click.option("--force", is_flag=True, help="Overwrite FILE of --output.")
@click.option("--redact", type=click.Choice(["secrets", "personal"]), default="secrets", show_default=True, help="With personal, leave out data of persons too.")  # fmt: skip
def export(case: str, format_: str, output: str | None, force: bool, redact: str) -> int:
    """Write CASE for a ticket, as one file: ranking, evidence, checks, timeline, what is ruled out, the fix and its proof."""
    check_output(output, force=force)
    _render(_redacted(load(case), redact), format_, False, output)
    return 0


def _redacted(case: Case, redact: str) -> Case:
    """The case, whose secrets are gone since it was saved, also without data of persons where that is asked for."""
    if redact != "personal":
        return case
    from diagnose.redact.redactor import Redactor
    from kb.cases.redacted import redacted_case

    return redacted_case(case, Redactor(personal=True))


@command.command()
@click.argument("case", metavar="CASE")
@click.option("--save", "keep", is_flag=True, help="Keep the new answer in CASE.")
@click.option("--no-learned", is_flag=True, help="Ignore what resolved cases say of how likely a cause is.")
@click.pass_obj
def replay(session: Session, case: str, keep: bool, no_learned: bool) -> int:
    """Diagnose CASE again with the articles in use now, and say what changed.

    Status: as that of diagnose.
    """
    from msgspec.structs import replace

    from diagnose.options import Options
    from kb import __version__
    from kb.cases.resolved import with_learned
    from kb.cases.resume import ask_case

    old = load(case)
    store = session.store()
    options = Options() if no_learned else with_learned(Options(), tell)
    fresh = replace(old, kb=__version__, base=store.documents_digest)
    new, _ = ask_case(fresh, (), store, options, now(), did="replayed")
    same = "the same articles" if old.base == new.base else "other articles than before"
    click.echo(f"{_lead(new)}; {same}")
    _changes(old, new)
    if keep:
        save(case, new)
    return 1 if _diagnosis(new, case).verdict == "unknown" else 0


@command.command()
@click.argument("before", metavar="CASE1")
@click.argument("after", metavar="CASE2")
def diff(before: str, after: str) -> int:
    """Say what differs from CASE1 to CASE2: before and after a fix, or one fault on two machines.

    Status: 0 nothing, 1 something differs.
    """
    return 1 if _changes(load(before), load(after)) else 0


replay.params.append(base_option())


def _changes(before: Case, after: Case) -> list[CaseChange]:
    from kb.cases.diff import changes

    found = changes(_diagnosis(before, "CASE1"), _diagnosis(after, "CASE2"))
    for change in found:
        click.echo(f"  {neutral(str(change))}")
    if not found:
        click.echo("  nothing changed")
    return found


def _diagnosis(case: Case, name: str) -> Diagnosis:
    if case.diagnosis is None:
        raise KbError(name, "holds no diagnosis", "diagnose something with --case first")
    return case.diagnosis


def _lead(case: Case) -> str:
    from diagnose.report.words import summary

    return neutral(summary(_diagnosis(case, "CASE")))


def _render(case: Case, format_: str, explain: bool, output: str | None) -> None:
    from diagnose.report import RENDERERS
    from kb.cli.output import style_for
    from kb.cli.unread import summed_up

    if format_ == "json":
        text = json_text(case) + "\n"
    else:
        style = style_for(output, explain=explain)
        text = RENDERERS[format_](summed_up(_diagnosis(case, "CASE")), style, case.steps)
    write_output(text, output)
    if output is None:
        sys.stdout.flush()

"""`kb diagnose` with --case or --interactive: the case loaded, gone on with and saved."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click
from msgspec.structs import replace

from diagnose.errors import KbError
from diagnose.text.sanitize import neutral
from kb import __version__
from kb.cases.file import load_or_new, new_case, now, save
from kb.cli.call import rendered, reports_as_it_goes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.inputs.sources import InputError, Source
    from diagnose.options import Options
    from kb.cases.case import Case
    from kb.cli.given import Call
    from kb.store.store import Store


def run(
    call: Call, store: Store, options: Options, sources: Iterable[Source | InputError] | None
) -> tuple[Diagnosis, tuple[Step, ...]]:
    """Go on with the case of this call; gives its diagnosis and timeline. KbError where it holds nothing to diagnose."""
    path = call.case_file
    case = load_or_new(path) if path else new_case()
    case = replace(case, kb=__version__, base=store.documents_digest)
    if call.interactive:
        case = _talk(call, case, store, options, sources)
        if case.diagnosis is None:
            raise KbError("kb diagnose", "stopped before anything was given", "paste the error when asked")
        return _top(case.diagnosis, options), case.steps
    from kb.cases.resume import ask_case, prove_case

    if call.after_fix:
        case = prove_case(case, sources or (), store, options, now())
        if path is None or case.diagnosis is None:
            raise KbError(path or "--after-fix", "holds no diagnosis yet", "diagnose the error with --case first")
        save(path, case)
        return _top(case.diagnosis, options), case.steps
    case, plain = ask_case(case, sources or (), store, options, now())
    if any(item.bytes for item in plain.inputs):
        _saver(path)(case)
    assert case.diagnosis is not None
    return _top(plain if call.raw else case.diagnosis, options), case.steps


def _top(diagnosis: Diagnosis, options: Options) -> Diagnosis:
    """As many causes as were asked for; the case keeps more."""
    return replace(diagnosis, causes=diagnosis.causes[: options.top])


def _saver(path: str | None) -> Callable[[Case], None]:
    return (lambda case: save(path, case)) if path else (lambda case: None)


def _talk(
    call: Call, case: Case, store: Store, options: Options, sources: Iterable[Source | InputError] | None
) -> Case:
    from kb.cases.interactive import Talk
    from kb.terminal.listening import listening

    stream = sys.stdout if reports_as_it_goes(call) else sys.stderr

    def report(case: Case, plain: Diagnosis) -> None:
        """The report of a diagnosis, apart from what stands above it."""
        shown = plain if call.raw or case.diagnosis is None else case.diagnosis
        stream.write(
            "\n" + rendered(_top(shown, options), replace(call, format_="text", output=None)).rstrip("\n") + "\n"
        )
        stream.flush()

    with listening() as hear:
        talk = Talk(case, store, options, say=_say, hear=hear, report=report, now=now, save=_saver(call.case_file))
        return talk.run(sources)


def _say(line: str) -> None:
    click.echo(neutral(line), err=True)

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

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from diagnose.diagnosis import Diagnosis, Step
    from diagnose.inputs.sources import InputError, Source
    from diagnose.options import Options
    from kb.cases.case import Case
    from kb.cli.call import Call
    from kb.store.store import Store


def run(
    call: Call, store: Store, options: Options, sources: Iterable[Source | InputError] | None
) -> tuple[Diagnosis, tuple[Step, ...]]:
    """Go on with the case of this call; gives its diagnosis and timeline. KbError where it holds nothing to diagnose."""
    path = call.case_file
    case = load_or_new(path) if path else new_case()
    case = replace(case, kb=__version__, base=store.documents_digest)
    if call.interactive:
        case = _talk(case, store, options, sources, _saver(path))
        if case.diagnosis is None:
            raise KbError("--interactive", "stopped before anything was given", "paste the error when asked")
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
    case: Case,
    store: Store,
    options: Options,
    sources: Iterable[Source | InputError] | None,
    keep: Callable[[Case], None],
) -> Case:
    from kb.cases.interactive import Talk

    reconfigure = getattr(sys.stdin, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(errors="replace")
    talk = Talk(case, store, options, say=_say, hear=_hear, now=now, save=keep)
    return talk.run(sources)


def _say(line: str) -> None:
    click.echo(neutral(line), err=True)


def _hear(prompt: str) -> str:
    """One line of standard input; the prompt goes where everything else goes that is not the result."""
    if prompt:
        sys.stderr.write(prompt)
        sys.stderr.flush()
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise EOFError
    return line.rstrip("\r\n")

"""`kb verify`: inputs to a report, with read-only probes run in between once the user agreed to the list."""

from __future__ import annotations

import platform
import sys
from typing import TYPE_CHECKING, Any

import click

from kb.cli.call import (
    check_given,
    check_output,
    check_redaction,
    options_of,
    sources_of,
    status_of,
    tell_troubles,
    write,
)
from kb.cli.given import Call
from kb.cli.help import KbCommand
from kb.cli.options import PROBE, options
from kb.cli.output import tell
from kb.cli.period import tell_empty_range
from kb.cli.session import Session

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from diagnose.diagnosis import Diagnosis, ProbeResult
    from diagnose.probes.plan import Plan, Planned
    from kb.probing import ProbeChoice


@click.command(cls=KbCommand)
@options(
    "inputs",
    "texts",
    "format_",
    "top",
    "explain",
    "platform",
    "params",
    "encoding",
    "max_bytes",
    "since",
    "until",
    "around",
    "zone",
    "context",
    "threads",
    "strict",
    "quiet",
    "raw",
    "redact",
    "output",
    "force",
    *PROBE,
)
@click.pass_obj
def command(session: Session, /, **given: Any) -> int:
    """Diagnose INPUTs, list the read-only probes of the leading causes, ask, run them, and rank again.

    Probes connect, look up a name or look at this machine; they change nothing and run no command of an article. They
    run from this machine: an answer to a check that belongs on another one counts little, unless you say --here.
    Without a terminal, name what may be asked: kb verify error.log --yes --target fe02.contoso.com

    Status: 0 a cause is confirmed, or a probe shows that its fix works; 1 nothing is confirmed; 2 nothing was run, or
    something could not be read whole.
    """
    return verify(session, Call(**given))


def verify(session: Session, call: Call) -> int:
    from msgspec.structs import replace

    from kb.ask import asking
    from kb.probing import choose, elsewhere, plan_of, probe_answers

    check_call(call)
    someone = sys.stdin is not None and sys.stdin.isatty() and "-" not in call.inputs
    options = options_of(call)
    store = session.store(quiet=call.quiet)
    ask = asking(sources_of(call), store, options.setup, raw=call.raw, personal=options.personal)
    diagnosis = ask(options)
    check_given(options.given, diagnosis, store)
    tell_troubles(diagnosis)
    tell_empty_range(call, diagnosis, options.setup.when)
    problems = store.problems({f.article for f in diagnosis.causes})
    plan = plan_of(diagnosis, problems, call.checks)
    choice = choose(plan, call.targets)
    places = {} if call.here else elsewhere(diagnosis, problems, platform.node())
    told = someone and not call.yes and not call.quiet and call.format_ == "text" and not call.output
    if told:  # whoever is asked sees first what for
        write(diagnosis, call)
    show(diagnosis, plan, choice, places)
    results: list[ProbeResult] = []
    stopped = False
    if choice.run and agreed(choice, call.yes, someone):
        stopped = not run(choice.run, _named(choice, call, options.given.values()), call.timeout, results)
        diagnosis = replace(ask(replace(options, answers=probe_answers(results, places))), probes=tuple(results))
    if (call.output or not call.quiet) and (results or not told):
        write(diagnosis, call)
    warned = bool(diagnosis.warnings) or any(fault.severity == "error" for fault in store.faults())
    read = status_of(diagnosis, warned=call.strict and warned)
    return 130 if stopped else 2 if read == 2 else _status(diagnosis, plan, results)


def check_call(call: Call) -> None:
    from diagnose.facts import EXPECTED, typed

    check_output(call)
    check_redaction(call)
    for host in call.targets:
        if typed("host", host) is None:
            raise click.UsageError(f"--target {host}: not {EXPECTED['host']}")
    if call.yes and not call.targets:
        raise click.UsageError("--yes wants --target HOST for every host that may be probed (--target localhost: none)")


def show(diagnosis: Diagnosis, plan: Plan, choice: ProbeChoice, places: Mapping[str, str]) -> None:
    """The list, on standard error: from where, what would run, what would not and why."""
    if choice.run:
        machine = platform.node() or "no name"
        click.echo("Read-only probes of the leading causes,", err=True)
        _say(f"from this machine ({machine}): they tell what it reaches and holds, not what another one does.")
    for number, item in enumerate(choice.run, 1):
        _line(f"{number:>3}  {_question(item)}", item.title, item.checks)
        for place in dict.fromkeys(places[check] for check in item.checks if check in places):
            _say(f"       counts little from here: it belongs on {place} (if that is this machine: --here)")
    for item, why in choice.left_out:
        _line(f"  -  {_question(item)}", f"left out: {why}", item.checks)
    for other in plan.not_runnable:
        _line(f"  -  {other.kind}", f"cannot run: {other.why}", (other.check,))
    if not (plan.planned or plan.not_runnable):
        unknown = diagnosis.verdict == "unknown"
        tell(
            f"nothing to probe: {'no cause is known' if unknown else 'no open check of the leading causes has a probe'}"
        )


def _say(line: str) -> None:
    from diagnose.text.sanitize import neutral

    click.echo(neutral(line), err=True)


def _question(item: Planned) -> str:
    return " ".join((item.kind, *item.arguments))


def _line(head: str, text: str, checks: Sequence[str]) -> None:
    _say(f"{head}   {text} [{', '.join(checks)}]")


def agreed(choice: ProbeChoice, yes: bool, someone: bool) -> bool:
    """Whether the user agrees to the list; where there is not `someone` to be asked, says what to do."""
    if yes:
        return True
    if someone:
        click.echo("Run these probes? [y/N]: ", nl=False, err=True)
        return sys.stdin.readline().strip().casefold() in ("y", "yes")
    hosts = dict.fromkeys(item.host for item in choice.run if item.host) or {"localhost": None}
    tell(f"nothing was run: nobody to ask; agree with --yes {' '.join(f'--target {host}' for host in hosts)} (KB-E060)")
    return False


def _named(choice: ProbeChoice, call: Call, values: Any) -> frozenset[str]:
    """The hosts that the user named, by an option or by agreeing to a list in which they stand."""
    from kb.probing import shown_loopback

    return frozenset({*call.targets, *values, *(() if call.yes else shown_loopback(choice.run))})


def run(planned: Sequence[Planned], named: frozenset[str], seconds: float, results: list[ProbeResult]) -> bool:
    """Run them and tell each result as it comes, into `results`; False if the user stopped it."""
    from diagnose.probes import ProbeLimits
    from diagnose.probes.run import run_all
    from kb.probing import result_line

    try:
        for result in run_all(planned, ProbeLimits(seconds=seconds, named=named)):
            results.append(result)
            tell(result_line(result))
    except KeyboardInterrupt:
        tell(f"stopped: {len(results)} of {len(planned)} probes were run; the report is of these")
        return False
    return True


def _status(diagnosis: Diagnosis, plan: Plan, results: Sequence[ProbeResult]) -> int:
    from kb.probing import proved

    if not results and (plan.planned or plan.not_runnable):
        return 2
    return 0 if proved(diagnosis, results) else 1

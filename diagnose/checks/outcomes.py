"""Pasted outputs to outcomes of checks: which check an output answers, and which of its outcomes it shows.

An output belongs to a check by what it is about (port, host, path, service), not by its order in the paste. A name and
an address cannot be compared, so then the port decides; another name or another address contradicts. What was measured at
a target that only a default filled in (`assumed`) is weak evidence about the case: see targets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.checks.answers import Answered, Located, Told, newer
from diagnose.checks.echoed import echoed
from diagnose.checks.patterns import command_lines, filled, first_outcome, outcome_of, quote_of
from diagnose.checks.targets import (
    COMPARED,
    is_other,
    known_of,
    limit_of,
    mounts_of,
    named_by,
    targets_of,
)
from diagnose.model import Span

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from diagnose.model import Check, Problem, Strength
    from diagnose.outputs.base import Output
    from diagnose.scan.passages import Passage

# Outputs that say whether a TCP port of another machine answers.
CONNECTING = frozenset(
    {"test-netconnection", "telnet", "nc", "netstat", "ss", "get-nettcpconnection", "curl", "openssl-s-client"}
)
LONGEST_ALONE = 60


def told(
    problem: Problem,
    values: Mapping[str, str],
    outputs: Sequence[Located],
    passages: Sequence[Passage],
    explained: frozenset[str] = frozenset(),
    assumed: Collection[str] = (),
) -> dict[str, Told]:
    """The outcome of every check of `problem` that the outputs answer; the last one in the text counts.

    `explained` are the sources that hold evidence of the problem itself, `assumed` the parameters whose value is a mere
    default. An output of another target than the one asked about is no answer, and is told as unclear.
    """
    known = known_of(problem.params, values, assumed)
    result: dict[str, Told] = {}
    elsewhere: dict[str, int] = {}
    claimed = {(o.source, o.first + i) for o in outputs for i in range(o.output.last - o.output.first + 1)}
    answered: set[int] = set()
    # Checks whose port is known choose first; what is left may answer one whose port is not.
    for name, check in sorted(problem.checks.items(), key=lambda item: "port" not in _subject(item[1], known)):
        open_port = "connects" in _subject(check, known)
        fitting = [i for i, located in enumerate(outputs) if _answers(check, known, located.output)]
        mounts = mounts_of(outputs[i] for i in fitting)
        targets = _targets(problem, check, known)
        for index in fitting:
            if open_port and index in answered:
                continue
            if is_other(targets, outputs[index], mounts):
                elsewhere |= {} if open_port else {name: index}
                continue
            limit = limit_of(check, problem.params, assumed, outputs[index].output)
            result[name] = newer(result.get(name), _outcome(name, check, outputs[index], limit))
            answered.add(index)
        if name not in result:
            typed = echoed(name, problem, known, passages, claimed, assumed)
            if typed is not None:
                result[name] = typed
    foreign = {
        name: _of_another(name, problem, known, outputs[index])
        for name, index in elsewhere.items()
        if name not in result and index not in answered
    }
    alone = _alone(problem, result, passages, claimed, explained, assumed)
    return foreign | alone | result


def offered(
    problem: Problem, values: Mapping[str, str], outputs: Sequence[Located], wanted: Collection[str]
) -> Iterator[tuple[str, str, Span]]:
    """(parameter, value, place): targets that outputs name for checks whose target is among the `wanted` parameters."""
    known = known_of(problem.params, values, wanted)
    for check in problem.checks.values():
        targets = targets_of(check, problem.params)
        for kind in COMPARED:
            name = targets.get(kind, "")
            if name not in wanted or "connects" in _subject(check, known):
                continue
            fitting = [located for located in outputs if _answers(check, known, located.output)]
            mounts = mounts_of(fitting)
            for located in fitting:
                value = named_by(kind, located, mounts)
                if value and value != problem.params[name].default:
                    yield name, value, Span(source=located.source, line=located.first)


def answered(problem: Problem, answers: Sequence[Answered], assumed: Collection[str] = ()) -> dict[str, Told]:
    """The outcomes that `answers` give to checks of `problem`; a clear one is not forgotten for an unclear one."""
    result: dict[str, Told] = {}
    for answer in answers:
        check = problem.checks.get(answer.check)
        if answer.problem == problem.id and check is not None:
            outcome = outcome_of(check, answer.state)
            why = "" if outcome else answer.why or "none of the outcomes of this check"
            at = Span(source=answer.source, line=answer.line)
            limit = limit_of(check, problem.params, assumed)
            result[answer.check] = newer(
                result.get(answer.check), Told(answer.check, outcome, at, answer.quote, why, limit)
            )
    return result


def _alone(
    problem: Problem,
    known: Mapping[str, Told],
    passages: Sequence[Passage],
    claimed: set[tuple[str, int]],
    explained: frozenset[str],
    assumed: Collection[str],
) -> dict[str, Told]:
    """Short inputs of their own that no recogniser knows and that fit the outcomes of one open check only."""
    result: dict[str, Told] = {}
    for passage in passages if explained else ():
        text = "\n".join(passage.lines)
        lines = range(passage.first, passage.first + len(passage.lines))
        if (
            passage.source in explained
            or len(lines) > LONGEST_ALONE
            or any((passage.source, n) in claimed for n in lines)
        ):
            continue
        fitting = {name: outcome for name, check in problem.checks.items() if (outcome := first_outcome(check, text))}
        if len(fitting) == 1:
            ((name, outcome),) = fitting.items()
            if name not in known:
                at = Span(source=passage.source, line=passage.first)
                limit = limit_of(problem.checks[name], problem.params, assumed)
                result[name] = Told(name, outcome, at, text.strip()[:400], limit=limit)
    return result


def _outcome(name: str, check: Check, located: Located, limit: Strength | None = None) -> Told:
    output = located.output
    outcome = output.state if output.state in check.outcomes else first_outcome(check, output.text)
    why = "" if outcome else output.why or "none of the outcomes of this check"
    return Told(name, outcome, Span(source=located.source, line=located.first), quote_of(output), why, limit)


def _answers(check: Check, values: Mapping[str, str], output: Output) -> bool:
    wanted = _subject(check, values)
    if not (
        check.parser == output.parser
        or ("port" in wanted and output.parser in CONNECTING)
        or ("connects" in wanted and output.parser in CONNECTING)
        or ("service" in wanted and "service" in output.subject)
    ):
        return False
    if output.state == "listening" and "listening" not in check.outcomes:
        return False
    subject = output.subject
    if "service" in wanted:
        return subject.get("service", "").casefold() in wanted["service"].casefold().split("\n")
    return "port" not in wanted or subject.get("port", "") == wanted["port"]


def _targets(problem: Problem, check: Check, known: Mapping[str, str]) -> dict[str, str]:
    """What the check asks about by kind, as far as it is known."""
    found = {kind: known.get(name, "") for kind, name in targets_of(check, problem.params).items()}
    return found | ({} if found.get("host") else {"host": _subject(check, known).get("host", "")})


def _of_another(name: str, problem: Problem, known: Mapping[str, str], located: Located) -> Told:
    output = located.output
    kind = next(kind for kind in COMPARED if kind in output.subject or (kind == "host" and "address" in output.subject))
    seen = output.fields.get("asked") or output.subject.get(kind) or output.subject["address"]
    why = f"output of another {kind}, {seen}, not of {_targets(problem, problem.checks[name], known).get(kind, '')}"
    return Told(name, "", Span(source=located.source, line=located.first), quote_of(output), why)


def _subject(check: Check, values: Mapping[str, str]) -> dict[str, str]:
    """What the check asks about, as far as it is known: host and port of its probe, services named in its commands."""
    tcp = check.probe.get("tcp")
    if tcp and len(tcp) == 2:
        wanted = {"host": filled(tcp[0], values), "port": filled(tcp[1], values)}
        known = {key: value for key, value in wanted.items() if value}
        return known if "port" in known else {**known, "connects": "some port"}
    services = check.probe.get("service", ())
    if not services and check.parser in ("get-service", "get-cswindowsservice", "sc-query", "systemctl"):
        services = tuple(word for line in command_lines(check, values) for word in re.split(r"[\s,'\"]+", line)[1:])
    if services:
        return {"service": "\n".join(filter(None, (filled(name, values) for name in services)))}
    return {}

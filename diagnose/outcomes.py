"""Pasted outputs to outcomes of checks: which check an output answers, and which of its outcomes it shows.

An output belongs to a check by what it is about (port, host, path, service), not by its order in the paste. A name and
an address cannot be compared, so then the port decides; another name or another address contradicts. What was measured at
a target that only a default filled in (`assumed`) is weak evidence about the case: see targets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.fold import fold_literal
from diagnose.model import Evidence, Span
from diagnose.outputs.base import STATES
from diagnose.targets import (
    COMPARED,
    assumed_of,
    is_other,
    known_of,
    limit_of,
    mounts_of,
    named_by,
    same_host,
    same_path,
    targets_of,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from diagnose.match import Passage
    from diagnose.model import Check, Outcome, Problem, Strength
    from diagnose.outputs.base import Output

# Outputs that say whether a TCP port of another machine answers.
CONNECTING = frozenset(
    {"test-netconnection", "telnet", "nc", "netstat", "ss", "get-nettcpconnection", "curl", "openssl-s-client"}
)
# Tools whose commands have another name than their output.
_CALLED = {"sc": "sc-query", "openssl": "openssl-s-client", "ncat": "nc", "netcat": "nc", "curl.exe": "curl"}
# A state, and the one that says the same with less detail.
LESS = dict.fromkeys(("refused", "timeout", "unreachable"), "failed") | dict.fromkeys(
    ("expired", "untrusted", "name-mismatch"), "tls-error"
)
_PROMPT = re.compile(
    r"^\s*(?:PS\b[^>\n]{0,200}>|[A-Za-z]:\\[^>\n]{0,200}>|(?:\[?[\w.-]+@[^$#\n]{1,100})?[$#]\s)\s*(\S.*)$"
)
_SLOT = re.compile(r"\$\{([\w-]+)\}")
LONGEST_BLOCK = 200
LONGEST_ALONE = 60


class Told(Struct, frozen=True):
    """An outcome of a check (`outcome` empty: unclear, `why`), where it stands, and the most that it may count."""

    check: str
    outcome: str
    at: Span
    quote: str
    why: str = ""
    limit: Strength | None = None


class Answered(Struct, frozen=True):
    """A state that a check of a problem came out with, found by other means than a paste: a probe, a person.

    `line` tells the answers of one `source` apart, from 1. `older` than the texts are answers that a person gave while
    the check was open: what a text shows has come after them.
    """

    problem: str
    check: str
    state: str
    quote: str
    source: str = "probe"
    line: int = 1
    why: str = ""
    older: bool = False


class Located(Struct, frozen=True):
    """A recognised output and the source and line where it begins."""

    source: str
    first: int
    output: Output


def outputs_in(passages: Sequence[Passage]) -> list[Located]:
    """Every output that a recogniser of `diagnose.outputs` finds."""
    from diagnose.outputs import recognise

    return [
        Located(passage.source, passage.first + output.first - 1, output)
        for passage in passages
        for output in recognise(passage.lines)
    ]


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
            result[name] = _newer(result.get(name), _outcome(name, check, outputs[index], limit))
            answered.add(index)
        if name not in result:
            echoed = _echoed(name, problem, known, passages, claimed, assumed)
            if echoed is not None:
                result[name] = echoed
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
            result[answer.check] = _newer(
                result.get(answer.check), Told(answer.check, outcome, at, answer.quote, why, limit)
            )
    return result


def outcome_of(check: Check, state: str) -> str:
    """The outcome of `check` that `state` is: of that name, or one that says the same with less detail; else empty."""
    return next((name for name in (state, LESS.get(state, "")) if name in check.outcomes), "")


def newest(old: Mapping[str, Told], new: Mapping[str, Told]) -> dict[str, Told]:
    """What was told later counts, but an unclear outcome does not undo a clear one."""
    return {**old, **{name: _newer(old.get(name), told) for name, told in new.items()}}


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


def _newer(old: Told | None, new: Told) -> Told:
    """A clear outcome is not forgotten because of an unclear one."""
    return old if old is not None and old.outcome and not new.outcome else new


def _outcome(name: str, check: Check, located: Located, limit: Strength | None = None) -> Told:
    output = located.output
    outcome = _finer(check, output) or (
        output.state if output.state in check.outcomes else first_outcome(check, output.text)
    )
    why = "" if outcome else output.why or "none of the outcomes of this check"
    return Told(name, outcome, Span(source=located.source, line=located.first), _quote(output), why, limit)


def _finer(check: Check, output: Output) -> str:
    """The outcome by the check's own patterns, where recognisers have no word for it: it says more than their state."""
    shown = first_outcome(check, output.text) if check.outcomes.keys() - STATES else ""
    return "" if shown in STATES else shown


def _quote(output: Output) -> str:
    return " / ".join(line.strip() for line in output.text.splitlines() if line.strip())[:400]


def first_outcome(check: Check, text: str) -> str:
    """The first outcome, in the order of the article, that `text` shows."""
    folded = fold_literal(text)
    for name, outcome in check.outcomes.items():
        if _shows(outcome, text, folded):
            return name
    return ""


def _shows(outcome: Outcome, text: str, folded: str) -> bool:
    flags = re.MULTILINE | (0 if outcome.case else re.IGNORECASE)
    lowered = folded if outcome.case else folded.lower()
    literals = (fold_literal(text) for text in outcome.contains)
    return any((lit if outcome.case else lit.lower()) in lowered for lit in literals) or any(
        re.search(pattern, text[: LONGEST_BLOCK * 200], flags) for pattern in outcome.regex
    )


def _answers(check: Check, values: Mapping[str, str], output: Output) -> bool:
    wanted = _subject(check, values)
    if not (
        output.parser in _parsers(check)
        or ("port" in wanted and output.parser in CONNECTING)
        or ("connects" in wanted and output.parser in CONNECTING)
        or ("service" in wanted and "service" in output.subject)
    ):
        return False
    if output.state == "listening" and "listening" not in check.outcomes:
        return False
    if output.parser == "df" and (output.fields.get("kind") == "inodes") != _asks_inodes(check):
        return False
    subject = output.subject
    if "service" in wanted:
        return subject.get("service", "").casefold() in wanted["service"].casefold().split("\n")
    return "port" not in wanted or subject.get("port", "") == wanted["port"]


def _parsers(check: Check) -> set[str]:
    """The kinds of output that answer a check which names one: that one, and those of the tools that its commands run."""
    if not check.parser:
        return set()
    words = (line.split(None, 1)[0].lower() for lines in check.commands.values() for line in lines if line.strip())
    return {check.parser, *(_CALLED.get(word, word) for word in words)}


def _asks_inodes(check: Check) -> bool:
    return any("-i" in line.split() for lines in check.commands.values() for line in lines)


def _targets(problem: Problem, check: Check, known: Mapping[str, str]) -> dict[str, str]:
    """What the check asks about by kind, as far as it is known."""
    found = {kind: known.get(name, "") for kind, name in targets_of(check, problem.params).items()}
    return found | ({} if found.get("host") else {"host": _subject(check, known).get("host", "")})


def _of_another(name: str, problem: Problem, known: Mapping[str, str], located: Located) -> Told:
    output = located.output
    kind = next(kind for kind in COMPARED if kind in output.subject or (kind == "host" and "address" in output.subject))
    seen = output.fields.get("asked") or output.subject.get(kind) or output.subject["address"]
    why = f"output of another {kind}, {seen}, not of {_targets(problem, problem.checks[name], known).get(kind, '')}"
    return Told(name, "", Span(source=located.source, line=located.first), _quote(output), why)


def _subject(check: Check, values: Mapping[str, str]) -> dict[str, str]:
    """What the check asks about, as far as it is known: host and port of its probe, services named in its commands."""
    tcp = check.probe.get("tcp")
    if tcp and len(tcp) == 2:
        filled = {"host": _fill(tcp[0], values), "port": _fill(tcp[1], values)}
        known = {key: value for key, value in filled.items() if value}
        return known if "port" in known else {**known, "connects": "some port"}
    services = check.probe.get("service", ())
    if not services and check.parser in ("get-service", "get-cswindowsservice", "sc-query", "systemctl"):
        services = tuple(word for line in _lines(check, values) for word in re.split(r"[\s,'\"]+", line)[1:])
    if services:
        return {"service": "\n".join(filter(None, (_fill(name, values) for name in services)))}
    return {}


def _lines(check: Check, values: Mapping[str, str]) -> list[str]:
    return [_fill(line, values) for lines in check.commands.values() for line in lines]


def _fill(template: str, values: Mapping[str, str]) -> str:
    return _SLOT.sub(lambda slot: values.get(slot[1], ""), template)


def _echoed(
    name: str,
    problem: Problem,
    values: Mapping[str, str],
    passages: Sequence[Passage],
    claimed: set[tuple[str, int]],
    assumed: Collection[str],
) -> Told | None:
    """The outcome of a command that the paste shows behind a prompt: for tools that no recogniser knows."""
    check = problem.checks[name]
    targets = {values[n].casefold() for n in targets_of(check, problem.params).values() if n in values}
    defaults = {problem.params[n].default.casefold() for n in assumed_of(check, problem.params, assumed)}
    wanted = [line.casefold().split() for line in _lines(check, values) if line.split()]
    for passage in reversed(passages):
        for index in range(len(passage.lines) - 1, -1, -1):
            prompt = _PROMPT.match(passage.lines[index][:2000])
            if prompt is None or (passage.source, passage.first + index) in claimed:
                continue
            words = prompt[1].casefold().split()
            same = [line for line in wanted if _same_command(line, words)]
            if not same:
                continue
            block = _block(passage.lines, index)
            outcome = first_outcome(check, "\n".join(block))
            if outcome:
                at = Span(source=passage.source, line=passage.first + index)
                quote = " / ".join(block)[:400]
                if all(_of_other(line, words, targets) for line in same):
                    return Told(name, "", at, quote, f"output of '{prompt[1]}', which is about another target")
                limit: Strength | None = "weak" if defaults and defaults & set(words) else None
                return Told(name, outcome, at, quote, limit=limit)
    return None


def _same_command(wanted: Sequence[str], typed_in: Sequence[str]) -> bool:
    """The same program, and no number (a port, mostly) of ours that the typed line lacks."""
    numbers = {word for word in wanted if word.isdigit()}
    return wanted[0] == typed_in[0] and numbers <= set(typed_in)


def _of_other(wanted: Sequence[str], typed_in: Sequence[str], targets: Collection[str]) -> bool:
    """Whether two forms of one command differ in the word that is a target, one above or below the other left out."""
    if len(wanted) != len(typed_in):
        return False
    pairs = [(ours, theirs) for ours, theirs in zip(wanted, typed_in, strict=True) if ours in targets]
    return any(
        same_host(ours, {"host": theirs}) == "other" and same_path(ours, theirs) == "other" for ours, theirs in pairs
    )


def _block(lines: Sequence[str], index: int) -> list[str]:
    """The lines after the prompt at `index`, up to the next prompt."""
    block = []
    for line in lines[index + 1 : index + 1 + LONGEST_BLOCK]:
        if _PROMPT.match(line[:2000]):
            break
        block.append(line)
    return block


def evidence_of(problem: str, outcome: Told) -> Evidence:
    seen = f"{outcome.check}.{outcome.outcome}"
    return Evidence(problem=problem, seen=seen, at=outcome.at, quote=outcome.quote, limit=outcome.limit)

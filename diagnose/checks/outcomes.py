"""Pasted outputs to outcomes of checks: which check an output answers, and which of its outcomes it shows.

An output belongs to a check by what it is about (port, host, path, service), not by its order in the paste. A name and
an address cannot be compared, so then the port decides; another name or another address contradicts. What was measured at
a target that only a default filled in (`assumed`) is weak evidence about the case: see targets.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.checks.answers import Answered, CheckAnswer, Located, newer, of_rows
from diagnose.checks.echoed import echoed, refused_checks
from diagnose.checks.implied import NAME
from diagnose.checks.listening import outcome_of_rows, port_asked, rows_of
from diagnose.checks.patterns import (
    command_lines,
    names_itself,
    outcome_of,
    printed_line,
    printed_words,
    quote_of,
    told_by,
)
from diagnose.checks.targets import (
    COMPARED,
    is_other,
    known_of,
    limit_of,
    mounts_of,
    named_by,
    targets_of,
)
from diagnose.model import Place, Strength
from diagnose.outputs.base import STATES
from diagnose.templates import filled_plain

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from diagnose.model import Check, Problem
    from diagnose.outputs.base import Output
    from diagnose.scan.passages import Passage

# Outputs that say whether a TCP port of another machine answers.
CONNECTING = frozenset(
    {"test-netconnection", "telnet", "nc", "netstat", "ss", "get-nettcpconnection", "curl", "openssl-s-client"}
)
LONGEST_ALONE = 60
# Tools whose commands have another name than their output.
_CALLED = {"sc": "sc-query", "openssl": "openssl-s-client", "ncat": "nc", "netcat": "nc", "curl.exe": "curl"}
BY_WORDS: Strength = "moderate"


class CheckReader:
    """What the text of a case says to the checks of one problem.

    `values` are those of its parameters, `assumed` the parameters whose value is a mere default, `explained` the sources
    that hold evidence of the problem itself.
    """

    def __init__(
        self,
        problem: Problem,
        values: Mapping[str, str],
        outputs: Sequence[Located],
        passages: Sequence[Passage] = (),
        *,
        assumed: Collection[str] = (),
        explained: frozenset[str] = frozenset(),
    ) -> None:
        self.problem = problem
        self.outputs = outputs
        self.passages = tuple(passages)
        self.assumed = assumed
        self.explained = explained
        self.known = known_of(problem.params, values, assumed)
        self.claimed = {(o.source, o.first + i) for o in outputs for i in range(o.output.last - o.output.first + 1)}
        self._subjects = {name: _subject(check, self.known) for name, check in problem.checks.items()}

    def answers(self) -> dict[str, CheckAnswer]:
        """The outcome of every check that the outputs answer; the last one in the text counts.

        An output of another target than the one asked about is no answer: it is unclear, with the reason.
        """
        result: dict[str, CheckAnswer] = {}
        elsewhere: dict[str, int] = {}
        used: set[int] = set()
        # Checks whose port is known choose first; what is left may answer one whose port is not.
        for name in sorted(self.problem.checks, key=lambda name: "port" not in self._subjects[name]):
            if listening := self._listening(name):
                result[name] = listening
                continue
            open_port = "connects" in self._subjects[name]
            fitting = self._fitting(name)
            mounts = mounts_of(self.outputs[i] for i in fitting)
            targets = self._targets(name)
            rows: list[tuple[Output, CheckAnswer]] = []
            for index in fitting:
                if open_port and index in used:
                    continue
                if is_other(targets, self.outputs[index], mounts):
                    elsewhere |= {} if open_port else {name: index}
                    continue
                rows.append((self.outputs[index].output, self._shown(name, self.outputs[index])))
                used.add(index)
            if rows:
                result[name] = of_rows(rows)
            if name not in result and (typed := self._typed(name)):
                result[name] = typed
        foreign = {
            name: self._of_another(name, self.outputs[index])
            for name, index in elsewhere.items()
            if name not in result and index not in used
        }
        refused = refused_checks(self.problem, self.passages)
        return foreign | refused | self._printed(result) | self._alone(result) | result

    def given(self, answers: Sequence[Answered]) -> dict[str, CheckAnswer]:
        """The outcomes of `answers` found by other means; a clear one is not forgotten for an unclear one."""
        result: dict[str, CheckAnswer] = {}
        for answer in answers:
            name, check = answer.check, self.problem.checks.get(answer.check)
            if answer.problem == self.problem.id and check is not None:
                outcome = outcome_of(check, answer.state)
                why = "" if outcome else answer.why or "none of the outcomes of this check"
                at = Place(source=answer.source, line=answer.line)
                limit = limit_of(check, self.problem.params, self.assumed) or answer.limit
                result[name] = newer(result.get(name), CheckAnswer(name, outcome, at, answer.quote, why, limit))
        return result

    def named_targets(self) -> Iterator[tuple[str, str, Place]]:
        """(parameter, value, place): targets that outputs name for checks whose target is only assumed."""
        for name, check in self.problem.checks.items():
            targets = targets_of(check, self.problem.params)
            for kind in COMPARED:
                param = targets.get(kind, "")
                if param not in self.assumed or "connects" in self._subjects[name]:
                    continue
                fitting = [self.outputs[i] for i in self._fitting(name)]
                mounts = mounts_of(fitting)
                for located in fitting:
                    value = named_by(kind, located, mounts)
                    if value and value != self.problem.params[param].default:
                        yield param, value, Place(source=located.source, line=located.first)

    def _fitting(self, name: str) -> list[int]:
        check, subject = self.problem.checks[name], self._subjects[name]
        return [i for i, located in enumerate(self.outputs) if _answers(check, subject, located.output)]

    def _listening(self, name: str) -> CheckAnswer | None:
        """The answer of all rows that listen on the port asked about; none where there is no such row."""
        check = self.problem.checks[name]
        port = port_asked(check, self.problem.params, self.known)
        rows = [self.outputs[i] for i in rows_of(port, self.outputs)] if port else []
        if not rows:
            return None
        outcome, why = outcome_of_rows(check, rows)
        return CheckAnswer(name, outcome, _place(rows[-1]), " / ".join(quote_of(row.output) for row in rows)[:400], why)

    def _targets(self, name: str) -> dict[str, str]:
        """What the check asks about by kind, as far as it is known."""
        targets = targets_of(self.problem.checks[name], self.problem.params)
        found = {kind: self.known.get(param, "") for kind, param in targets.items()}
        return found | ({} if found.get("host") else {"host": self._subjects[name].get("host", "")})

    def _shown(self, name: str, located: Located) -> CheckAnswer:
        check, output = self.problem.checks[name], located.output
        outcome, refused = self._outcome(check, output)
        why = "" if outcome else refused or output.why or "none of the outcomes of this check"
        limit = limit_of(check, self.problem.params, self.assumed, output)
        if output.state == "ok" and "path" in output.subject and not self._targets(name).get("path"):
            limit = "weak"  # one filesystem that is well says nothing of the others
        return CheckAnswer(name, outcome, _place(located), quote_of(output), why, limit)

    def _outcome(self, check: Check, output: Output) -> tuple[str, str]:
        """The outcome that an output shows, and why it shows none."""
        if output.implied:
            return outcome_of(check, output.state), ""
        known = output.state if output.state in check.outcomes else ""
        outcome = _finer(check, output) or known
        return (outcome, "") if outcome else told_by(check, output.plain or output.text)

    def _of_another(self, name: str, located: Located) -> CheckAnswer:
        output, subject = located.output, located.output.subject
        kinds = (*COMPARED, "name")
        kind = next(kind for kind in kinds if kind in subject or (kind == "host" and "address" in subject))
        seen = output.fields.get("asked") or subject.get(kind) or subject["address"]
        why = f"output of another {kind}, {seen}, not of {self._targets(name).get(kind, '')}"
        return CheckAnswer(name, "", _place(located), quote_of(output), why)

    def _typed(self, name: str) -> CheckAnswer | None:
        return echoed(name, self.problem, self.known, self.passages, self.claimed, self.assumed)

    def _alone(self, known: Mapping[str, CheckAnswer]) -> dict[str, CheckAnswer]:
        """Short inputs of their own that no recogniser knows and that fit the outcomes of one open check only."""
        result: dict[str, CheckAnswer] = {}
        for passage in self.passages if self.explained else ():
            if len(passage.lines) > LONGEST_ALONE or not self._unclaimed(passage):
                continue
            text = "\n".join(passage.lines)
            checks = self.problem.checks
            fitting = {name: outcome for name, check in checks.items() if (outcome := told_by(check, text)[0])}
            if len(fitting) == 1:
                ((name, outcome),) = fitting.items()
                if name not in known:
                    at = Place(source=passage.source, line=passage.first)
                    quote = " / ".join(line.strip() for line in passage.lines if line.strip())[:400]
                    result[name] = CheckAnswer(name, outcome, at, quote, limit=self._most(name, text))
        return result

    def _printed(self, known: Mapping[str, CheckAnswer]) -> dict[str, CheckAnswer]:
        """Lines that commands print in words of their own, in a text that holds the error as well."""
        result: dict[str, CheckAnswer] = {}
        checks = {name: c for name, c in self.problem.checks.items() if name not in known and printed_words(c)}
        for passage in self.passages if checks else ():
            text = "\n".join(passage.lines)
            for name, check in checks.items():
                if found := printed_line(check, text):
                    index, line, outcome = found
                    at = Place(source=passage.source, line=passage.first + index)
                    limit = limit_of(check, self.problem.params, self.assumed)
                    result[name] = CheckAnswer(name, outcome, at, line.strip()[:400], limit=limit)
        return result

    def _most(self, name: str, text: str) -> Strength | None:
        """What an outcome found by words alone may count: the line of a log can have them, so that it settles nothing,
        unless they are the words of the command itself."""
        check = self.problem.checks[name]
        plain = None if names_itself(check, text) else BY_WORDS
        return limit_of(check, self.problem.params, self.assumed) or plain

    def _unclaimed(self, passage: Passage) -> bool:
        """Whether a passage holds neither evidence of the problem nor a recognised output."""
        lines = range(passage.first, passage.first + len(passage.lines))
        return passage.source not in self.explained and not any((passage.source, n) in self.claimed for n in lines)


def _place(located: Located) -> Place:
    return Place(source=located.source, line=located.first)


def _answers(check: Check, wanted: Mapping[str, str], output: Output) -> bool:
    """Whether `output` is one that `check`, which asks about `wanted`, looks for."""
    if output.parser == NAME:
        return wanted.get("name", "").casefold() == output.subject["host"].casefold()
    kind = output.fields.get("kind", "")
    if output.parser == "df" and check.parser == "df" and kind not in {"", *_kinds_asked(check)}:
        return False
    if not (
        output.parser in _parsers(check)
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


def _finer(check: Check, output: Output) -> str:
    """The outcome by the check's own patterns, where recognisers have no word for it: it says more than their state."""
    shown = told_by(check, output.plain or output.text)[0] if check.outcomes.keys() - STATES else ""
    return "" if shown in STATES else shown


def _parsers(check: Check) -> set[str]:
    """The kinds of output that answer a check which names one: that one, and those of the tools that its commands run."""
    if not check.parser:
        return set()
    words = (line.split(None, 1)[0].lower() for lines in check.commands.values() for line in lines if line.strip())
    return {check.parser, *(_CALLED.get(word, word) for word in words)}


def _kinds_asked(check: Check) -> set[str]:
    """Whether a check that df answers asks for blocks or for inodes: one table has both in the same places."""
    from diagnose.outputs.machine.df import kind_asked

    return {kind for line in command_lines(check, {}) if (kind := kind_asked(line))}


def _subject(check: Check, values: Mapping[str, str]) -> dict[str, str]:
    """What the check asks about, as far as it is known: host and port of its probe, services named in its commands."""
    tcp = check.probe.get("tcp")
    if tcp and len(tcp) == 2:
        wanted = {"host": filled_plain(tcp[0], values), "port": filled_plain(tcp[1], values)}
        known = {key: value for key, value in wanted.items() if value}
        return known if "port" in known else {**known, "connects": "some port"}
    if names := check.probe.get("dns", ()):
        return {"name": filled_plain(names[0], values)}
    services = check.probe.get("service", ())
    if not services and check.parser in ("get-service", "get-cswindowsservice", "sc-query", "systemctl"):
        services = tuple(word for line in command_lines(check, values) for word in re.split(r"[\s,'\"]+", line)[1:])
    if services:
        return {"service": "\n".join(filter(None, (filled_plain(name, values) for name in services)))}
    return {}

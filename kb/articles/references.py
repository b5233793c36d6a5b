"""What an article refers to is there: signals, checks and outcomes, captured groups, parameters, links.

Takes a Problem; gives each mistake with its path in the front matter. Knows nothing of files and lines.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.errors import did_you_mean
from diagnose.templates import ANY_SLOT
from kb.documents.fault import Mistake

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from diagnose.model import Problem, Signal
    from kb.documents.yaml_subset import Path

ID = re.compile(r"[a-z0-9][a-z0-9._-]{0,119}")
COMBINED = ("any", "all", "set", "sequence")
_GROUP = re.compile(r"\(\?P<(\w+)>")


def mistakes_of(problem: Problem, broken: Collection[str] = ()) -> Iterator[Mistake]:
    """All of them. `broken` are parts with a fault of their own: what refers to them is not to blame."""
    yield from _known_signals(problem, broken)
    yield from _known_checks(problem, broken)
    yield from _known_slots(problem, broken)
    seen: set[str] = set()
    for i, cause in enumerate(problem.causes):
        if cause.id in seen or not ID.fullmatch(cause.id):
            yield Mistake(
                ("causes", i, "id"),
                f"the cause id '{cause.id[:60]}' stands twice or is no id",
                "give each cause an id of its own",
            )
        seen.add(cause.id)
    for i, reference in enumerate(problem.references):
        if not re.match(r"https?://[^\s<>\"]+$", reference.url):
            yield Mistake(
                ("references", i, "url"), f"'{reference.url[:60]}' is no web address", "write it with https://"
            )


def _known_signals(problem: Problem, broken: Collection[str]) -> Iterator[Mistake]:
    for i, name in enumerate(problem.symptoms):
        yield from _exists(name, problem.signals, ("symptoms", i), "signal", broken)
    joined = {field for signal in problem.signals.values() for field in signal.by}
    for name, signal in problem.signals.items():
        for kind in COMBINED:
            for j, member in enumerate(getattr(signal, kind)):
                yield from _exists(member, problem.signals, ("signals", name, kind, j), "signal", broken)
        for j, veto in enumerate(signal.not_):
            yield from _exists(veto.signal, problem.signals, ("signals", name, "not", j, "signal"), "signal", broken)
        for j, field in enumerate(signal.by):
            if field not in (captured := _captures(problem.signals, name)):
                hint = did_you_mean(field, captured) or f"write (?P<{field}>...) in a pattern of its members"
                yield Mistake(("signals", name, "by", j), f"no member captures '{field}'", hint)
        if _reaches(problem.signals, name, name, 0):
            yield Mistake(("signals", name), f"signal '{name}' is defined by itself", "break the circle")
        for group in (g for regex in signal.regex for g in _GROUP.findall(regex)):
            if not any(group in known for known in (problem.params, joined, broken)):
                yield Mistake(
                    ("signals", name),
                    f"the group '{group}' is no parameter",
                    did_you_mean(group, problem.params) or "declare it under params",
                    "warning",
                )


def _known_checks(problem: Problem, broken: Collection[str]) -> Iterator[Mistake]:
    outcomes = {f"{name}.{outcome}" for name, check in problem.checks.items() for outcome in check.outcomes}
    for i, cause in enumerate(problem.causes):
        for j, clue in enumerate(cause.evidence):
            at: Path = ("causes", i, "evidence", j)
            if bool(clue.signal) == bool(clue.check):
                yield Mistake(at, "evidence names a signal or a check", "give it one of both")
            elif clue.signal:
                yield from _exists(clue.signal, problem.signals, (*at, "signal"), "signal", broken)
            else:
                yield from _exists(clue.check, outcomes, (*at, "check"), "outcome", broken)
            if (clue.supports is None) == (clue.refutes is None):
                yield Mistake(at, "evidence supports or refutes", "give it one of both")
            for worth in (clue.supports, clue.refutes):
                if isinstance(worth, int | float) and worth <= 1:
                    yield Mistake(at, f"a likelihood ratio of {worth}", "use a number greater than 1")
        for j, step in enumerate(cause.remediation):
            if step.verify:
                yield from _exists(step.verify, outcomes, ("causes", i, "remediation", j, "verify"), "outcome", broken)


def _exists(name: str, known: Collection[str], at: Path, kind: str, broken: Collection[str]) -> Iterator[Mistake]:
    if name not in known and name.partition(".")[0] not in broken:
        yield Mistake(at, f"unknown {kind} '{name}'", did_you_mean(name, known) or f"declare the {kind}")


def _known_slots(problem: Problem, broken: Collection[str]) -> Iterator[Mistake]:
    texts: list[tuple[Path, str]] = []
    for name, check in problem.checks.items():
        texts += [
            (("checks", name), text)
            for text in (check.title, check.on, *(t for ts in check.probe.values() for t in ts))
        ]
        texts += [
            (("checks", name, "commands", shell), text) for shell, lines in check.commands.items() for text in lines
        ]
    for i, cause in enumerate(problem.causes):
        for j, step in enumerate(cause.remediation):
            texts += [
                (("causes", i, "remediation", j), text)
                for text in (
                    step.text,
                    step.on,
                    step.before,
                    step.undo,
                    *(t for ts in step.commands.values() for t in ts),
                )
            ]
    for at, text in texts:
        for slot in ANY_SLOT.findall(text):
            if slot not in problem.params and slot not in broken:
                yield Mistake(
                    at,
                    f"unknown parameter '{slot[:40]}'",
                    did_you_mean(slot, problem.params) or "declare it under params",
                )


def _reaches(signals: Mapping[str, Signal], start: str, name: str, depth: int) -> bool:
    if depth > 20 or name not in signals:
        return depth > 20
    members = signals[name].members
    return start in members or any(_reaches(signals, start, member, depth + 1) for member in members)


def _captures(signals: Mapping[str, Signal], name: str, depth: int = 0) -> set[str]:
    """Names of the groups that a signal or its members capture."""
    if name not in signals or depth > 20:
        return set()
    own = {group for regex in signals[name].regex for group in _GROUP.findall(regex)}
    return own.union(*(_captures(signals, member, depth + 1) for member in signals[name].members))

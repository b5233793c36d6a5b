"""What all reports for people say in the same words."""

from __future__ import annotations

from math import log
from typing import TYPE_CHECKING

from diagnose.model import RATIOS

if TYPE_CHECKING:
    from diagnose.diagnosis import Command, Diagnosis, Finding, RankedArticle, ShownCheck, ShownEvidence

RELATED = 0.05  # share of an article that may be worth a look, though nothing is an answer

_STRENGTHS = (
    (RATIOS["decisive"], "proves it"),
    (RATIOS["strong"], "strong"),
    (RATIOS["moderate"], "some"),
    (0.01, "weak"),
)

VERDICTS = {
    "confirmed": "CONFIRMED",
    "likely": "LIKELY, NOT CONFIRMED",
    "possible": "POSSIBLE, NOT MORE",
    "unknown": "UNKNOWN",
}
HEADLINES = {
    "confirmed": "Confirmed",
    "likely": "Likely",
    "possible": "Possible, not more",
    "unknown": "Unknown: no known cause explains this",
}
_NUMBERS = ("none", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def percent(probability: float) -> str:
    """A probability as people read it; never 0 % or 100 % for what is neither."""
    value = probability * 100
    if 0 < value < 1:
        return "<1 %"
    if 99 < value < 100:
        return ">99 %"
    return f"{value:.0f} %"


def counted(number: int, noun: str) -> str:
    """`1 line`, `2 lines`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def counted_word(number: int) -> str:
    """A small number as a word."""
    return _NUMBERS[number] if number < len(_NUMBERS) else str(number)


def often(evidence: ShownEvidence) -> str:
    """How often a signal was seen, and from when to when; empty where it was once and at no known time."""
    if evidence.count < 2:
        return ""
    lines = f"{'at least ' if evidence.at_least else ''}{evidence.count:,} lines"
    span = f", {evidence.first_time} to {evidence.last_time}" if evidence.first_time else ""
    return f"{lines}{span}, last on line {evidence.last_line}" + (f"  [{evidence.spread}]" if evidence.spread else "")


def effect(evidence: ShownEvidence) -> str:
    """How much evidence says, in words; without a weight what brought the article up: `words of its title: ...`."""
    if evidence.weight == 0:
        return evidence.why or "its symptom"
    strength = next(name for least, name in _STRENGTHS if abs(evidence.weight) >= log(least) - 1e-6)
    if strength == "proves it":
        return strength if evidence.supports else "rules it out"
    return f"{strength} evidence{'' if evidence.supports else ' against it'}"


def place(source: str, line: int) -> str:
    return f"{'paste' if source == '-' else source}:{line}"


def shown(commands: tuple[Command, ...]) -> list[Command]:
    """The commands of the reader's platform, which stand first; linux and macos share a line."""
    own = [command for command in commands if command.platform == commands[0].platform]
    return list({(command.shell, command.command): command for command in own}.values())


def elsewhere(diagnosis: Diagnosis) -> str:
    """That the commands of the first cause exist for other platforms too, and how to see them; empty where they do not."""
    lead = diagnosis.causes[0] if diagnosis.causes and diagnosis.verdict != "unknown" else None
    if lead is None or fixed(diagnosis):
        return ""
    platforms: dict[str, None] = {}
    for commands in (*(check.commands for check in lead.checks), *(step.commands for step in lead.remediation)):
        if not commands:
            continue
        known = {(command.shell, command.command) for command in shown(commands)}
        for command in commands:
            if (command.shell, command.command) not in known:
                known.add((command.shell, command.command))  # macos and linux have the same ones: named once
                platforms[command.platform] = None
    names = list(platforms)
    return f"More commands, for {' and '.join(names)}: --platform {names[0]}" if names else ""


def question(missing: str, asks: dict[str, str]) -> str:
    """`which machine is called?  --param rpc_host=...`"""
    return f"{asks.get(missing, f'which {missing}?')}  --param {missing}=..."


def said(outcome: str) -> str:
    """The name of an outcome as words: `not-found` is `not found`."""
    return outcome.replace("-", " ").replace("_", " ")


def cost(check: ShownCheck) -> str:
    """`read-only, about 25 s, no admin rights`."""
    rights = "no admin rights" if check.cost.privilege == "user" else "needs admin rights"
    return f"{'read-only' if check.read_only else 'changes something'}, about {check.cost.seconds:g} s, {rights}"


def assumption(name: str, value: str) -> str:
    """That a target is only a default, for the answer to a check of it counts little."""
    return f"{value} is a default value and may not be yours, so its answer counts less: name yours with --param {name}=..."


def related(diagnosis: Diagnosis) -> list[RankedArticle]:
    """Articles worth a look where nothing is an answer."""
    return [article for article in diagnosis.articles[:3] if article.probability >= RELATED]


def way_on(finding: Finding) -> str:
    """Where the article says more than the report: it has no steps of its own there, or one that was cut."""
    if any(step.text.endswith("\N{HORIZONTAL ELLIPSIS}") for step in finding.remediation):
        return f"the rest of it: kb show {finding.article}"
    return "" if finding.remediation or finding.checks else f"read on: kb show {finding.article}"


def fixed(diagnosis: Diagnosis) -> bool:
    """Whether everything that proves the fix of the leading cause was seen after it."""
    return bool(diagnosis.proofs) and all(proof.proved for proof in diagnosis.proofs)


def after_fix(diagnosis: Diagnosis) -> str:
    proved = {proof.verify for proof in diagnosis.proofs if proof.proved}
    if fixed(diagnosis):
        return "Fixed, and proved"
    if proved:
        return "Proved in part"
    seen = any(proof.outcome for proof in diagnosis.proofs)
    return "Not fixed: what was seen afterwards is not the proof" if seen else "Not proved yet"


def summary(diagnosis: Diagnosis) -> str:
    lead = diagnosis.articles[0] if diagnosis.articles else None
    head = HEADLINES[diagnosis.verdict]
    if diagnosis.verdict == "unknown" or lead is None:
        return head
    return f"{after_fix(diagnosis) if diagnosis.proofs else head}: {lead.title}"

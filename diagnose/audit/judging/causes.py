"""The cause that a report names, against the ranking of the same logs; and the causes that fit and that it leaves open.

A cause is recognised by the words of its title, the rarer among all causes the more they count. Contradicted is only one
that the evidence rules out, or beside which another of the same problem is confirmed.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.audit.judging.likeness import stems
from diagnose.audit.model import Checked, Rival, Shown
from diagnose.view.words import percent

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.audit.model import Kind, Verdict
    from diagnose.audit.reading.statements import Statement
    from diagnose.diagnosis import Diagnosis, Finding, ProblemFound, RuledOut, ShownEvidence
    from diagnose.model import Problem

_NAMES = re.compile(
    r"\b(?:root[- ]?causes?|the cause|underlying (?:cause|reason|issue|problem)|culprit|caused by|due to|because(?: of)?|the reason|stems? from|resulted? from|traced (?:back )?to|attributed to|triggered by)\b",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\b\d{2,5}\b")
_PLAINLY = re.compile(
    r"\b(?:root[- ]?causes?|underlying|culprit|the (?:actual |real )?(?:cause|reason)|tl;?dr|conclusion)\b",
    re.IGNORECASE,
)
_HEADING = re.compile(r"\b(?:root[- ]?causes?|cause|conclusion|diagnosis|rca)\b")
_OUT = re.compile(
    r"\b(?:ruled? out|not the cause|excluded?|eliminated|disproved|discarded|unlikely)\b|\bnot (?:due to|because|caused)\b",
    re.IGNORECASE,
)
_OPEN = re.compile(r"\b(?:may|might|could|possibly|perhaps|suspect\w*|unclear|unknown|hypothes\w+)\b", re.IGNORECASE)
LEAST_RIVAL = 0.03
MOST_RIVALS = 5
NAMED = 0.5  # share of the weight of a title's words that names it
SPOKEN = 0.4
LEAD = 0.12  # by which the cause that is meant leads the next


class Known(Struct, frozen=True):
    """A cause of the base that may be meant, by ARTICLE/CAUSE, as the ranking left it: `out` where the evidence is against it."""

    id: str
    article: str
    title: str
    words: frozenset[str]
    short: frozenset[str]
    finding: Finding | None = None
    out: RuledOut | None = None


def causes_claimed(
    statements: Sequence[Statement], diagnosis: Diagnosis, problems: Iterable[Problem]
) -> tuple[list[Checked], str]:
    """The claims about the cause, and the id of the cause that is named; empty where none of the base is recognised."""
    known = _known(diagnosis, problems)
    weights = _weights(known)
    told = [statement for statement in statements if _tells(statement)]
    plain = [statement for statement in told if _PLAINLY.search(statement.text) or _HEADING.search(statement.section)]
    told = plain or told
    ruled = [(statement, _meant(statement.text, known, weights)) for statement in told]
    named = [(statement, cause) for statement, cause in ruled if cause is not None]
    if named:
        statement, cause = named[0]
        return [_judged(statement, cause, diagnosis)], cause.id
    if told:
        why = "kb knows no such cause for these logs" if known else "kb knows no cause for these logs"
        return [_checked(told[0], told[0].text, "not checkable", why)], ""
    return [], ""


def _tells(statement: Statement) -> bool:
    if statement.form in ("heading", "code") or len(statement.text) < 20 or statement.text.endswith("?"):
        return False
    names = _NAMES.search(statement.text) or _HEADING.search(statement.section)
    return bool(names) and not _OUT.search(statement.text)


def _known(diagnosis: Diagnosis, problems: Iterable[Problem]) -> list[Known]:
    answers = _answers(diagnosis)
    findings = {finding.id: finding for answer in answers for finding in answer.causes}
    outs = {cause.id: cause for answer in answers for cause in answer.ruled_out}
    return [
        Known(name, problem.id, cause.title, _words(cause.title), _words(cause.id), findings.get(name), outs.get(name))
        for problem in problems
        for cause in problem.causes
        for name in (f"{problem.id}/{cause.id}",)
    ]


def _answers(diagnosis: Diagnosis) -> tuple[Diagnosis | ProblemFound, ...]:
    """The ranking of the whole, then each of several faults by itself."""
    return (diagnosis, *diagnosis.problems)


def _words(text: str) -> frozenset[str]:
    return stems(text.replace("-", " ")) | frozenset(_NUMBER.findall(text))


def _weights(known: Sequence[Known]) -> dict[str, float]:
    """How much a word tells one cause from the others."""
    counted = Counter(word for cause in known for word in cause.words | cause.short)
    return {word: log(1 + len(known) / count) for word, count in counted.items()}


def _meant(text: str, known: Sequence[Known], weights: dict[str, float]) -> Known | None:
    """The one cause that a statement names; None where none is named, or several as well."""
    scored = sorted(((_share(text, cause, weights), cause) for cause in known), key=lambda pair: -pair[0])[:2]
    if not scored or scored[0][0] < NAMED:
        return None
    clear = len(scored) == 1 or scored[0][0] - scored[1][0] >= LEAD
    return scored[0][1] if clear else None


def _share(text: str, cause: Known, weights: dict[str, float]) -> float:
    """How much of a cause's title a text has, or of its short name where that stands there whole; one word alone is nothing."""
    said, shares = _words(text), [0.0]
    for words in (cause.words, cause.short if cause.short <= said else frozenset()):
        whole, common = sum(weights[word] for word in words), words & said
        shares.append(sum(weights[word] for word in common) / whole if len(common) > 1 else 0.0)
    return max(shares)


def _judged(statement: Statement, cause: Known, diagnosis: Diagnosis) -> Checked:
    if cause.out is not None:
        why = f"the evidence is against it: {percent(cause.out.probability)}"
        return _checked(statement, cause.title, "contradicted", why, cause.out.evidence)
    confirmed = next(
        (
            f
            for answer in _answers(diagnosis)
            for f in answer.causes
            if f.verdict == "confirmed" and f.article == cause.article
        ),
        None,
    )
    if confirmed is not None and confirmed.id != cause.id:
        why = f"the logs confirm another cause of the same problem: {confirmed.title}"
        return _checked(statement, cause.title, "contradicted", why, confirmed.evidence)
    finding = cause.finding
    if finding is None:
        return _checked(statement, cause.title, "not checkable", "nothing in these logs speaks for or against it")
    told = f"kb holds it {finding.verdict}, {percent(finding.probability)}"
    if finding.verdict in ("confirmed", "likely") and not _OPEN.search(statement.text):
        return _checked(statement, cause.title, "supported", told, finding.evidence)
    return _checked(statement, cause.title, "not checkable", f"{told}: these logs do not decide it", finding.evidence)


def _checked(
    statement: Statement, about: str, verdict: Verdict, why: str, evidence: Sequence[ShownEvidence] = ()
) -> Checked:
    kind: Kind = "cause"
    lines = sorted(evidence, key=lambda item: -abs(item.weight))[:1]
    return Checked(
        kind=kind,
        line=statement.line,
        claim=statement.text,
        about=about,
        verdict=verdict,
        why=why,
        shows=tuple(Shown(source=item.source, line=item.line, quote=item.quote) for item in lines),
    )


def rivals_of(
    statements: Sequence[Statement], named: str, diagnosis: Diagnosis, problems: Sequence[Problem]
) -> tuple[Rival, ...]:
    """The causes of the answer that the report neither names nor speaks of, the likeliest first."""
    known = {cause.id: cause for cause in _known(diagnosis, problems)}
    weights = _weights(list(known.values()))
    texts = [statement.text for statement in statements if statement.form != "code"]
    found = []
    for finding in _ranked(diagnosis):
        cause = known.get(finding.id)
        if finding.id == named or finding.probability < LEAST_RIVAL or cause is None:
            continue
        if not any(_share(text, cause, weights) >= SPOKEN for text in texts):
            found.append(_rival(finding))
    return tuple(found[:MOST_RIVALS])


def _ranked(diagnosis: Diagnosis) -> Iterator[Finding]:
    findings = {f.id: f for answer in _answers(diagnosis)[:2] for f in answer.causes}
    yield from sorted(findings.values(), key=lambda finding: -finding.probability)


def _rival(finding: Finding) -> Rival:
    """The check that is still open for the cause, and what to type for it."""
    check = next((check for check in finding.checks if check.outcome is None and check.commands), None)
    if check is None:
        return Rival(id=finding.id, article=finding.article, title=finding.title, probability=finding.probability)
    first = check.commands[0]
    return Rival(
        id=finding.id,
        article=finding.article,
        title=finding.title,
        probability=finding.probability,
        check=check.id,
        asks=check.title,
        commands=tuple(
            command.command
            for command in check.commands
            if (command.platform, command.shell) == (first.platform, first.shell)
        ),
    )

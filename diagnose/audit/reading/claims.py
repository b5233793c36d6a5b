"""Statements to the claims that logs can settle; advice, guesses and questions make none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.audit.model import Claim, Needle
from diagnose.audit.reading.absences import absences, is_denied
from diagnose.audit.reading.events import Anchor, counts, orders, places, times
from diagnose.audit.reading.quoted import needle_of, quotes_of
from diagnose.audit.reading.values import values_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.audit.reading.quoted import Quote
    from diagnose.audit.reading.statements import Statement
    from diagnose.audit.reading.values import Value

MOST_CLAIMS = 2_000
# Headings below which a report says what should be, not what was.
_ADVICE = re.compile(
    r"\b(?:recommend\w*|action items?|actions|next steps?|prevent\w*|follow[- ]?ups?|to-?dos?|how to|references?|links|lessons|improvements?|appendix|glossary"
    r"|remediation|fix(?:es)?|corrective|further reading|commands?|open questions?|hypothes[ei]s|verification steps|playbook|runbook|workarounds?)\b"
)
_LABEL = re.compile(r"^([A-Z][\w /-]{2,30}):\s")
_NOT_SAID = re.compile(
    r"\b(?:should|shall|could(?! not|n't)|would|might|may|if|unless|whether|recommend\w*|suggest(?:ed|ion|ions)? (?:to|that|is|fix)|propose\w*|consider|ensure|make sure|will"
    r"|e\.g\.|for example|for instance|such as|typical(?:ly)?|usually|normally|generally|in general|plan(?:ned|ning)? to|needs? to|has to|have to|must"
    r"|in order to|assum\w+|hypothe\w+|suppos\w+|imagine|similar to|unlike|as opposed to|instead of|rather than|unrelated|see also|by default)\b",
    re.IGNORECASE,
)
_ORDER_TO = re.compile(
    r"^(?:please\s+|then\s+|now\s+|next,?\s+|first,?\s+|\d+[.)]\s+)?(?:run|check|verify|restart|increase|decrease|set|add|use|upgrade|downgrade|update|configure|change|enable|disable|raise|lower|open|make"
    r"|review|monitor|install|rotate|renew|replace|move|try|see|ask|confirm|grant|allow|look|inspect|compare|collect|capture|enter|type|execute|note that|contact|test|fix|remove|delete|create|edit|apply|ensure|avoid|keep|let|do not|don't)\b(?!\s+(?:was|were|is|had|failed|at\b))",
    re.IGNORECASE,
)
_DENIES = re.compile(
    r"\b(?:not|never|no|nor|neither|without|none|isn't|wasn't|weren't|aren't|doesn't|didn't|ruled out|rule out|rules out|absent|missing)\b",
    re.IGNORECASE,
)


def claims_of(statements: Iterable[Statement]) -> list[Claim]:
    """The claims of a report in its order, each once a line, at most MOST_CLAIMS."""
    found: dict[tuple[object, ...], Claim] = {}
    before: Sequence[Anchor] = ()
    block, advice = 0, False
    for statement in statements:
        if statement.block != block:
            label = _LABEL.match(statement.text)
            advice = bool(label and statement.form == "sentence" and _ADVICE.search(label[1].lower()))
            before, block = (), statement.block
        if advice:
            continue
        made, anchors = _claims(statement, before)
        for claim in made:
            found.setdefault(
                (claim.kind, claim.line, claim.about.lower(), claim.moment, claim.number, claim.edge), claim
            )
        before = anchors or before
        if len(found) >= MOST_CLAIMS:
            break
    return list(found.values())[:MOST_CLAIMS]


def says_what_was(statement: Statement) -> bool:
    """Whether a statement tells of what happened: no advice, no guess, no question."""
    if _ADVICE.search(statement.section) or statement.form == "heading":
        return False
    if statement.form == "code":
        return True
    bare = re.sub(r"`[^`]*`|\"[^\"]*\"", " ", statement.text)
    return not (statement.text.endswith("?") or _NOT_SAID.search(bare) or _ORDER_TO.match(bare.strip(" -*")))


def _claims(statement: Statement, before: Sequence[Anchor]) -> tuple[list[Claim], list[Anchor]]:
    if not says_what_was(statement):
        return [], []
    quotes = quotes_of(statement)
    if statement.form == "code":
        return [_message(statement, quote) for quote in quotes if quote.claims], []
    outside = statement.text
    for quote in quotes:
        if " " in quote.text:
            outside = outside[: quote.start] + " " * (quote.end - quote.start) + outside[quote.end :]
    values = values_of(outside.replace("`", " ").replace('"', " "))
    anchors = _anchors(quotes, values)
    claims = [
        _message(statement, quote)
        for quote in quotes
        if quote.claims and not _typed(quote, values) and not _doubted(statement, quote.start, quote.end, quote.text)
    ]
    claims += [
        _value(statement, value) for value in values if not _doubted(statement, value.start, value.end, value.about)
    ]
    said = [anchor for anchor in anchors if not is_denied(statement, anchor)]
    for reader in (times, orders, places) if len(said) == len(anchors) else ():
        claims += reader(statement, anchors)
    claims += absences(statement, anchors)
    claims += counts(statement, said, before) if said == anchors else []
    return claims, anchors


def _anchors(quotes: Iterable[Quote], values: Iterable[Value]) -> list[Anchor]:
    """What the events of the statement are told by, in its order."""
    made = [Anchor(value.start, value.end, value.about, value.needle) for value in values if value.kind == "code"]
    for quote in quotes:
        if quote.claims and not any(anchor.start < quote.end and quote.start < anchor.end for anchor in made):
            made.append(Anchor(quote.start, quote.end, quote.text, needle_of(quote.text)))
    return sorted(made, key=lambda anchor: anchor.start)


def _typed(quote: Quote, values: Iterable[Value]) -> bool:
    """Whether a quote is one value, such as a path in backticks."""
    return " " not in quote.text and any(quote.start <= value.start and value.end <= quote.end for value in values)


def _doubted(statement: Statement, start: int, end: int, about: str) -> bool:
    """Whether the words around it may deny it: then nothing is claimed of it by itself."""
    if is_denied(statement, Anchor(start, end, about, needle_of(about))):
        return True
    text = re.sub(r"`[^`]*`|\"[^\"]*\"", lambda found: " " * len(found[0]), statement.text)
    return bool(_DENIES.search(text[max(0, start - 45) : start]) or _DENIES.search(text[end : end + 30]))


def _message(statement: Statement, quote: Quote) -> Claim:
    return Claim("message", statement.line, statement.text, quote.text, needle_of(quote.text), sure=quote.sure)


def _value(statement: Statement, value: Value) -> Claim:
    return Claim(value.kind, statement.line, statement.text, value.about, value.needle, sides=value.sides)


def needles_of(claims: Iterable[Claim]) -> Iterator[Needle]:
    """Everything that the lines are to be searched for."""
    for claim in claims:
        yield from (needle for needle in (claim.needle, claim.other, claim.sides) if needle is not None)

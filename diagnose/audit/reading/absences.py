"""What a statement says that there was none of: something quoted or errors, in all of the logs or a part of them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.audit.model import Claim, Needle
from diagnose.audit.reading.events import AFTER, BEFORE, ELSEWHERE, outside, until_of
from diagnose.audit.reading.moments import moments_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.audit.reading.events import Anchor
    from diagnose.audit.reading.statements import Statement

_NONE_BEFORE = re.compile(
    r"\b(?:(?:there (?:is|are|was|were|have been|has been)\s+)?no(?:t a single)?(?:\s+(?:further|more|other|new|subsequent|single))?(?:\s+(?:sign|trace|mention|evidence|occurrences?|instances?|lines?|entries|entry|messages?|errors?|records?)(?:\s+(?:of|with|like|containing|saying))?)?"
    r"|never\s+(?:logs?|logged|shows?|showed|contains?|contained|reports?|reported|mentions?|saw|sees?|records?|recorded|prints?|printed)"
    r"|(?:does|do|did)(?: not|n't)\s+(?:log|show|contain|report|mention|include|record|print)(?:\s+any)?|without(?: any)?|free of|at no (?:point|time)\b[^.;,]{0,40}|nothing (?:like|about))\s+(?:the\s+|a\s+|an\s+|any\s+)?(?:message\s+|error\s+|line\s+|code\s+|text\s+|string\s+)?$",
    re.IGNORECASE,
)
_NONE_AFTER = re.compile(
    r"^\s*(?:(?:error|message|line|entry|exception|warning|event)s?\s+)?(?:(?:itself|ever)\s+)?(?:(?:does|do|did|is|was|are|were|has|have)(?: not|n't| never)|never|no longer|nowhere)\s+(?:again\s+|even\s+|been\s+|once\s+)?"
    r"(?:appear(?:s|ed)?|occur(?:s|red)?|show(?:s|ed|n)?|stands?|seen|logged|found|present|recorded|reported|recur(?:s|red)?|reappear(?:s|ed)?|come back|anywhere|in (?:the|these) logs?)"
    r"|^\s*(?:error|message|line|entry)?\s*(?:is|was|are|were)\s+(?:absent|nowhere|missing) ",
    re.IGNORECASE,
)
_NO_EVENTS = re.compile(
    r"\b(?:no|zero|without(?: any)?|free of)\s+(?:further\s+|more\s+|other\s+|new\s+|subsequent\s+|additional\s+|such\s+)?(?P<what>ERROR|FATAL|WARN(?:ING)?|errors?|warnings?|failures?|exceptions?)(?:[- ]level)?(?:\s+(?:or\s+(?:warnings?|failures?|exceptions?)|lines?|entries|messages?|events?|records?|logged))*(?=\s*(?:$|[.,;)]|(?:was|were|are|is|have|has|appear\w*|occur\w*|seen|in|after|since|before|following|between|until|prior|from|at all)\b))",
    re.IGNORECASE,
)
_RESTART = re.compile(
    r"\b(?:after|since|following)\s+(?:the\s+|its\s+|this\s+|that\s+|a\s+)?(?:last\s+|final\s+|service\s+|server\s+|pod\s+)?(?P<what>restart|reboot|start-?up|failover|reload)",
    re.IGNORECASE,
)
_RESTARTS = {
    "restart": r"\bstart(?:ed|ing)\b|\bboot|listening on|ready (?:to accept|for) connections|initializ",
    "reboot": r"\breboot|\bboot|linux version|event ?log service was started|kernel: command line",
    "startup": r"\bstart(?:ed|ing)\b|start-?up|\bboot|listening on|initializ",
    "failover": r"fail(?:ed|ing)?[ -]?over|promot(?:ed|ing)|became (?:master|primary|leader)|elect",
    "reload": r"reload|sighup|re-?read",
}


def is_denied(statement: Statement, anchor: Anchor) -> bool:
    """Whether the statement says that there was no such thing."""
    before, after = statement.text[: anchor.start].rstrip("\"'` ") + " ", statement.text[anchor.end :]
    return bool(_NONE_BEFORE.search(before) or _NONE_AFTER.match(after))


def absences(statement: Statement, anchors: Sequence[Anchor]) -> Iterator[Claim]:
    """That there was no such thing: a quoted one, or errors of a level; the scope is a time, a quoted event or a restart."""
    denied = [anchor for anchor in anchors if is_denied(statement, anchor)]
    others = [anchor for anchor in anchors if anchor not in denied]
    text = outside(statement.text, anchors)
    for anchor in denied:
        yield from _absent(statement, text, anchor.about, anchor.needle, others)
    if not denied and statement.form != "row":
        for found in _NO_EVENTS.finditer(text):
            yield from _absent(statement, text, found[0].strip(), Needle(f"level:{_level(found['what'])}"), others)


def _level(what: str) -> str:
    lowered = what.lower()
    return (
        "warning"
        if lowered.startswith("warn")
        else "fatal"
        if lowered == "fatal"
        else "exception"
        if lowered.startswith("exc")
        else "error"
    )


def _absent(statement: Statement, text: str, about: str, needle: Needle, others: Sequence[Anchor]) -> Iterator[Claim]:
    found = list(moments_in(text))
    sure = not ELSEWHERE.search(text)
    base = Claim("absence", statement.line, statement.text, about, needle, sure=sure)
    if len(found) == 2 and (until := until_of(text, found, 0)):
        yield replace(base, moment=found[0][2], until=until, edge="between")
    elif len(found) == 1:
        start, _, moment = found[0]
        edge = "after" if AFTER.search(text[:start]) else "before" if BEFORE.search(text[:start]) else ""
        yield replace(base, moment=moment, edge=edge, sure=sure and bool(edge))
    elif found:
        yield replace(base, sure=False, scoped=True)
    elif restart := _RESTART.search(text):
        what = restart["what"].lower().replace("-", "")
        yield replace(base, other=Needle(f"words:{what}", pieces=(rf"\b{what}", _RESTARTS[what])), edge="after")
    elif len(others) == 1:
        before = statement.text[: others[0].start].rstrip("\"'` ") + " "
        edge = "after" if AFTER.search(before) else "before" if BEFORE.search(before) else ""
        yield replace(base, other=others[0].needle, edge=edge, sure=sure and bool(edge))
    else:
        scoped = bool(
            re.search(r"\b(?:after|since|before|until|during|while|following|between|from|once|prior)\b", text)
        )
        yield replace(base, sure=sure and not scoped, scoped=scoped)

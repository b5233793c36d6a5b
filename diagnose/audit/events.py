"""What a statement says of events that it quotes: how often, when, in which order, where, and what there was none of."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.audit.model import Claim, Moment, Needle
from diagnose.audit.moments import moments_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.audit.statements import Statement

_SMALL = "zero one two three four five six seven eight nine ten eleven twelve".split()
_NUMBER = r"(?<![\w.,:/-])(?P<number>\d{1,3}(?:,\d{3})+|\d{1,9}|" + "|".join(_SMALL[1:]) + r")"
_OFTEN = re.compile(
    rf"{_NUMBER}\s?(?P<noun>times|x\b|×|(?:(?:separate|identical|distinct|such|matching|log|individual|total)\s+){{0,2}}(?:occurrences?|instances?|entries|entry|lines?|hits|matches|records?|messages?))"
    r"|(?P<twice>\btwice\b|(?<=only )once\b|(?<=exactly )once\b|(?<=just )once\b)",
    re.IGNORECASE,
)
_LEVELS = re.compile(
    rf"{_NUMBER}\s+`?(?P<level>FATAL|CRITICAL|ERROR|WARNING|WARN|INFO|DEBUG)`?(?:[- ]level)?\s+(?:log\s+)?(?:lines?|entries|entry|messages?|records?|events?)"
)
_COUNTED = re.compile(
    r"appear|occur|logged|seen|found|repeat|show|record|reported|present|emitted|raised|thrown|count|print|stands|contain|there (?:are|were|is|was)|total|hits",
    re.IGNORECASE,
)
_RETRIED = re.compile(
    r"\b(?:retr(?:y|ied|ies)|restart(?:ed|s)?|attempt(?:ed|s)?|tried|slower|faster|higher|lower|bigger|larger|smaller|increase\w*)\b[^.;]{0,40}$",
    re.IGNORECASE,
)
_SCOPE = re.compile(
    r"\b(?:per|every|each|another|additional|within|during|between|while|on average|of the|of which|hourly|in the (?:first|last|next|same)|in (?:under|one|a|\d+) |for each|combined|across (?:all )?(?:hosts|nodes|servers)|after|before|until|since|by|from|at least one)\b"
    r"|/(?:s|sec|min|h|hour|day)\b",
    re.IGNORECASE,
)
_BOUNDS = (
    ("min", r"(?:at least|more than|over|no (?:less|fewer) than|upwards? of|>=?|≥)"),
    ("max", r"(?:at most|less than|fewer than|under|up to|no more than|below|<=?|≤)"),
    ("rough", r"(?:about|around|roughly|approximately|approx\.?|nearly|almost|some|circa|close to|~|≈)"),
)
_BOUND_WORDS = {"exact": "", "min": "at least ", "max": "at most ", "rough": "about "}
_IT = re.compile(
    r"^(?:and\s+)?(?:it|this|that|the (?:same )?(?:error|message|line|exception|entry|warning|event|text))\b",
    re.IGNORECASE,
)

_FIRST = re.compile(
    r"\b(?:first|earliest|initial(?:ly)?|began|begins?|begun|beginning|starts?|started|starting|onset|since)\b[^;.]{0,60}$",
    re.IGNORECASE,
)
_LAST = re.compile(
    r"\b(?:last|latest|final(?:ly)?|most recent(?:ly)?|ended|ends|ending|stopped|stops|ceased|until)\b[^;.]{0,60}$",
    re.IGNORECASE,
)
_AFTER = re.compile(
    r"\b(?:after|since|following|from|past|beyond|later than)\s+(?:about\s+|around\s+)?(?:the\s+)?$", re.IGNORECASE
)
_BEFORE = re.compile(
    r"\b(?:before|until|till|prior to|earlier than|up to|by|ahead of)\s+(?:about\s+|around\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:and|to|until|till|through|-{1,2}|\.{2,3})\s*$")
_CLAUSE = re.compile(
    r";\s|,\s(?:and|then|while|but|whereas|after which)\s|\s-{1,2}\s|\.\s|:\s(?=[A-Z])|,\s(?=at\s|from\s)"
)

_NONE_BEFORE = re.compile(
    r"\b(?:(?:there (?:is|are|was|were|have been|has been)\s+)?no(?:t a single)?(?:\s+(?:further|more|other|new|subsequent|single))?(?:\s+(?:sign|trace|mention|evidence|occurrences?|instances?|lines?|entries|entry|messages?|errors?|records?)(?:\s+(?:of|with|like|containing|saying))?)?"
    r"|never\s+(?:logs?|logged|shows?|showed|contains?|contained|reports?|reported|mentions?|saw|sees?|records?|recorded|prints?|printed)"
    r"|(?:does|do|did)(?: not|n't)\s+(?:log|show|contain|report|mention|include|record|print)(?:\s+any)?|without(?: any)?|free of)\s+(?:the\s+|a\s+|an\s+|any\s+)?(?:message\s+|error\s+|line\s+|code\s+|text\s+|string\s+)?$",
    re.IGNORECASE,
)
_NONE_AFTER = re.compile(
    r"^\s*(?:(?:error|message|line|entry|exception|warning|event)s?\s+)?(?:(?:itself|ever)\s+)?(?:(?:does|do|did|is|was|are|were|has|have)(?: not|n't)|never|no longer|nowhere)\s+(?:again\s+|even\s+|been\s+|once\s+)?"
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
    "restart": r"\brestart|\bstart(?:ed|ing)\b|\bboot|listening on|ready (?:to accept|for) connections|initializ",
    "reboot": r"\breboot|\bboot|linux version|event ?log service was started|kernel: command line",
    "startup": r"\bstart(?:ed|ing)\b|start-?up|\bboot|listening on|initializ",
    "failover": r"fail(?:ed|ing)?[ -]?over|promot(?:ed|ing)|became (?:master|primary|leader)|elect",
    "reload": r"reload|sighup|re-?read",
}
_ELSEWHERE = re.compile(
    r"\b(?:in|on|from|at)\s+(?:the\s+)?(?!logs?\b|these\b|this\b|any\b|all\b)[\w.-]+(?:\s[\w.-]+)?\s+(?:logs?|side|viewer|hosts?|servers?|nodes?|console|dashboard|metrics|monitoring|clients?)\b",
    re.IGNORECASE,
)
_BEFORE_OTHER = re.compile(
    r"\b(?:before|precede[sd]?|preceding|prior to|ahead of|earlier than|followed by|(?:and\s+)?then)\b", re.IGNORECASE
)
_AFTER_OTHER = re.compile(r"\b(?:after|follow(?:s|ed|ing)(?! by)|later than|subsequent to)\b", re.IGNORECASE)
_LED = re.compile(
    r"(?:^|[,;:]\s|\band\s)(?P<led>after|once|following|before|prior to)\s+(?:the\s+)?(?:[\w-]+\s+){0,3}$",
    re.IGNORECASE,
)
_FILE_LINE = re.compile(
    r"(?<![\w/])(?P<file>[\w./\\-]*\w\.[A-Za-z]\w{0,7}|[\w-]{3,40})(?::|,?\s+(?:at\s+)?line\s+|\s+\(line\s+)(?P<line>\d{1,8})\b"
)
_LINE_FILE = re.compile(
    r"\bline\s+(?P<line>\d{1,8})\s+(?:of|in)\s+(?:the\s+)?(?:file\s+)?`?(?P<file>[\w./\\-]*\w\.[A-Za-z]\w{0,7})"
)


class Anchor(Struct, frozen=True):
    """Something in a statement that lines can be searched for: a quoted message or a code."""

    start: int
    end: int
    about: str
    needle: Needle


def counts(statement: Statement, anchors: Sequence[Anchor], before: Sequence[Anchor]) -> Iterator[Claim]:
    """How often something is said to stand in the logs; `before` are the anchors of the sentence before."""
    text = _outside(statement.text, anchors)
    for found in _LEVELS.finditer(text):
        level = found["level"].lower().replace("critical", "fatal")
        needle = Needle(f"level:{'warning' if level == 'warn' else level}")
        yield _count(statement, text, found, found[0], needle, sure=True)
    if len(anchors) > 1 or (not anchors and not (len(before) == 1 and _IT.match(statement.text))):
        return
    anchor = (anchors or before)[0]
    for found in _OFTEN.finditer(text):
        times = (found["noun"] or "times").lower()
        sure = (bool(_COUNTED.search(text)) and not _RETRIED.search(text[: found.start()])) or times not in (
            "times",
            "x",
            "×",
        )
        yield _count(statement, text, found, anchor.about, anchor.needle, sure=sure)


def _count(statement: Statement, text: str, found: re.Match[str], about: str, needle: Needle, *, sure: bool) -> Claim:
    said = (found["number"] or {"twice": "two", "once": "one"}[found["twice"].lower()]).lower().replace(",", "")
    number = _SMALL.index(said) if said in _SMALL else int(said)
    start = found.start("number") if found["number"] else found.start()
    bound = next((name for name, regex in _BOUNDS if re.search(rf"{regex}\s*$", text[:start], re.IGNORECASE)), "exact")
    around = text[: found.start()] + " " + text[found.end() :]
    scoped = bool(_SCOPE.search(around)) or any(True for _ in moments_in(text)) or bool(_ELSEWHERE.search(around))
    return Claim(
        "count",
        statement.line,
        statement.text,
        f"{_BOUND_WORDS[bound]}{number} x {about}",
        needle,
        number=number,
        bound=bound,
        sure=sure,
        scoped=scoped,
    )


def times(statement: Statement, anchors: Sequence[Anchor]) -> Iterator[Claim]:
    """When something is said to have happened: clauses with one time and at most one anchor."""
    found = list(moments_in(_outside(statement.text, anchors)))
    used: set[int] = set()
    for at, (start, end, moment) in enumerate(found):
        if at in used:
            continue
        until = _until(statement.text, found, at)
        if until:
            used.add(at + 1)
        first, last = _clause(statement, start, found[at + 1][1] if until else end)
        inside = [anchor for anchor in anchors if first <= anchor.start and anchor.end <= last]
        others = [
            other
            for number, other in enumerate(found)
            if first <= other[0] < last and number not in (at, at + bool(until))
        ]
        before = statement.text[first:start]
        if others or len(inside) > 1 or _AFTER.search(before) or _BEFORE.search(before):
            continue
        anchor = inside[0] if inside else None
        edge = "between" if until else _edge(before) if anchor else "at"
        words = statement.text[first:last].strip(" ,;:.-")
        yield Claim(
            "time",
            statement.line,
            words,
            _timed(edge, moment, until, anchor),
            anchor.needle if anchor else None,
            moment=moment,
            until=until,
            edge=edge,
        )


def _timed(edge: str, moment: Moment, until: Moment | None, anchor: Anchor | None) -> str:
    told = f"{moment.text} to {until.text}" if until else f"{edge} at {moment.text}" if edge != "at" else moment.text
    return f"{told}: {anchor.about}" if anchor else told


def _until(text: str, found: Sequence[tuple[int, int, Moment]], at: int) -> Moment | None:
    if at + 1 == len(found):
        return None
    start, end, _ = found[at]
    between = text[end : found[at + 1][0]]
    spans = _SPAN.search(text[:start]) or re.fullmatch(r"\s*-{1,2}\s*", between)
    return found[at + 1][2] if spans and _TO.match(between) else None


def _edge(before: str) -> str:
    return "first" if _FIRST.search(before) else "last" if _LAST.search(before) else "at"


def _clause(statement: Statement, start: int, end: int) -> tuple[int, int]:
    if statement.form == "row":
        return 0, len(statement.text)
    cuts = [0, *(found.end() for found in _CLAUSE.finditer(statement.text)), len(statement.text)]
    own = statement.text[:start].strip(" *-–[(") == ""  # a line of a timeline: the time stands first
    if own:
        return 0, len(statement.text)
    return max(cut for cut in cuts if cut <= start), min(cut for cut in cuts if cut >= end)


def orders(statement: Statement, anchors: Sequence[Anchor]) -> Iterator[Claim]:
    """That one quoted thing came before another: the claim's `needle` is said to be first."""
    if len(anchors) != 2:
        return
    one, two = anchors
    between = statement.text[one.end : two.start]
    before, after = _BEFORE_OTHER.search(between), _AFTER_OTHER.search(between)
    led = _LED.search(statement.text[: one.start])
    if led and not before and not after and ("," in between or len(between) < 60):
        first, second = (two, one) if led["led"].lower() in ("before", "prior to") else (one, two)
    elif bool(before) != bool(after) and not led and not re.search(r"\b(?:not|never|no)\b", between):
        first, second = (one, two) if before else (two, one)
    else:
        return
    yield Claim(
        "order", statement.line, statement.text, f"{first.about} before {second.about}", first.needle, second.needle
    )


def places(statement: Statement, anchors: Sequence[Anchor]) -> Iterator[Claim]:
    """That a quoted thing stands at a line of a file."""
    text = _outside(statement.text, anchors)
    found = list(_LINE_FILE.finditer(text)) or list(_FILE_LINE.finditer(text))
    if len(anchors) == 1 and len(found) == 1:
        file = found[0]["file"].replace("\\", "/").rpartition("/")[2]
        place = (file, int(found[0]["line"]))
        yield Claim("place", statement.line, statement.text, anchors[0].about, anchors[0].needle, place=place)


def is_denied(statement: Statement, anchor: Anchor) -> bool:
    """Whether the statement says that there was no such thing."""
    before, after = statement.text[: anchor.start].rstrip("\"'` ") + " ", statement.text[anchor.end :]
    return bool(_NONE_BEFORE.search(before) or _NONE_AFTER.match(after))


def absences(statement: Statement, anchors: Sequence[Anchor]) -> Iterator[Claim]:
    """That there was no such thing: a quoted one, or errors of a level; the scope is a time, a quoted event or a restart."""
    denied = [anchor for anchor in anchors if is_denied(statement, anchor)]
    others = [anchor for anchor in anchors if anchor not in denied]
    text = _outside(statement.text, anchors)
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
    sure = not _ELSEWHERE.search(text)
    base = Claim("absence", statement.line, statement.text, about, needle, sure=sure)
    from msgspec.structs import replace

    if len(found) == 2 and (until := _until(text, found, 0)):
        yield replace(base, moment=found[0][2], until=until, edge="between")
    elif len(found) == 1:
        start, _, moment = found[0]
        edge = "after" if _AFTER.search(text[:start]) else "before" if _BEFORE.search(text[:start]) else ""
        yield replace(base, moment=moment, edge=edge, sure=sure and bool(edge))
    elif found:
        yield replace(base, sure=False, scoped=True)
    elif restart := _RESTART.search(text):
        what = restart["what"].lower().replace("-", "")
        yield replace(base, other=Needle(f"words:{what}", regex=_RESTARTS[what]), edge="after")
    elif len(others) == 1:
        before = statement.text[: others[0].start].rstrip("\"'` ") + " "
        edge = "after" if _AFTER.search(before) else "before" if _BEFORE.search(before) else ""
        yield replace(base, other=others[0].needle, edge=edge, sure=sure and bool(edge))
    else:
        scoped = bool(
            re.search(r"\b(?:after|since|before|until|during|while|following|between|from|once|prior)\b", text)
        )
        yield replace(base, sure=sure and not scoped, scoped=scoped)


def _outside(text: str, anchors: Sequence[Anchor]) -> str:
    """The text with what is quoted blanked out, every place kept."""
    for anchor in anchors:
        text = text[: anchor.start] + " " * (anchor.end - anchor.start) + text[anchor.end :]
    return text

"""What a statement says of events that it quotes: how often, when, in which order and where."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.audit.model import Claim, Moment, Needle
from diagnose.audit.reading.moments import moments_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.audit.reading.statements import Statement

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
    r"\b(?:per|every|each|another|additional|within|during|between|while|on average|of the(?! (?:form|kind|type|same))|of which|hourly|in the (?:first|last|next|same)|in (?:under|one|a|\d+) |for each|combined|across (?:all )?(?:hosts|nodes|servers)|after|before|until|since|by|from|at least one)\b"
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
AFTER = re.compile(
    r"\b(?:after|since|following|from|past|beyond|later than)\s+(?:about\s+|around\s+)?(?:the\s+)?$", re.IGNORECASE
)
BEFORE = re.compile(
    r"\b(?:before|until|till|prior to|earlier than|up to|by|ahead of)\s+(?:about\s+|around\s+)?(?:the\s+)?$",
    re.IGNORECASE,
)
_SPAN = re.compile(r"\b(?:between|from)\s+$", re.IGNORECASE)
_TO = re.compile(r"^\s*(?:and|to|until|till|through|-{1,2}|\.{2,3})\s*$")
_CLAUSE = re.compile(
    r";\s|,\s(?:and|then|while|but|whereas|after which)\s|\s-{1,2}\s|\.\s|:\s(?=[A-Z])|,\s(?=at\s|from\s)"
)

ELSEWHERE = re.compile(
    r"\b(?:in|on|from|at)\s+(?:the\s+)?(?!the\b|logs?\b|these\b|this\b|any\b|all\b)[\w.-]+(?:\s[\w.-]+)?\s+(?:logs?|side|viewer|hosts?|servers?|nodes?|console|dashboard|metrics|monitoring|clients?)\b",
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
    text = outside(statement.text, anchors)
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
    scoped = bool(_SCOPE.search(around)) or any(True for _ in moments_in(text)) or bool(ELSEWHERE.search(around))
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
    text = outside(statement.text, anchors)
    found = list(moments_in(text))
    used: set[int] = set()
    for at, (start, end, moment) in enumerate(found):
        if at in used:
            continue
        until = until_of(text, found, at)
        if until:
            used.add(at + 1)
        first, last = _clause(statement, text, start, found[at + 1][1] if until else end)
        inside = [anchor for anchor in anchors if first <= anchor.start and anchor.end <= last]
        others = [
            other
            for number, other in enumerate(found)
            if first <= other[0] < last and number not in (at, at + bool(until))
        ]
        before = text[first:start]
        if others or len(inside) > 1 or AFTER.search(before) or BEFORE.search(before):
            continue
        anchor = inside[0] if inside else None
        edge = "between" if until else _edge(text, first, start, end, anchor) if anchor else "at"
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


def until_of(text: str, found: Sequence[tuple[int, int, Moment]], at: int) -> Moment | None:
    if at + 1 == len(found):
        return None
    start, end, _ = found[at]
    between = text[end : found[at + 1][0]]
    spans = _SPAN.search(text[:start]) or re.fullmatch(r"\s*-{1,2}\s*", between)
    return found[at + 1][2] if spans and _TO.match(between) else None


def _edge(text: str, first: int, start: int, end: int, anchor: Anchor) -> str:
    """Whether the time is that of the first or the last one: told before the time, or beside what is quoted."""
    before, beside = text[first:start], text[min(end, anchor.start) : anchor.start]
    behind = text[anchor.end : anchor.end + 40]
    for edge, told, word in (("first", _FIRST, "first|initial|earliest"), ("last", _LAST, "last|final|latest")):
        if told.search(before) or re.search(rf"\b(?:{word})\W+(?:\w+\s+){{0,2}}\W*$", beside, re.IGNORECASE):
            return edge
        if re.match(rf"\W*for the (?:{word}) time\b", behind, re.IGNORECASE):
            return edge
    return "at"


def _clause(statement: Statement, text: str, start: int, end: int) -> tuple[int, int]:
    if statement.form == "row":
        return 0, len(statement.text)
    cuts = [0, *(found.end() for found in _CLAUSE.finditer(text)), len(text)]
    own = text[:start].strip(" *-–[(") == ""  # a line of a timeline: the time stands first
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
    firsts = re.search(r"\bfirst\W+$", between) or re.search(r"\bfirst\W+$", statement.text[: one.start])
    yield Claim(
        "order",
        statement.line,
        statement.text,
        f"{first.about} before {second.about}",
        first.needle,
        second.needle,
        edge="first" if firsts else "",
    )


def places(statement: Statement, anchors: Sequence[Anchor]) -> Iterator[Claim]:
    """That a quoted thing stands at a line of a file."""
    text = outside(statement.text, anchors)
    found = list(_LINE_FILE.finditer(text)) or list(_FILE_LINE.finditer(text))
    if len(anchors) == 1 and len(found) == 1:
        file = found[0]["file"].replace("\\", "/").rpartition("/")[2]
        place = (file, int(found[0]["line"]))
        yield Claim("place", statement.line, statement.text, anchors[0].about, anchors[0].needle, place=place)


def outside(text: str, anchors: Sequence[Anchor]) -> str:
    """The text with what is quoted blanked out, every place kept."""
    for anchor in anchors:
        text = text[: anchor.start] + " " * (anchor.end - anchor.start) + text[anchor.end :]
    return text

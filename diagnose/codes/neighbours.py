"""What a number beside other things is, where it is no error code: the piece of a date, a stack offset, a process id.

Takes a line and where a number stands in it; gives the kind of thing that its neighbours make of it, or nothing where it
may be a code. One table for every place that takes a number for a code. Knows no codes.

Sources: kernel oopses (`ret_from_fork+0x1f/0x30`, `Code: 48 89 e5`, `segfault at 0 ip ... sp ... error 4 in`), nginx's
`[error] 8496#8496`, Spring Boot's `ERROR 2368 --- [main]`, apt's `Err:5 https://`, blue screens, Go's and Apple's traces.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from diagnose.text.late import late

NEAR = 60  # characters before and after that decide
# Words that stand before a code, in the languages that consoles speak.
BEFORE = (
    r"(?:err(?:or|eur|ore|no)?|code|status|win32|winerror|fail(?:ed|ure)?|result|hresult|hr|rc|ret(?:urn(?:ed)?)?|exit(?:ed)?"
    r"|(?:system)?fehler(?:code)?|fehlernummer|errno|erro|codigo|os error|エラー|错误|ошибка)"
)
BETWEEN = r"(?:[^\w\n]{0,4}(?:code|number|no|nr|is|was|with|status|value|コード)){0,2}[^\w\n]{1,4}"

# How a number is written: decimal, a short value in hexadecimal, a long one, one of eight digits without 0x; else wide.
DECIMAL, SHORT, LONG, BARE, WIDE = "d", "x", "L", "b", ""
_MONTH = r"(?:jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz])[a-z]{0,6}"
_UNIT = (
    r"(?:%|(?:[kmgtp]i?b|[km]|bytes|bits|ms|µs|us|ns|s|secs?|seconds|min|minutes|h|hours|days|weeks|times)\b"
    r"|(?:out )?of \d|(?:more |other |new |old |total |failed |bad )?(?:rows|records|files|folders|items|lines|entries|errors"
    r"|warnings|failures|tests|objects|attempts|retries|tries|messages|packets|requests|connections|users|hosts|jobs|tasks|pods"
    r"|nodes|disks|blocks|sectors|pages|events|updates|packages|modules|threads|processes|checks|results|matches|documents"
    r"|keys|values|rules|steps|points|replicas|partitions|shards|cells|columns)\b)(?!\s?[=:(])"
)
_PLACE = r"(?:addr(?:ess)?|base|limit|ptr|pointer|offset|memory|mask|flags?|rip|eip|pc|sp|lr|ip)"
_OWNER = (
    r"(?:sha(?:1|256)?|commit|rev(?:ision)?|digest|hash|guid|uuid|id|tag|token|session|trace|span|build|serial|handle|user|uid"
    r"|process|thread|task|job|key|volume|disk|device)"
)
# What ties a short value in hexadecimal to an error: "failed, result 1753 (0x6d9)", "Error: 0x274d or 0x2afc".
_TIED = late(
    r"(?:(?<![A-Za-z])(?:(?:sub|extended|last|nt|exit|win)[ _-]?)?" + BEFORE + r"|(?<=[a-z])(?:Err(?:or)?|Code|Status|Result|Failed|RC|Return))(?:s\b)?"
    r"(?:[^\w\n]{0,5}(?:code|number|no|nr|is|was|with|by|of|status|value|hex|to|or|and|コード|0x[0-9a-f]{1,8}|\d{1,10}))"
    r"{0,5}[^\w\n]{1,5}$",
    re.IGNORECASE,
)  # fmt: skip
_LEVEL = r"(?:^|[\s\]|:])[\[<(]?(?:ERROR|FATAL|ERR|FAIL|FAILED|FAILURE)[\])>]?"


class Row(NamedTuple):
    """The number is a `kind` where its text before ends as `before` and the text after begins as `after` says."""

    kind: str
    forms: str
    before: str = ""
    after: str = ""
    cased: bool = False


ROWS = (
    Row("date", "d", after=rf"[/.-]\d{{1,2}}[/.-]\d|[/ .-]{{1,2}}{_MONTH}[ ./,-]{{1,2}}\d{{2}}|-\d\d?T\d"),
    Row("time", "d", after=r":\d\d?(?:[:., ]|\b)"),
    Row("offset", "dxLb", r"\+ ?"),
    Row("offset", "xb", r"\b0x[0-9a-f]+[/-]"),
    Row("offset", "xb", after=r"[/-](?:0x[0-9a-f]|frame\b)"),
    Row("fraction", "dx", r"[\w)\]]/"),
    Row("fraction", "d", after=r" ?/ ?\d"),
    Row("process", "d", after=r"#\d|\s+--- \["),
    Row("process", "d", rf"{_LEVEL} +", r" +(?:\[[a-z][\w.:/ -]*\]|[\w./-]+\.[A-Za-z]\w{0,4}:\d|\([\w./-]+\.[A-Za-z]\w{0,4}:\d)", cased=True),
    Row("process", "d", rf"{_LEVEL} *\[", r"[\]:]", cased=True),
    Row("process", "d", r"\[(?:err|error|fatal|failure)\] ?\[", r"[\]:]"),
    Row("process", "d", r"\w\[", r"\]:"),
    Row("count", "d", r"[\[<](?i:err|error|failed|failure|fail|code|status)[\]>] ?", r" +[a-z]", cased=True),
    Row("count", "d", after=rf" ?{_UNIT}"),
    Row("count", "d", after=r",\d{3}\b"),
    Row("count", "d", after=r"[,;]? *(?:passed|skipped|succeeded|successful|unchanged|retr(?:y|ies)|warnings?|total|ignored|rescued|unreachable|changed|ok)\b"),
    Row("count", "d", r"\b(?:passed|skipped|succeeded|unreachable|changed|ok|total|success(?:ful)?|warnings?|tests?)\W{1,3}\d+\W{1,4}[a-z]+\W{1,4}"),
    Row("list number", "d", r"\bErr:", r" [a-z+]+:", cased=True),
    Row("line", "d", r"\w\.\w*(?:error|exception):"),
    Row("line", "d", r"\(", r", ?\d{1,5}\)"),
    Row("id", "db", after=r"-[0-9a-f]{4}(?:-|\b)"),
    Row("id", "b", r"[\w.]-"),
    Row("id", "b", rf"[@#/~]|\b{_OWNER}\W{{0,3}}"),
    Row("id", "b", r"\b(?!(?:\w*(?:err|error|code|status|result|fail|exit|ret|rc|hr))\b)[a-z]\w*['\"]?="),
    Row("address", "xLb", r"<", r">"),
    Row("address", "xLb", r"@ ?0?"),
    Row("address", "xLb", rf"\b{_PLACE}\b['\"]?[ :=(\[#]{{1,3}}"),
    Row("stop code", "dxb", r"\bstop(?: error)?\W{1,4}|\bBCP\d\W{0,3}"),
    Row("stop code", "dxLb", r"\bbug ?check[^()]{0,35}|\bstop ?(?:error )?code\W{0,4}|\bBCCode\W{0,3}"),
    Row("stop code", "dx", r"(?:\bstop|\bbug ?check)[^()]{0,35}\([^()]{0,55}"),
    Row("bytes", "dx", after=r"(?: <?[0-9a-f]{2,4}>?){3}"),
    Row("page fault", "dx", r"\berror_code\(|\bsp:? ?(?:0x)?[0-9a-f]+ error[: ]"),
    Row("signal", "dx", r"\bSIG[A-Z]{2,6}\b.{0,50}\bcode[=:] ?", cased=True),
    Row("error of an Apple domain", "d", r"\bDomain=(?!NSPOSIX)\w+,? Code=-?"),
)  # fmt: skip


class _Compiled(NamedTuple):
    kind: str
    before: re.Pattern[str] | None
    after: re.Pattern[str] | None


def _compiled(row: Row) -> _Compiled:
    flags = re.NOFLAG if row.cased else re.IGNORECASE
    return _Compiled(
        row.kind,
        late(f"(?:{row.before})$", flags) if row.before else None,
        late(row.after, flags) if row.after else None,
    )


_BY_FORM = {form: tuple(_compiled(row) for row in ROWS if form in row.forms) for form in (DECIMAL, SHORT, LONG, BARE)}
_BY_FORM[WIDE] = ()


def form_of(text: str) -> str:
    """How a number is written."""
    if text[:2].lower() == "0x":
        return SHORT if int(text, 16) <= 0xFFFF else LONG
    if text.isdigit() and len(text) < 8:
        return DECIMAL
    return BARE if len(text.rstrip("hH")) == 8 else WIDE


def other_than_code(line: str, start: int, end: int) -> str:
    """What the number at `start` to `end` is, where it is no code of an error; empty where it may be one."""
    text, before, after = line[start:end], line[max(0, start - NEAR) : start], line[end : end + NEAR]
    if _same_value(text, before):
        return ""
    form = form_of(text)
    for kind, ends, begins in _BY_FORM[form]:
        if (ends is None or ends.search(before)) and (begins is None or begins.match(after)):
            return kind
    return "a value of its own" if form == SHORT and not tied(before) and not _wrapped(text, before) else ""


def tied(before: str) -> bool:
    """Whether the text before a number ends with a word of failure and what may stand between it and its code."""
    return _TIED.search(before) is not None


def _wrapped(text: str, before: str) -> bool:
    """Whether it stands at the start of a line that may go on with what the line before says, and looks like a code."""
    return len(text) == len("0x000006D9") and int(text, 16) > 0xFF and not before.strip()


def _same_value(text: str, before: str) -> bool:
    """Whether it repeats the number before it: "1722 (0x6ba)", "1722/0x6ba"."""
    said = re.search(r"(?<![\w.])(\d{1,10}) ?[/=(]{1,2} ?$", before)
    return said is not None and text[:2].lower() == "0x" and int(said[1]) == int(text, 16)

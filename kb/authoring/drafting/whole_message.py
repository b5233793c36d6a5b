"""A line of a log to the message in it, whole, as a pattern: its words as they stand, a pattern for what varies.

Takes lines, gives `WholeMessage`s. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.scan.hits import SALIENT_REGEX
from diagnose.text.fold import fold_literal, fold_text
from kb.articles.messages import RECORD_FIELD
from kb.store.background import rate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SHORTEST, LONGEST = 14, 160
LEAST_WORDS = 3
TELLING = 1e-3  # what more of the lines of ordinary logs hold is no symptom
# What changes from one occurrence to the next, by kind; what it is replaced with.
_KINDS: tuple[tuple[str, str], ...] = (
    (r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}", r"[0-9a-fA-F-]{36}"),
    (r"\b(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? )?(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{1,2}"
     r"(?: \d\d:\d\d:\d\d)?(?: [A-Z]{3,4})?(?: \d{4})?\b", r"[\w :,]{5,40}"),
    (r"\w+://[^\s'\",;)\]]+", r"\S{3,250}"),
    (r"(?:[A-Za-z]:\\|\\\\|(?<![\w/])/(?=\w+/))[^\s'\",;:)\]]+", r"\S{2,250}"),
    (r"\b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b", r"[\d.:]{7,21}"),
    (r"\b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|local|example|lan|internal|corp|test)\b(?::\d+)?", r"[\w.:-]{1,253}"),
    (r"\"[^\"\n]{1,80}\"", r'"[^"]{1,80}"'),
    (r"'[^'\n]{1,80}'", r"'[^']{1,80}'"),
    (r"\[[^\]\n]{1,80}\]", r"\[[^\]]{1,80}\]"),
    (r"<[^>\n]{1,80}>", r"<[^>]{1,80}>"),
    (r"\b0x[0-9a-fA-F]+\b", r"0x[0-9a-fA-F]{1,16}"),
    (r"\b\d+\b(?![\w.:,/-]*\w)", r"\d{1,20}"),
    (r"\b[\w.-]*\d(?:[\w.:,/-]*\w)?", r"[\w.:,/-]{1,80}"),
)  # fmt: skip
_VARIABLE = re.compile("|".join(f"({kind})" for kind, _ in _KINDS))
_LEAD = re.compile(rf"^(?:{'|'.join(kind for kind, _ in _KINDS)}|[^\w\"'])+")
_PATH = re.compile(r"(?:[A-Za-z]:[\\/]|\\\\|/(?=[^/\s]+/))[^\s'\"<>\[\]]+")
_ESCAPED = re.compile(r"([\\.^$|()\[\]{}*+?])")
_SALIENT = re.compile(SALIENT_REGEX, re.IGNORECASE)
# What a program writes before its message: times, levels, the thread and the logger; once also its own name.
_BEFORE = re.compile(
    r"""^(?:
      \W*\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d\S*)?\s* | \W*\d\d:\d\d(?::\d\d\S*)?\s+ | [A-Z][a-z]{2}\s+\d{1,2}\ \d\d:\d\d:\d\d\s+\S+\s+
      | [IWEF]\d{4}\ \d\d:\d\d:\d\d\S*\s+\d+\ [^\]\n]{1,80}\]\s+ | Caused\ by:\ | \[[^\]\n]{1,80}\]:?\s+ | -\ + | \W?(?i:trace|debug|info|notice|warn|warning|error|err|severe|fatal|critical|crit|panic|alert)\b[\]:>]{0,2}\s+
    )""",
    re.VERBOSE,
)
# Where a program was, not what went wrong: `at c.f.App.lease(App.java:112)`, `File "app.py", line 4, in run`.
_FRAME = re.compile(
    r"""^\s*(?:at\s+[\w.$/<>`]+\(|File\ "[^"]*",\ line\ \d|from\ \S+:\d+:in\ |\.{3}\ \d+\ more)""", re.VERBOSE
)
_NAME = re.compile(r"^[\w.$/-]{2,80}(?:\[\d+\])?(?: -|:) +(?=\S+ \S)")


class WholeMessage(Struct, frozen=True):
    """`regex` where something varies in it, else empty; `text` reads well: what varies is `...`. `rate` is the share of
    ordinary log lines that hold its fixed words, `printed` the message as it stood."""

    text: str
    regex: str
    rate: float
    printed: str

    @property
    def signal(self) -> dict[str, str]:
        return {"regex": self.regex} if self.regex else {"contains": self.text}


def messages_of(lines: Iterable[str], own: Callable[[str], str] = str) -> Iterator[WholeMessage]:
    """The messages of the lines that report a failure, of all lines where none does: those that ordinary logs lack. `own`
    gives what of a message is to be kept."""
    distinct = [
        line for line in dict.fromkeys(lines) if line.strip() and not (RECORD_FIELD.match(line) or _FRAME.match(line))
    ]
    salient = [line for line in distinct if _SALIENT.search(line)]
    for line in salient or distinct:
        message = _message(line, own)
        words = len(re.findall(r"[^\W\d_]{2,}", message.text))
        if len(message.text) >= SHORTEST and words >= LEAST_WORDS and message.rate <= TELLING:
            yield message


def _message(line: str, own: Callable[[str], str]) -> WholeMessage:
    text = _cut(own(_without_lead(spoken(line))))
    regex: list[str] = []
    plain: list[str] = []
    at = 0
    for match in _VARIABLE.finditer(text):
        varies = _KINDS[(match.lastindex or 1) - 1][1]
        if _PATH.fullmatch(match[0].strip("'\"")) and not any("(?P<path>" in part for part in regex):
            varies = re.sub(r"(\\S|\[[^\]]+\])\{\d+,\d+\}", lambda kind: f"(?P<path>{kind[0]})", varies)
        regex += [_ESCAPED.sub(r"\\\1", text[at : match.start()]), varies]
        plain += [text[at : match.start()], "..."]
        at = match.end()
    rest = text[at:]
    shown = "".join([*plain, rest]).strip()
    pattern = "".join([*regex, _ESCAPED.sub(r"\\\1", rest)]) if regex else ""
    return WholeMessage(shown, pattern, rate(fixed(text)), text)


def fixed(text: str) -> str:
    """A text without what varies in it."""
    return _VARIABLE.sub(" ", text)


def spoken(line: str) -> str:
    """What a line of a log says: without its time, level, thread, and the name of who says it."""
    text = fold_literal(fold_text(line)).strip()
    named = False
    while found := _BEFORE.match(text) or (None if named else _NAME.match(text)):
        if len(text) - found.end() < SHORTEST:
            break
        named = named or found.re is _NAME
        text = text[found.end() :]
    return text


def _without_lead(text: str) -> str:
    """Without the numbers and names that vary before its first word: they are in no other report."""
    found = _LEAD.match(text)
    return text[found.end() :] if found and len(text) - found.end() >= SHORTEST else text


def _cut(text: str) -> str:
    """A long message up to the end of a sentence, else of a word."""
    if len(text) <= LONGEST:
        return text
    sentence = text.rfind(". ", SHORTEST, LONGEST)
    return text[: sentence + 1] if sentence > 0 else text[:LONGEST].rsplit(" ", 1)[0]

"""An error text to the draft of an article: what of it is rare enough to look for, with its variable parts cut out.

Takes lines of text (redacted); gives the front matter and a body to be filled in. Pure: writes nothing. The signals are
candidates, in order of how little ordinary logs hold of them; the causes are the author's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.codes.decode import decode
from diagnose.codes.find import Found, find
from diagnose.facts import typed
from diagnose.scan.hits import SALIENT_REGEX
from diagnose.text.fold import fold_literal, fold_text
from kb.articles.messages import events_in
from kb.store.background import rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

MOST_SIGNALS, MOST_CODES, MOST_CAPTURES, PER_LINE = 4, 4, 2, 2
SHORTEST, LONGEST = 14, 120
LEAST_WORDS = 3
TELLING = 1e-3  # what more of the lines of ordinary logs hold is no symptom
LEAST_CODE = 3  # digits of a code that is looked for: 1 and 87 stand in any text
# What changes from one occurrence to the next. Error codes and short numbers stay out of texts too, but become signals.
_VARIABLE = re.compile(
    r"""[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}                 # GUID
    | \b(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\b                          # IPv4
    | (?:[A-Za-z]:\\|\\\\|(?<![\w/])/(?=\w+/))[^\s'",;)\]]+         # path
    | \w+://[^\s'",;)\]]+                                           # URL
    | \b[\w-]+(?:\.[\w-]+)*\.(?:com|net|org|local|example|lan|internal|corp|test)\b(?::\d+)?   # host name
    | "[^"\n]{1,80}"|'[^'\n]{1,80}'|[“][^”\n]{1,80}[”]              # quoted names
    | \[[^\]\n]{1,80}\]|<[^>\n]{1,80}>
    | \b0x[0-9a-f]+\b|\b[\w.-]*\d[\w.:,/-]*                         # anything with a digit in it
    """,
    re.VERBOSE | re.IGNORECASE,
)
_NUMBER = re.compile(r"\d[\w.:,/-]*")
_SALIENT = re.compile(SALIENT_REGEX, re.IGNORECASE)
_ENDPOINT = re.compile(r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{1,200}|\d{1,3}(?:\.\d{1,3}){3}):(?P<port>\d{2,5})\b")
_BEFORE = re.compile(r"([A-Za-z][\w-]*(?:\W{1,3}[A-Za-z][\w-]*){0,3}\W{1,3})$")
# `Server.java:12` in a stack trace is no host with a port.
_SOURCE_FILE = re.compile(
    r"\.(?:java|kt|scala|py|cs|vb|fs|go|js|mjs|ts|tsx|cpp|cc|c|h|hpp|rs|rb|php|ps1|psm1|pl)$", re.IGNORECASE
)
# A logger or a program before its message.
_SPEAKER = re.compile(r"^\S{2,80}(?: -|:) +(?=\S+ )")
_TRIM = " \t-:;,.=>|([{'\"»"
BODY = """# {title}

What people see, and when. What it means in one or two sentences.

## Causes

Name each cause in `causes:` above with how likely it is before any evidence, the signals and check outcomes that speak for
and against it, and the steps that mend it. Samples that must not match go to samples/other/.
"""


class Draft(Struct, frozen=True):
    """The front matter of an article in the order in which it is written, and its body."""

    front: dict[str, Any]
    body: str


class Piece(Struct, frozen=True):
    """A text that stands on a line whatever its variable parts are, and its estimated share of ordinary log lines."""

    text: str
    rate: float
    line: str


def draft(name: str, lines: Sequence[str]) -> Draft:
    """The draft of an article with the id `name` about the error that `lines` show. It has no symptoms where nothing in
    them tells this error from what ordinary logs hold."""
    chosen = _distinct(_pieces(lines, LEAST_WORDS)) or _distinct(_pieces(lines, 1)) or _distinct(_whole(lines))
    signals: dict[str, Any] = {}
    for piece in chosen:
        signals[_named(piece.text, signals)] = {"contains": piece.text}
    text = "\n".join(lines)
    for code in list(dict.fromkeys(_codes(text)))[:MOST_CODES]:
        signals[_named(f"code {code}", signals)] = {"code": code}
    for provider, number in dict.fromkeys(events_in(text)):
        event = {"provider": provider, "id": number} if provider else {"id": number}
        signals[_named(f"event {number}", signals)] = {"event": [event]}
    symptoms = list(signals)
    params: dict[str, Any] = {}
    for regex in _captures(lines):
        signals[_named("endpoint", signals)] = {"regex": regex}
        params = {
            "host": {"type": "host", "ask": "the host that was contacted"},
            "port": {"type": "port", "ask": "its port"},
        }
    title = _title(chosen, lines)
    front = {"id": name, "title": title, "status": "draft", "params": params, "signals": signals, "symptoms": symptoms}
    return Draft({key: value for key, value in front.items() if value}, BODY.format(title=title))


def _codes(text: str) -> Iterator[str]:
    """The error codes that are known or long enough to be one."""
    for found in find(text):
        if len(found.text) >= 8 or (found.name and len(re.sub(r"\W", "", found.text)) >= LEAST_CODE):
            yield _code(found)


def _pieces(lines: Iterable[str], least_words: int) -> Iterator[Piece]:
    """The fixed texts of the lines that report a failure; of all lines where none does."""
    lines = list(dict.fromkeys(line for line in lines if line.strip()))
    salient = [line for line in lines if _SALIENT.search(line)]
    for line in salient or lines:
        folded = fold_text(line)
        for part in _VARIABLE.split(folded):
            text = _SPEAKER.sub("", fold_literal(part).strip(_TRIM))
            text = text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0].strip(_TRIM)
            if len(text) >= SHORTEST and len(text.split()) >= least_words and rate(text) <= TELLING:
                yield Piece(text, rate(text), line)


def _whole(lines: Iterable[str]) -> Iterator[Piece]:
    """The lines that report a failure as they stand: `KeyError: 'id'` says something only with the name in it."""
    for line in lines:
        text = fold_literal(fold_text(line)).strip()
        if _SALIENT.search(line) and len(text) <= LONGEST and rate(_NUMBER.sub(" ", text)) <= TELLING:
            yield Piece(text, rate(text), line)


def _distinct(pieces: Iterable[Piece]) -> list[Piece]:
    """The rarest pieces, at most PER_LINE of each line, none of them part of another."""
    chosen: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.rate, -len(piece.text))):
        known = any(piece.text in other.text or other.text in piece.text for other in chosen)
        crowded = sum(piece.line == other.line for other in chosen) >= PER_LINE
        if not known and not crowded and len(chosen) < MOST_SIGNALS:
            chosen.append(piece)
    return chosen


def _captures(lines: Iterable[str]) -> list[str]:
    """Patterns that take a host and its port from where they stand, each with the words before it."""
    found: dict[str, None] = {}
    for line in map(fold_text, lines):
        for match in _ENDPOINT.finditer(line):
            before = _BEFORE.search(line[: match.start()])
            if (
                before
                and not _SOURCE_FILE.search(match["host"])
                and typed("host", match["host"])
                and typed("port", match["port"])
            ):
                words = re.sub(r"([\\.^$|()\[\]{}*+?/#-])", r"\\\1", before[1])
                found[rf"{words}(?P<host>[A-Za-z0-9.-]{{2,253}}):(?P<port>\d{{1,5}})\b"] = None
    return list(found)[:MOST_CAPTURES]


def _named(text: str, taken: Iterable[str]) -> str:
    """A name for a signal made of its first words, unlike those that are taken."""
    name = "_".join(re.findall(r"[a-z0-9]+", text.lower())[:3])[:40] or "signal"
    name = name if name[0].isalpha() else f"s_{name}"
    return next(made for n in range(1, 100) if (made := name if n == 1 else f"{name}_{n}") not in set(taken))


def _title(chosen: Sequence[Piece], lines: Sequence[str]) -> str:
    text = chosen[0].text if chosen else next((line.strip() for line in lines if line.strip()), "An error")
    return text if len(text) <= 100 else text[:100].rsplit(" ", 1)[0]


def _code(found: Found) -> str:
    """The code as it stood, or with its kind where only the words around it tell that."""
    readings = decode(found.text)
    return found.text if readings and found.key in (readings[0].key, found.text) else found.key

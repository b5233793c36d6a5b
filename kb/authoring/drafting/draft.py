"""An error text to the draft of an article: its messages whole, the failures in it that the library knows, a cause and a check.

Takes lines of text (redacted); gives the front matter and a body to be filled in. Pure: writes nothing. The signals are
candidates, in order of how little ordinary logs hold of them; what FILL_IN marks is the author's.
"""

from __future__ import annotations

import re
from functools import cache, partial
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.codes.decode import decode
from diagnose.codes.find import Found, find
from diagnose.facts import typed
from diagnose.scan.hits import SALIENT_REGEX
from diagnose.text.fold import fold_literal, fold_text
from kb.articles.messages import events_in
from kb.authoring.drafting.proposed import known_message, own_part, proposed
from kb.authoring.drafting.whole_message import LONGEST, TELLING, WholeMessage, messages_of
from kb.authoring.linting.lint import FILL_IN
from kb.library.library import Library
from kb.store.background import rate

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence


MOST_SIGNALS, MOST_CODES, MOST_CAPTURES = 3, 4, 2
LEAST_CODE = 3  # digits of a code that is looked for: 1 and 87 stand in any text
_NUMBER = re.compile(r"\d[\w.:,/-]*")
_SALIENT = re.compile(SALIENT_REGEX, re.IGNORECASE)
_ENDPOINT = re.compile(r"(?P<host>[A-Za-z0-9][A-Za-z0-9.-]{1,200}|\d{1,3}(?:\.\d{1,3}){3}):(?P<port>\d{2,5})\b")
_BEFORE = re.compile(r"([A-Za-z][\w-]*(?:\W{1,3}[A-Za-z][\w-]*){0,3}\W{1,3})$")
# `Server.java:12` in a stack trace is no host with a port.
_SOURCE_FILE = re.compile(
    r"\.(?:java|kt|scala|py|cs|vb|fs|go|js|mjs|ts|tsx|cpp|cc|c|h|hpp|rs|rb|php|ps1|psm1|pl)$", re.IGNORECASE
)
BODY = """# {title}

What people see, and when. What it means in one or two sentences.

## Causes

What stands behind each cause, and how it is mended.
"""


class Draft(Struct, frozen=True):
    """The front matter of an article in the order in which it is written, its body, and what it uses of the library."""

    front: dict[str, Any]
    body: str
    uses: tuple[str, ...] = ()


def draft(name: str, lines: Sequence[str]) -> Draft:
    """The draft of an article with the id `name` about the error that `lines` show. It has no symptoms where nothing in
    them tells this error from what ordinary logs hold."""
    shipped = _shipped()
    library = proposed(lines, shipped)
    found = messages_of(lines, partial(own_part, library=shipped))
    own = [message for message in found if not known_message(message.printed, shipped)]
    chosen = _rarest(own) or ([] if library.signals else _rarest(_lines(lines)))
    signals: dict[str, Any] = {}
    for message in chosen:
        signals[_named(message.text, signals)] = message.signal
    text = "\n".join(lines)
    for code in list(dict.fromkeys(_codes(text)))[:MOST_CODES]:
        signals[_named(f"code {code}", signals)] = {"code": code}
    for provider, number in dict.fromkeys(events_in(text)):
        event = {"provider": provider, "id": number} if provider else {"id": number}
        signals[_named(f"event {number}", signals)] = {"event": [event]}
    # A failure that any program may report is a symptom only where the text has nothing of its own.
    symptoms = list(signals) or list(library.signals)
    signals |= library.signals
    params = dict(library.params)
    if any("(?P<path>" in message.regex for message in chosen):
        params.setdefault("path", {"type": "path", "ask": "the file or folder that the message names"})
    for regex in () if "host" in params else _captures(lines):
        signals[_named("endpoint", signals)] = {"regex": regex}
        params |= {
            "host": {"type": "host", "ask": "the host that was contacted"},
            "port": {"type": "port", "ask": "its port"},
        }
    title = chosen[0].text if chosen else _first(lines)
    front: dict[str, Any] = {
        "id": name,
        "title": title,
        "status": "draft",
        "params": params,
        "signals": signals,
        "symptoms": symptoms,
    }
    front |= {"causes": library.causes or _CAUSES, "checks": library.checks or _CHECKS} if symptoms else {}
    return Draft({key: value for key, value in front.items() if value}, BODY.format(title=title), library.uses)


@cache
def _shipped() -> Library:
    """The library that ships: its files are read once."""
    return Library.shipped()


# A cause and a check to be filled in, where the library has none that fits.
_CAUSES: list[dict[str, Any]] = [
    {
        "id": "first-cause",
        "title": f"{FILL_IN} what is wrong, in one sentence",
        "evidence": [{"check": "first-check.wrong", "supports": "strong"}, {"check": "first-check.right", "refutes": "strong"}],
        "remediation": [{"kind": "fix", "text": f"{FILL_IN} what mends it", "verify": "first-check.right"}],
    }
]  # fmt: skip
_CHECKS: dict[str, Any] = {
    "first-check": {
        "title": f"{FILL_IN} the question that tells this cause from others",
        "commands": {"bash": f"echo '{FILL_IN} a command that only reads'"},
        "outcomes": {
            "wrong": {"regex": f"{FILL_IN} what it prints where this is the cause"},
            "right": {"regex": f"{FILL_IN} what it prints where all is well"},
        },
    }
}


def _codes(text: str) -> Iterator[str]:
    """The error codes that are known or long enough to be one."""
    for found in find(text):
        if len(found.text) >= 8 or (found.name and len(re.sub(r"\W", "", found.text)) >= LEAST_CODE):
            yield _code(found)


def _lines(lines: Iterable[str]) -> Iterator[WholeMessage]:
    """The lines that report a failure as they stand: `KeyError: 'id'` says something only with the name in it."""
    for line in lines:
        text = fold_literal(fold_text(line)).strip()
        if _SALIENT.search(line) and len(text) <= LONGEST and rate(_NUMBER.sub(" ", text)) <= TELLING:
            yield WholeMessage(text, "", rate(text), text)


def _rarest(messages: Iterable[WholeMessage]) -> list[WholeMessage]:
    """The rarest messages, none of them part of another, in the order of the text: what is told first went wrong first."""
    distinct = list(dict.fromkeys(messages))
    chosen: list[WholeMessage] = []
    for message in sorted(distinct, key=lambda message: message.rate):
        known = any(message.text in other.text or other.text in message.text for other in chosen)
        if not known and len(chosen) < MOST_SIGNALS:
            chosen.append(message)
    return sorted(chosen, key=distinct.index)


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


def _first(lines: Sequence[str]) -> str:
    text = next((message.text for message in messages_of(lines)), "") or next(filter(None, map(str.strip, lines)), "")
    return (text if len(text) <= LONGEST else text[:LONGEST].rsplit(" ", 1)[0]) or "An error"


def _code(found: Found) -> str:
    """The code as it stood, or with its kind where only the words around it tell that."""
    readings = decode(found.text)
    return found.text if readings and found.key in (readings[0].key, found.text) else found.key

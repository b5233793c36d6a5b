"""Error codes in a text: in order, each value once, read as the words around them tell.

Takes text and the system that wrote it; gives `Found`s. Each kind of code has its pattern, which only lines with a sign of
it pay for.
"""

from __future__ import annotations

import re
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING

from msgspec import Struct, structs

from diagnose.codes.around import SMALL, errno_of, kinds_of, of_windows
from diagnose.codes.decode import Decoded, canonical, decode, pattern, windows_signs
from diagnose.codes.neighbours import BEFORE, BETWEEN, other_than_code, tied
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.model import Platform

_MOST = 50


class Found(Struct, frozen=True):
    """A code in a text: as it stood, where it starts, and its most plausible reading, or both where nothing tells.

    `key` is that of the reading; of a small number whose words do not tell what it is of, it is the number, which is no key
    of any article: "error 2" may mean many things, "System error 2" and 0x80070002 one.
    """

    text: str
    start: int
    name: str
    meaning: str
    key: str


# One pattern a kind, each looked for only where a quick look at the line allows it: together they cost ten times as much.
_HEX = late(r"\b0[xX][0-9a-fA-F]{1,8}\b")
_BARE = late(r"\b[8cC][0-9a-fA-F]{7}[hH]?\b")
_NEGATIVE = late(r"(?<![\w.-])-\d{9,10}\b")
_NAME = late(r"\b(?:ERROR|WSA|RPC|STATUS|E|CO_E|REGDB_E|SEC_E|CERT_E)_?[A-Z][A-Z0-9_]{3,60}\b|\bE[A-Z]{4,14}\b")
_SHORT = late(rf"\b{BEFORE}{BETWEEN}(?P<short>\d{{1,5}})\b", re.IGNORECASE)
_SQLSTATE = late(
    r"\bSQL ?STATE\W{1,4}(?P<state>[0-9A-Z]{5})\b|(?<=\bERROR )\d{4} \((?P<mysql>[0-9A-Z]{5})\)", re.IGNORECASE
)
_ALONE = late(r"\s*(?:0[xX][0-9a-fA-F]{1,8}|\d{2,5})\s*")
_ERROR_WORD = late(rf"(?i:(?<![A-Za-z]){BEFORE}s?(?![A-Za-z]))|(?<=[a-z])(?:Err|Code|Status|Fail|Result)")
_SHORT_VALUE = 0xFFFF  # up to here, only what an error word is tied to is a code
_OF_FAILURE = 0x80001000  # from here, a long value is one of failure; below, also flags and sizes look like that
# Part of every word of BEFORE, in lower case.
_SIGNS = tuple("err code stat win fail res hr rc ret exit fehler cod エラー 错误 ошибка".split())
_LONGEST_LINE = 8192
_MOST_DIGITS = 5  # of a number that may be of several kinds
_LAST_NUMBER = late(r"\b(?=[0-9]|[a-f]+[0-9])(?:0x)?[0-9a-f]+(?=h?\W*$)", re.IGNORECASE)


def find(text: str, limit: int = _MOST, platform: Platform | None = None) -> list[Found]:
    """Codes of a text in order, each value once. A number counts only where it is known or an error word stands before it.

    The words around a short number tell whether it is one of Windows, Unix or HTTP, else `platform`, the system that
    wrote the text; see around. A text that is a number and nothing else asks for that number.
    """
    if _ALONE.fullmatch(text):
        asked = find(f"error {text.strip()}", limit, platform)
        return [structs.replace(found, start=text.index(found.text)) for found in asked]
    found: dict[str, Found] = {}
    start = 0
    for line in text.split("\n"):
        for token in _tokens(line[:_LONGEST_LINE], platform):
            readings = [readings[0] for name in token.names if (readings := decode(name))]
            readings = [reading for reading in readings if reading.name or reading.kind in ("exit", "sqlstate")]
            if not readings and token.told and len(token.names) == 1:
                readings = decode(token.names[0])[:1]
            if not readings or (len(token.names) > 1 and readings[0].kind == "errno"):
                continue  # nothing tells that a number which Windows does not have is one of Unix
            key = token.key or readings[0].key
            if key not in found:
                name, meaning = (" or ".join(filter(None, said)) for said in zip(*map(_said, readings), strict=True))
                found[key] = Found(token.text, start + token.at, name, meaning, key)
                if len(found) >= limit:
                    return sorted(found.values(), key=lambda f: f.start)
        start += len(line) + 1
    return sorted(found.values(), key=lambda f: f.start)


def says(line: str, code: str) -> bool:
    """Whether `line` has the code that an article declares, and no number that only looks like it."""
    regex, (key,), signs = _declared(code)
    lowered = line.lower()
    if signs and not any(sign in lowered for sign in signs):
        return False
    return any(_is_code(line, match, key) for match in regex.finditer(line))


@cache
def _declared(code: str) -> tuple[re.Pattern[str], frozenset[str], tuple[str, ...]]:
    """What finds a code, its key, and of a code of Windows the texts of which each notation holds one, in lower case."""
    keys = canonical(code)
    (key,) = keys
    signs = tuple(sign.lower() for sign in windows_signs(key))
    return re.compile(pattern(code), re.IGNORECASE), keys, signs


def _is_code(line: str, match: re.Match[str], key: str) -> bool:
    number = _LAST_NUMBER.search(match[0])
    if number is None:
        return True  # its name
    start, end = match.start() + number.start(), match.start() + number.end()
    if key.startswith("win32:") and number[0].isdigit() and len(number[0]) <= _MOST_DIGITS:
        return "win32" in kinds_of(line, start, end)[0]
    return not other_than_code(line, start, end)


def _said(reading: Decoded) -> tuple[str, str]:
    return reading.name, reading.meaning


class _Token(Struct, frozen=True):
    """A piece of a line that may be a code: `names` are what it may be, for `decode`; `told` after an error word;
    `key` where it is not that of the reading."""

    text: str
    at: int
    told: bool
    names: tuple[str, ...]
    key: str = ""


def _tokens(line: str, platform: Platform | None) -> Iterator[_Token]:
    lowered = line.lower()
    about_errors = any(sign in lowered for sign in _SIGNS)
    yield from sorted(_large(line, lowered, about_errors), key=attrgetter("at"))
    if about_errors:
        for match in _SHORT.finditer(line):
            start, end = match.span("short")
            kinds, worded = kinds_of(line, start, end, platform)
            number = match["short"]
            names = [
                f"errno:{errno_of(int(number), line)}" if kind == "errno" else f"{kind}:{number}" for kind in kinds
            ]
            key = number if int(number) <= SMALL and not worded else ""
            yield _Token(number, start, False, tuple(names), key)
    if "sqlstate" in lowered or "(" in line:
        for match in _SQLSTATE.finditer(line):
            text = match["state"] or match["mysql"]
            yield _Token(text, match.start(), True, (f"sqlstate:{text}",))


def _large(line: str, lowered: str, about_errors: bool) -> Iterator[_Token]:
    """Hexadecimal and negative values, and names."""
    if line != lowered:
        for match in _NAME.finditer(line):
            if match[0] not in ("ERROR", "EXIT"):
                yield _Token(match[0], match.start(), True, (match[0],))
    if "0x" in lowered:
        yield from (_valued(line, match, len(match[0]) >= 8) for match in _HEX.finditer(line) if _wanted(line, match))
    if "-" in line:
        yield from (_valued(line, match, True) for match in _NEGATIVE.finditer(line))
    if about_errors:
        for match in _BARE.finditer(line):
            if _told(line, match) and not other_than_code(line, *match.span()):
                yield _valued(line, match, tied(line[: match.start()]))


def _told(line: str, match: re.Match[str]) -> bool:
    """Whether an error word stands shortly before."""
    return bool(_ERROR_WORD.search(line, max(0, match.start() - 40), match.start()))


def _wanted(line: str, match: re.Match[str]) -> bool:
    if other_than_code(line, *match.span()):
        return False
    value = int(match[0], 16)
    return value <= _SHORT_VALUE or value >= _OF_FAILURE or _told(line, match)


def _valued(line: str, match: re.Match[str], large: bool) -> _Token:
    small = match[0][:2].lower() == "0x" and int(match[0], 16) <= SMALL and not of_windows(line, *match.span())
    return _Token(match[0], match.start(), large and _told(line, match), (match[0],), match[0] if small else "")

"""Messages with places for values: text to pieces, a line to the values, values to another text.

A piece is a literal, or the name of a place: `1`, `2` in the order of the arguments, or the name that the text gives it. All is
done by looking for one literal after the other, in linear time whatever the texts.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.text.fold import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

# printf (C, PostgreSQL's %m, SQL Server's %.*ls), Python, .NET and Python's braces, Qt and Windows (%1, %1!s!), systemd (@NAME@).
_PLACE = re.compile(
    r"%(?P<windows>\d{1,2})(?:!\w+!)?(?![\d$]|[diouxXeEfFgGaAcsp](?!\w))"
    r"|%(?:(?P<number>\d{1,2})\$)?[-+#0']*(?:\d+|\*)?(?:\.(?:\d+|\*)?)?(?:hh|h|ll|l|L|q|j|z|t|I64|I32)?(?:\((?P<dict>\w+)\))?[diouxXeEfFgGaAcsSpm]"
    r"|%\((?P<python>\w+)\)[-+#0]*\d*(?:\.\d+)?[diouxXeEfFgGcs]"
    r"|\{(?P<brace>\w{0,40})(?:[:!][^{}]{0,20})?\}"
    r"|@(?P<journal>[A-Z][A-Z0-9_]{1,60})@"
    r"|(?P<percent>%%)"
)
_WORD = re.compile(r"\w+")
# Scripts that are written without blanks: runs of them are known by three characters at a time.
_RUN = re.compile("[\u0e00-\u0eff\u1780-\u17ff\u3005-\u30ff\u3400-\u9fff\uac00-\ud7af]+")
_SHORTEST_WORD = 3
LEAST_LETTERS, LEAST_SIGNS = 7, 4
LONGEST_VALUE = 300


class Place(Struct, frozen=True):
    """Where a value stands."""

    name: str


Pieces = tuple["str | Place", ...]


def folded(text: str) -> str:
    """As lines are compared: one form of composed characters, typographic ones in ASCII, each run of blanks one blank."""
    return " ".join(fold_text(unicodedata.normalize("NFC", text)).split())


def pieces(text: str) -> Pieces:
    """`text` cut at its places. Of two places without a literal between them, the last takes what there is."""
    found: list[str | Place] = []
    end, counted = 0, 0
    text = folded(text)
    for match in _PLACE.finditer(text):
        _literal(found, text[end : match.start()])
        end = match.end()
        if match["percent"]:
            _literal(found, "%")
            continue
        name = (
            match["windows"]
            or match["number"]
            or match["dict"]
            or match["python"]
            or match["brace"]
            or match["journal"]
        )
        if not name:
            counted += 1
            name = str(counted)
        found.append(Place(name))
    _literal(found, text[end:])
    return tuple(found)


def _literal(found: list[str | Place], text: str) -> None:
    if text and found and isinstance(found[-1], str):
        found[-1] += text
    elif text:
        found.append(text)


def weight(parts: Pieces) -> int:
    """How much a text says by itself: its letters; signs of scripts that need few count double."""
    literal = "".join(part for part in parts if isinstance(part, str))
    letters = sum(character.isalpha() for character in literal)
    return letters + sum(len(run) for run in _RUN.findall(literal)) * (LEAST_LETTERS - LEAST_SIGNS) // LEAST_SIGNS


def keys(text: str) -> set[str]:
    """What a folded text can be found by: its words in small letters, and of scripts without blanks every three signs."""
    text = text.casefold()
    found = {word for word in _WORD.findall(text) if len(word) >= _SHORTEST_WORD and not _RUN.search(word)}
    for run in _RUN.findall(text):
        found.update(run[at : at + 3] for at in range(max(1, len(run) - 2)))
    return found


def whole_keys(parts: Pieces) -> set[str]:
    """The keys of a template that every line of it has: words that touch a place may be pieces of longer ones."""
    found: set[str] = set()
    for index, part in enumerate(parts):
        if isinstance(part, Place):
            continue
        text = part
        if index and not _RUN.match(text):
            text = re.sub(r"^\w+", "", text)
        if index + 1 < len(parts) and not _RUN.match(text[-1:]):
            text = re.sub(r"\w+$", "", text)
        # One or two signs of a script without blanks may be part of a longer run of the line.
        found |= {key for key in keys(text) if not _RUN.match(key) or len(key) == 3}
    return found


class Found(Struct, frozen=True):
    """Where in a line a template stands, and its values."""

    start: int
    end: int
    values: dict[str, str]


def find(parts: Pieces, line: str) -> Found | None:
    """The first place of `line` (folded) where all literals of the template stand in order. None where there is none."""
    literals = [(index, part) for index, part in enumerate(parts) if isinstance(part, str)]
    if not literals:
        return None
    (first, begin), *others = literals
    start = _begin(line, begin)
    if start < 0:
        return None
    end = start + len(begin)
    values: dict[str, str] = {}
    for number, (index, literal) in enumerate(others):
        at = line.find(literal, end, end + LONGEST_VALUE + len(literal))
        if at < 0:
            return None
        if not number:  # the nearest beginning: a quotation mark may stand before as well
            nearest = line.rfind(begin, start, at)
            start, end = (nearest, nearest + len(begin)) if nearest > start else (start, end)
        values[_name(parts[index - 1])] = line[end:at].strip()
        end = at + len(literal)
    if isinstance(parts[-1], Place):
        values.setdefault(parts[-1].name, line[end : end + LONGEST_VALUE].strip())
        end = min(len(line), end + LONGEST_VALUE)
    elif _inside_word(line, end):
        return None
    if first and start > 0:
        value = _value_before(line, start)
        values.setdefault(_name(parts[first - 1]), line[value:start].strip())
        start = value
    return Found(start, end, values)


def _name(part: str | Place) -> str:
    return part.name if isinstance(part, Place) else ""


def _begin(line: str, literal: str) -> int:
    """Where `literal` stands and no word is cut by its beginning."""
    at = line.find(literal)
    while at > 0 and _inside_word(line, at):
        at = line.find(literal, at + 1)
    return at


def _inside_word(line: str, at: int) -> bool:
    """Whether a word goes on across `at`; scripts without blanks have no such words."""
    around = line[max(0, at - 1) : at + 1]
    return len(around) == 2 and around.isalnum() and not _RUN.search(around)


def _value_before(line: str, at: int) -> int:
    """Where a value begins that ends at `at`: after the last `: ` before it, or with its word."""
    before = line[:at].rstrip()
    return max(before.rfind(": ", 0, len(before) - 1) + 2 if ": " in before[:-1] else 0, before.rfind(" ") + 1)


def filled(parts: Pieces, values: Mapping[str, str]) -> str:
    """The text with values at its places; a place without one is told by three dots."""
    return "".join(_filled(parts, values))


def _filled(parts: Pieces, values: Mapping[str, str]) -> Iterator[str]:
    for part in parts:
        yield part if isinstance(part, str) else values.get(part.name, "...")

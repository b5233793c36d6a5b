"""PowerShell's tables (a line of dashes under the headers) and key-value lists, from the lines of a paste.

Takes a `Paste`, gives rows as dicts of column to value with the lines they stand on. A table that a console wrapped is
put together again where every wrapped line is full; a row that does not fit its columns loses the doubtful values.
Knows nothing of cmdlets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from weakref import WeakKeyDictionary

from msgspec import Struct

from diagnose.outputs.parsing.echo import is_prompt
from diagnose.outputs.parsing.paste import BREAK, WRAP, Paste, indent, soft

MOST_PIECES = 8  # lines that one line of a table is wrapped over
MOST_ROWS = 10_000
MOST_GAP = 100  # lines of one value
LONGEST = 4000  # characters of a value

_DASHES = re.compile(r"\s*-{2,}(?: +-{2,})* *$")
_RULE = re.compile(r"-+")
_WORDS = re.compile(r"\S+")


class Row(Struct, frozen=True):
    first: int
    last: int
    values: dict[str, str]


class Table(Struct, frozen=True):
    """A table from line index `first` (its header); column names in lower case."""

    first: int
    columns: tuple[str, ...]
    rows: tuple[Row, ...]


_KEPT: WeakKeyDictionary[Paste, tuple[Table, ...]] = WeakKeyDictionary()


def tables(paste: Paste) -> tuple[Table, ...]:
    """Every table with a line of dashes under its headers; found once for all tools."""
    if paste not in _KEPT:
        _KEPT[paste] = tuple(_tables(paste))
    return _KEPT[paste]


def _tables(paste: Paste) -> Iterator[Table]:
    lines = paste.lines
    done = -1
    for i, line in enumerate(lines):
        if i > done and "--" in line and _DASHES.match(line):
            table = _table(paste, i)
            if table:
                done = max((row.last for row in table.rows), default=i)
                yield table


def _table(paste: Paste, at: int) -> Table | None:
    pieces = 1
    while pieces < MOST_PIECES and at + pieces < len(paste) and _DASHES.match(paste[at + pieces]):
        pieces += 1
    if at < pieces:
        return None
    end = at + pieces
    while end < len(paste) and paste[end].strip() and end - at < MOST_ROWS:
        end += 1
    column = min((indent(paste[i]) for i in range(at - pieces, end) if paste[i].strip()), default=0)
    lines = [paste[i][column:] for i in range(at - pieces, end)]
    width = max(len(line) for line in lines[pieces : 2 * pieces])
    rule = _glue(lines[pieces : 2 * pieces], width)
    spans = [found.span() for found in _RULE.finditer(rule)]
    names = [name.lower() for name in _split(_glue(lines[:pieces], width), spans)]
    too_long = pieces > 1 and any(len(line) > width for line in lines)  # blanks at line ends are lost, so is the width
    if not all(names) or too_long:
        return None
    rows = tuple(_rows(lines[2 * pieces :], at + pieces, pieces, width, spans, names))
    return Table(at - pieces, tuple(names), rows)


def _glue(pieces: list[str], width: int) -> str:
    return "".join(piece.ljust(width) if i + 1 < len(pieces) else piece for i, piece in enumerate(pieces))


def _rows(
    lines: list[str], offset: int, pieces: int, width: int, spans: list[tuple[int, int]], names: list[str]
) -> Iterator[Row]:
    at = 0
    while at < len(lines):
        last = at
        while last + 1 < len(lines) and last - at + 1 < pieces and len(lines[last]) == width:
            last += 1
        values = _split(_glue(lines[at : last + 1], width), spans)
        yield Row(offset + at, offset + last, dict(zip(names, values, strict=True)))
        at = last + 1


def _split(line: str, spans: list[tuple[int, int]]) -> list[str]:
    """The words of a line by the column whose dashes they touch, else by the column before them."""
    cells: list[list[str]] = [[] for _ in spans]
    column = 0
    for word in _WORDS.finditer(line):
        while column + 1 < len(spans) and word.end() > spans[column + 1][0]:
            column += 1
        cells[column].append(word[0])
    return [" ".join(cell) for cell in cells]


_GENERIC = re.compile(r"(?<![^\n\r])[A-Za-z][\w.()/ -]{0,40}? ?:(?=[ \n\r]|$)")


class Field(Struct, frozen=True):
    """`key : value` at an offset of the flat text.

    `readings` are the values it may have, one for each wrap that is taken as one, with the index of their last line;
    `closed` says that another key follows, so that the longest reading is the value.
    """

    key: str
    start: int
    line: int
    readings: tuple[tuple[str, int], ...]
    closed: bool

    def typed(self, check: Callable[[str], str]) -> str:
        """The value that `check` accepts, or empty when there is none or more than one."""
        readings = self.readings[-1:] if self.closed else self.readings
        valid = {value for value in (check(text) for text, _ in readings) if value}
        return valid.pop() if len(valid) == 1 else ""

    def first(self, check: Callable[[str], str]) -> tuple[str, int]:
        """The shortest reading that `check` accepts, with its last line; empty and the key's own line if none."""
        for text, line in self.readings:
            if value := check(text):
                return value, line
        return "", self.line


def keys(*names: str) -> re.Pattern[str]:
    """A pattern for `fields`: the names of keys, longer ones first."""
    escaped = "|".join(re.escape(name).replace(r"\ ", " ") for name in sorted(names, key=len, reverse=True))
    return soft(f"({escaped}) ?:", re.IGNORECASE)


def fields(paste: Paste, pattern: re.Pattern[str]) -> list[Field]:
    """The known keys at the beginning of lines with their values, in order. A value ends before the next key."""
    text = paste.flat.text
    hits: list[re.Match[str]] = []
    for start in paste.flat.starts:
        if (not hits or start >= hits[-1].end()) and (hit := pattern.match(text, start)):
            hits.append(hit)
    found = []
    for i, hit in enumerate(hits):
        limit = min(hits[i + 1].start() if i + 1 < len(hits) else len(text), hit.end() + LONGEST)
        if (other := _GENERIC.search(text, hit.end(), limit)) is not None:
            limit = other.start()
        key = "".join(hit[1].split()).lower()
        readings, open_end = _readings(paste, hit.end(), limit)
        found.append(
            Field(key, hit.start(), paste.flat.line(hit.end() - 1), readings, limit < len(text) and not open_end)
        )
    return found


def _readings(paste: Paste, start: int, limit: int) -> tuple[tuple[tuple[str, int], ...], bool]:
    """The readings of the value from `start` to `limit`, and whether something was left out at their end."""
    flat = paste.flat
    text = flat.text[start:limit]
    lead = len(text) - len(text.lstrip(" " + WRAP + BREAK))
    text = text[lead:]
    head, cut, _ = text.rstrip(" " + WRAP + BREAK).partition(BREAK)
    pieces = head.split(WRAP)
    made = []
    offset = start + lead
    for k in range(min(len(pieces), MOST_PIECES)):
        offset += len(pieces[k]) + (k > 0)
        made.append(("".join(pieces[: k + 1]), flat.line(max(start, offset - 1))))
    return tuple(made), bool(cut) or len(pieces) > MOST_PIECES


def lists(paste: Paste, found: Sequence[Field]) -> Iterator[list[Field]]:
    """Fields that belong to one list: no key twice, nothing between them but other keys and the rest of values."""
    block: list[Field] = []
    for field in found:
        if block and (field.key in {f.key for f in block} or _broken(paste, block[-1], field)):
            yield block
            block = []
        block.append(field)
    if block:
        yield block


def _broken(paste: Paste, before: Field, after: Field) -> bool:
    """Whether a line between two fields is neither a key nor the rest of a value, indented or wrapped."""
    between = range(before.line + 1, after.line)
    if len(between) > MOST_GAP:
        return True
    column = indent(paste[before.line])
    for i in between:
        line = paste[i]
        rest = indent(line) > column or paste.flat.wrapped(i)
        if not line.strip() or not (rest or _GENERIC.match(line.lstrip())) or is_prompt(line):
            return True
    return False

"""A report in prose or Markdown as statements: a sentence, a row of a table or a line of a code block, with its line.

Takes text, never fails: what is no Markdown is prose. Knows nothing of claims.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from diagnose.text.fold import fold_text

if TYPE_CHECKING:
    from collections.abc import Iterator

Form = Literal["sentence", "row", "code", "heading"]

MOST_STATEMENTS = 5_000
LONGEST = 4_000

_FENCE = re.compile(r"^\s{0,8}(`{3,}|~{3,})\s*([\w.+-]*)")
_HEADING = re.compile(r"^\s{0,3}(?:#{1,6}\s+(.+?)\s*#*|\*\*([^*]{2,80}?)\*\*\s*:?|([A-Z][\w ,/&()'-]{2,60}):)\s*$")
_ITEM = re.compile(r"^\s{0,12}(?:[-*+•]|\d{1,3}[.)])\s+(?:\[[ xX]\]\s+)?")
_RULE = re.compile(r"^\s*\|?[\s:|-]*-[\s:|-]*\|?\s*$|^\s*([-=_*])(?:\s*\1){2,}\s*$")
_CELLS = re.compile(r"(?<!\\)\|")
_CODE = re.compile(r"(`+)(?!`)(.+?)(?<!`)\1(?!`)", re.DOTALL)
_QUOTED = re.compile(r'"[^"]{1,600}"')
_END = re.compile(r"[.!?][\"`)'*_]{0,3}\s+(?=[\"'`*_(\[]{0,3}[A-Z0-9`]|[\"`])")
_STOPS = re.compile(r"[`\":]$")  # a line that ends so and is followed by a capital is a sentence by itself
_FULL_STOP = re.compile(r"[.!?][\"`)'*_]{0,3}$")
_NO_END = re.compile(r"(?:\b(?:e\.g|i\.e|vs|cf|approx|no|nos|ca|etc|resp|fig|incl)|\b[A-Z])\.$", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]]{0,300})\]\([^()\s]{0,600}\)")
_EMPHASIS = re.compile(r"(?<![\w*])(\*{1,3}|_{2,3})(?=\S)(.{1,400}?)(?<=\S)\1(?![\w*])")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)


class Statement(Struct, frozen=True):
    """`text` is one line in which code stands in backticks, links are their words and emphasis is gone; `section` is the
    heading above in small letters; `before` the sentence before it in the same paragraph or the words that lead to a code
    block; `language` that of a code block. `cells` are those of a row, `heads` the names of its columns."""

    form: Form
    line: int
    text: str
    section: str = ""
    before: str = ""
    language: str = ""
    block: int = 0
    cells: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()


def statements_of(report: str) -> list[Statement]:
    """The statements of a report in their order, at most MOST_STATEMENTS."""
    one_end = fold_text(report.replace("\r\n", "\n").replace("\r", "\n"))
    clean = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), one_end)
    found: list[Statement] = []
    for statement in _Reading(clean.split("\n")).statements():
        found.append(statement)
        if len(found) >= MOST_STATEMENTS:
            break
    return found


class _Reading:
    """One reading of the lines of a report, from top to bottom."""

    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.section = ""
        self.lead = ""  # the words above a code block
        self.block = 0
        self.heads: tuple[str, ...] = ()
        self.goes_on = False
        self.before = ""
        self.paragraph: list[tuple[int, str]] = []

    def statements(self) -> Iterator[Statement]:
        at = 0
        while at < len(self.lines):
            line = self.lines[at]
            if fence := _FENCE.match(line):
                yield from self._flush()
                end = self._end_of(fence[1], at + 1)
                yield from self._code(at + 1, end, fence[2].lower())
                at = end + 1
                continue
            yield from self._line(at + 1, line)
            at += 1
        yield from self._flush()

    def _end_of(self, fence: str, start: int) -> int:
        for at in range(start, len(self.lines)):
            if (end := _FENCE.match(self.lines[at])) and end[1].startswith(fence) and not end[2]:
                return at
        return len(self.lines)

    def _code(self, start: int, end: int, language: str) -> Iterator[Statement]:
        self.block += 1
        for at in range(start, end):
            if text := self.lines[at].strip()[:LONGEST]:
                yield Statement("code", at + 1, text, self.section, self.lead, language, self.block)

    def _line(self, number: int, line: str) -> Iterator[Statement]:
        heading = _HEADING.match(line)
        if heading and not (self.paragraph and heading[3]):
            yield from self._flush()
            words = plain(next(filter(None, heading.groups())))
            self.section, self.lead, self.block = words.lower(), words, self.block + 1
            yield Statement("heading", number, words, self.section, block=self.block)
        elif not line.strip() or _RULE.match(line):
            yield from self._flush()
            self.heads = self.heads if line.strip() else ()
        elif line.count("|") >= 2 and line.strip().startswith("|"):
            yield from self._flush()
            yield from self._row(number, line)
        else:
            if item := _ITEM.match(line):
                yield from self._flush()
                line = line[item.end() :]
            if self.heads and line.strip():
                self.heads = ()
            line = line.strip().lstrip(">").strip()
            if self.paragraph and _ends(self.paragraph[-1][1], line):
                yield from self._flush(same=True)
            self.paragraph.append((number, line))

    def _row(self, number: int, line: str) -> Iterator[Statement]:
        cells = tuple(plain(cell.replace("\\|", "|")) for cell in _CELLS.split(line.strip().strip("|")))
        following = self.lines[number] if number < len(self.lines) else ""
        if "-" in following and "|" in following and _RULE.match(following):
            self.heads = tuple(cell.lower() for cell in cells)
            return
        self.block += 1
        yield Statement(
            "row", number, ". ".join(cells)[:LONGEST], self.section, block=self.block, cells=cells, heads=self.heads
        )

    def _flush(self, *, same: bool = False) -> Iterator[Statement]:
        """What was read of a paragraph; with `same` the paragraph goes on behind it."""
        if not self.paragraph:
            self.goes_on = self.goes_on and same
            return
        goes_on, self.goes_on = self.goes_on, same
        self.block += not goes_on
        starts, text = [], ""
        for number, line in self.paragraph:
            starts.append((len(text), number))
            text += line + " "
        self.paragraph = []
        offsets = [start for start, _ in starts]
        before = self.before if goes_on else ""
        for at, sentence in sentences(text):
            words = plain(sentence)
            if words:
                number = starts[bisect_right(offsets, at) - 1][1]
                yield Statement("sentence", number, words[:LONGEST], self.section, before, block=self.block)
                before = self.before = self.lead = words


def _ends(line: str, following: str) -> bool:
    """Whether a sentence ends with a line of a paragraph."""
    if _FULL_STOP.search(line):
        return not _NO_END.search(line)
    return bool(_STOPS.search(line)) and (following[:1].isupper() or following[:1] in '`"')


def sentences(text: str) -> Iterator[tuple[int, str]]:
    """(start, sentence) of a paragraph; code and quotes are never cut."""
    spans = [found.span() for regex in (_CODE, _QUOTED) for found in regex.finditer(text)]
    start = 0
    for end in _END.finditer(text):
        inside = any(first < end.start() < last - 2 for first, last in spans)
        if inside or _NO_END.search(text[start : end.start() + 1]):
            continue
        yield start + _blanks(text[start:]), text[start : end.end()].strip()
        start = end.end()
    if text[start:].strip():
        yield start + _blanks(text[start:]), text[start:].strip()


def _blanks(text: str) -> int:
    return len(text) - len(text.lstrip())


def plain(text: str) -> str:
    """One line without emphasis and links; code in single backticks."""
    parts, at = [], 0
    for found in _CODE.finditer(text):
        parts += [_bare(text[at : found.start()]), f"`{found[2].strip()}`" if "`" not in found[2] else found[2]]
        at = found.end()
    parts.append(_bare(text[at:]))
    return " ".join("".join(parts).split())


def _bare(text: str) -> str:
    without = _LINK.sub(r"\1", text)
    for _ in range(2):
        without = _EMPHASIS.sub(r"\2", without)
    return re.sub(r"\\([\\`*_{}\[\]()#+.!|>-])", r"\1", without)

"""Clean HTML (of `kb.markdown.render`) to blocks in reading order, and to plain text for a terminal.

A block is a heading, a paragraph or list item, a piece of code, a row of a table; it knows how deep it stands in lists
and quotes, and which of its characters are bold, code or a link. One pass, no recursion, linear in the text. Only clean
HTML is understood: it has one spelling, so that a small pattern reads it.
"""

from __future__ import annotations

import re
import textwrap
from html import unescape
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

BlockKind = Literal["heading", "text", "code", "row", "rule"]
MarkKind = Literal["strong", "code", "link"]
_TOKEN = re.compile(r'<(/?)([a-z][a-z0-9]*)((?: [a-z]+="[^"]*")*)>|([^<]+|<)')
_HREF = re.compile(r' href="([^"]*)"')
_START = re.compile(r' start="(\d+)"')
_LANGUAGE = re.compile(r' class="language-([^"]*)"')
_BLANKS = re.compile(r"[ \t\r\n\f]+")
_MARKS: dict[str, MarkKind] = {
    "strong": "strong", "b": "strong", "code": "code", "kbd": "code", "samp": "code", "a": "link"
}  # fmt: skip
_BREAKING = frozenset("p div details dl dd caption table thead tbody tfoot".split())
_CELL_END = " | "
_MARGIN = "> "
DEEPEST = 8


class Mark(Struct, frozen=True):
    """Characters `start` to `end` of a block's text are bold, code or a link to `href`."""

    kind: MarkKind
    start: int
    end: int
    href: str = ""


class TextBlock(Struct, frozen=True, kw_only=True):
    """`level` is a heading's 1..6; `lead` a list item's marker; `depth` and `quote` count the lists and quotes around;
    `fold` says that it stands in a `<details>`; `place` numbers the quote, table or fold that it is part of (0: none).
    A row's cells are joined by ' | '. A line feed in a text is a forced line break."""

    kind: BlockKind
    text: str = ""
    level: int = 0
    lead: str = ""
    depth: int = 0
    quote: int = 0
    fold: bool = False
    place: int = 0
    language: str = ""
    marks: tuple[Mark, ...] = ()


def text_blocks(html: str) -> tuple[TextBlock, ...]:
    """The blocks of clean `html` in reading order, none of them empty but rules."""
    reader = _Reader()
    for end, tag, attributes, text in _TOKEN.findall(html):
        if text:
            reader.text(unescape(text))
        elif end:
            reader.close(tag)
        else:
            reader.open(tag, attributes)
    reader.flush()
    return tuple(reader.done)


class _Reader:
    """The block that is being read and the lists, quotes and tables around it."""

    def __init__(self) -> None:
        self.done: list[TextBlock] = []
        self._parts: list[str] = []
        self._length = 0
        self._marks: list[Mark] = []
        self._open: list[tuple[str, MarkKind, int, str]] = []
        self._lists: list[int] = []  # the next number of each list around; -1: bullets
        self._lead = ""
        self._kind: BlockKind = "text"
        self._level = 0
        self._language = ""
        self._quote = self._folds = self._places = self._place = self._tables = 0
        self._row = False

    def text(self, text: str) -> None:
        if self._kind != "code":
            text = _BLANKS.sub(" ", text)
            if not self._parts or self._parts[-1][-1] in " \n":
                text = text.lstrip(" ")
        if text:
            self._parts.append(text)
            self._length += len(text)

    def open(self, tag: str, attributes: str) -> None:
        if tag in _MARKS and not (tag == "code" and self._kind == "code"):
            href = _HREF.search(attributes)
            self._open.append((tag, _MARKS[tag], self._length, unescape(href[1]) if href else ""))
        elif tag == "code":
            language = _LANGUAGE.search(attributes)
            self._language = language[1] if language else ""
        elif tag == "br":
            self.text(" ") if self._row else self._append("\n")
        elif tag in _BREAKING or tag in _OPENED:
            if self._row and tag not in ("tr", "td", "th"):
                self.text(" ")
                return
            if tag not in ("td", "th"):
                self.flush()
            _OPENED.get(tag, _nothing)(self, attributes)

    def close(self, tag: str) -> None:
        if tag in _MARKS and self._kind != "code":
            self._close_mark(tag)
        elif self._row and tag not in ("tr", "table"):
            self._append(_CELL_END) if tag in ("td", "th") else self.text(" ")
        elif tag in _BREAKING or tag in _OPENED:
            self.flush()
            _CLOSED.get(tag, _nothing)(self, tag)

    def _append(self, text: str) -> None:
        self._parts.append(text)
        self._length += len(text)

    def _close_mark(self, tag: str) -> None:
        for index in range(len(self._open) - 1, max(len(self._open) - DEEPEST, 0) - 1, -1):
            if self._open[index][0] == tag:
                _, kind, start, href = self._open.pop(index)
                if self._length > start:
                    self._marks.append(Mark(kind, start, self._length, href))
                return

    def flush(self) -> None:
        """The block that was being read is complete."""
        text = "".join(self._parts)
        kept = text.rstrip("\n") if self._kind == "code" else text.rstrip().removesuffix(_CELL_END.rstrip()).rstrip()
        if kept.strip():
            marks = [Mark(m.kind, m.start, min(m.end, len(kept)), m.href) for m in self._marks if m.start < len(kept)]
            # A mark that is still open goes on in the next block.
            marks += [Mark(kind, start, len(kept), href) for _, kind, start, href in self._open if start < len(kept)]
            self.done.append(
                TextBlock(
                    kind="row" if self._row else self._kind,
                    text=kept,
                    level=self._level,
                    lead=self._lead,
                    depth=len(self._lists),
                    quote=self._quote,
                    fold=self._folds > 0,
                    place=self._place,
                    language=self._language if self._kind == "code" else "",
                    marks=tuple(marks),
                )
            )
            self._lead = ""
        self._parts, self._length, self._marks = [], 0, []
        self._open = [(tag, kind, 0, href) for tag, kind, _, href in self._open[-DEEPEST:]]

    def become(self, kind: BlockKind, level: int = 0) -> None:
        self._kind, self._level, self._language = kind, level, ""

    def enter(self, name: str, step: int) -> None:
        """Into (1) or out of (-1) a quote, fold or table; the outermost one gets a number of its own."""
        setattr(self, name, max(0, getattr(self, name) + step))
        inside = self._quote + self._folds + self._tables
        if step > 0 and inside == 1:
            self._places += 1
        self._place = self._places if inside else 0

    def list(self, first: int | None) -> None:
        if first is not None:
            self._lists.append(first)
        elif self._lists:
            self._lists.pop()
            self._lead = ""

    def item(self) -> None:
        if self._lists and self._lists[-1] >= 0:
            self._lead = f"{self._lists[-1]}. "
            self._lists[-1] += 1
        else:
            self._lead = "- "

    def row(self, inside: bool) -> None:
        self._row = inside

    def end_table(self) -> None:
        self.row(False)
        self.enter("_tables", -1)

    def rule(self) -> None:
        self.done.append(TextBlock(kind="rule", depth=len(self._lists), quote=self._quote))


def _nothing(reader: _Reader, attributes: str) -> None:
    """A tag that only ends the block before it."""


def _first_number(attributes: str) -> int:
    start = _START.search(attributes)
    return int(start[1]) if start else 1


def _heading(level: int) -> Callable[[_Reader, str], None]:
    return lambda reader, attributes: reader.become("heading", level)


def _to_text(reader: _Reader, tag: str) -> None:
    reader.become("text")


_OPENED: dict[str, Callable[[_Reader, str], None]] = {
    **{f"h{level}": _heading(level) for level in range(1, 7)},
    "pre": lambda reader, attributes: reader.become("code"),
    "blockquote": lambda reader, attributes: reader.enter("_quote", 1),
    "details": lambda reader, attributes: reader.enter("_folds", 1),
    "table": lambda reader, attributes: reader.enter("_tables", 1),
    "summary": _nothing,
    "dt": _nothing,
    "ul": lambda reader, attributes: reader.list(-1),
    "ol": lambda reader, attributes: reader.list(_first_number(attributes)),
    "li": lambda reader, attributes: reader.item(),
    "tr": lambda reader, attributes: reader.row(True),
    "td": _nothing,
    "th": _nothing,
    "hr": lambda reader, attributes: reader.rule(),
}
_CLOSED: dict[str, Callable[[_Reader, str], None]] = {
    **{f"h{level}": _to_text for level in range(1, 7)},
    "pre": _to_text,
    "blockquote": lambda reader, tag: reader.enter("_quote", -1),
    "details": lambda reader, tag: reader.enter("_folds", -1),
    "table": lambda reader, tag: reader.end_table(),
    "ul": lambda reader, tag: reader.list(None),
    "ol": lambda reader, tag: reader.list(None),
    "tr": lambda reader, tag: reader.row(False),
}


# --- plain text -----------------------------------------------------------------------------------------------------


def to_text(html: str, width: int = 80) -> str:
    """Clean `html` as plain text, wrapped to `width` columns; code and addresses are never broken. Ends with a newline."""
    lines: list[str] = []
    before: TextBlock | None = None
    for block in text_blocks(html):
        if before is not None and not _adjoining(before, block):
            lines.append((_MARGIN * min(block.quote, DEEPEST)).rstrip() if _quoted(before, block) else "")
        lines += _lines(block, max(width, 20))
        before = block
    return "\n".join(lines) + "\n" if lines else ""


def _adjoining(before: TextBlock, after: TextBlock) -> bool:
    """Rows of a table and short items of a list stand without a blank line between them."""
    if before.kind == after.kind == "row":
        return before.place == after.place
    return bool(after.lead and before.depth and before.quote == after.quote and before.kind == after.kind == "text")


def _quoted(before: TextBlock, after: TextBlock) -> bool:
    return before.quote == after.quote > 0 and before.place == after.place


def _lines(block: TextBlock, width: int) -> Iterator[str]:
    margin = _MARGIN * min(block.quote, DEEPEST) + "  " * max(0, min(block.depth, DEEPEST) - 1)
    if block.kind == "rule":
        yield margin + "-" * 20
    elif block.kind == "heading":
        yield from (
            margin + line for line in (block.text, ("=" if block.level == 1 else "-") * min(len(block.text), width))
        )
    elif block.kind == "code":
        indent = margin + (" " * 6 if block.depth else " " * 4)
        yield from ((indent + line).rstrip() for line in block.text.expandtabs(4).split("\n"))
    else:
        first = margin + block.lead
        rest = margin + " " * (len(block.lead) or (2 if block.depth else 0))
        start = first if block.lead else rest
        for piece in _worded(block).split("\n"):
            yield from textwrap.wrap(
                piece,
                width,
                initial_indent=start,
                subsequent_indent=rest,
                break_long_words=False,
                break_on_hyphens=False,
            ) or [start.rstrip()]
            start = rest


def _worded(block: TextBlock) -> str:
    """The text with code in backticks and the address after a link's words."""
    inserts: list[tuple[int, int, str]] = []
    for mark in block.marks:
        words = block.text[mark.start : mark.end]
        if mark.kind == "code":
            inserts += [(mark.start, 1, "`"), (mark.end, 0, "`")]
        elif mark.href and mark.href.removeprefix("mailto:") != words:
            inserts.append((mark.end, -1, f" ({mark.href})"))
    pieces, at = [], 0
    for position, _, text in sorted(inserts, key=lambda i: i[:2]):
        pieces += [block.text[at:position], text]
        at = position
    return "".join((*pieces, block.text[at:]))

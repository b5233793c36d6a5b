"""The body of an article to what retrieval knows it by: sections, quoted messages, codes and events.

Works on the same blocks that `kb show` prints (kb.markdown.render). A message is a text that the article quotes as an error:
quotes, code and folds in symptom-like sections, sentences in quotes or code of the introduction. Variable parts
(placeholders such as <Date>, %1, .....) become `<*>`, which joins no word pair.
"""

from __future__ import annotations

import re
from functools import cache
from itertools import islice
from typing import TYPE_CHECKING, Literal

from msgspec import Struct

from diagnose.codes.numbers import error_numbers
from diagnose.text.terms import COMMON_CODES, PLACEHOLDER
from kb.markdown.render import render, text_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from kb.markdown.render import TextBlock

MessageKind = Literal["intro", "symptoms", "cause", "resolution", "more"]
LONGEST_MESSAGE = 1500
LEAST_WORDS = 4
EXAMPLE_LINES = 20
CELL_WORDS = 6
CODE_WORDS = 5
LONGEST_QUOTE = 40  # lines of a quote that stands where no error is described
PIECE = 24
MOST = 60
_KINDS: tuple[tuple[MessageKind, re.Pattern[str]], ...] = (
    ("resolution", re.compile(r"resol|solution|workaround|\bfix|mitigat|prove|status|recover|prevent|planning|procedure|steps to", re.I)),
    ("cause", re.compile(r"cause|reason|why|tell the|background", re.I)),
    ("more", re.compile(r"more information|reference|see also|related|next steps|applies|disclaimer|contact", re.I)),
    ("symptoms", re.compile(r"sympt|error|problem|issue|looks like|message|scenario|fail|event|summary", re.I)),
)  # fmt: skip
_CODE = re.compile(r"\b0x[0-9a-fA-F]{8}\b|(?<![\w-])-21\d{8}\b")
_EVENT = re.compile(r"\bEvent\s?ID\s*[:=]?\s*(\d{1,5})\b", re.I)
_SOURCE = re.compile(r"\bSource\s*:\s*([\w .-]{3,60}?)(?=\s+(?:Date|Event|Task|Level|Log)\b|$)", re.I | re.M)
_QUOTED = re.compile(r"[\"“]([^\"“”\n]{16,400})[\"”]")
VARIABLE = re.compile(
    r"<[^<>\n]{1,40}>|\\?<[^<>\n]{1,40}\\?>|%\w\b|\.{4,}|\{[\w ]{1,30}\}|\[[A-Za-z_ ]{3,30}\]|\bX{3,}\b"
)
COMMAND = re.compile(
    r"^\s*(?:PS\b.*>|[A-Z]:\\.*>|[$#>] |(?:Get|Set|New|Remove|Start|Stop|Restart|Test|Enable|Disable|Add|Install|Import|Export|Invoke)-\w+\s+-|(?:sudo|net|sc|reg|netsh|ipconfig|ping|curl|kubectl|docker|systemctl|cd|dir|az|dism|certutil|setspn|nltest|dcdiag|repadmin)\s)",
    re.I,
)
ERROR = re.compile(
    r"error|fail|exception|denied|refus|cannot|can't|could not|couldn't|unable|not found|invalid|timed out|expired|missing"
    r"|unavailable|warning|event id|0x[0-9a-f]{8}|not (?:be|have|exist|valid|support|recogni)|no (?:such|space|route|valid)|problem|stopp|terminat|reject|block",
    re.I,
)


_NOTE = re.compile(
    r"\s*\[!(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION)\]|\s*(?:Note|Tip|Important|Warning|Caution)\s*$", re.I
)
RECORD_FIELD = re.compile(r"\s*(?:Log Name|Event Type|Source|Event ID|Starting test|Testing server)\s*:", re.I)


class ArticleSection(Struct, frozen=True):
    kind: MessageKind
    title: str
    level: int
    text: str


class QuotedMessage(Struct, frozen=True):
    """A quoted message; variable parts are `<*>`."""

    text: str
    section: MessageKind


class Mined(Struct, frozen=True):
    """`numbers` are those by which the title, the introduction and the symptoms name errors (diagnose.codes.numbers); what
    any program ends with, such as 1603, only where the title has it."""

    sections: tuple[ArticleSection, ...]
    messages: tuple[QuotedMessage, ...]
    codes: tuple[str, ...]
    numbers: tuple[str, ...]
    events: tuple[tuple[str, int], ...]


def message_kind(title: str) -> MessageKind:
    """What a section is about, by the words of its heading; what says nothing counts as more."""
    return next((kind for kind, words in _KINDS if words.search(title)), "more")


def mine(body: str, title: str) -> Mined:
    """Sections, messages, codes and events of an article's body."""
    parsed = text_blocks(render(body).html)
    sections = tuple(_sections(parsed, title))
    messages = dict.fromkeys(
        m for m in (*_title(title), *_messages(parsed, title)) if len(m.text.split()) >= LEAST_WORDS
    )
    told = "\n".join(section.text for section in sections if section.kind in ("intro", "symptoms"))
    text = f"{title}\n{told}"
    return Mined(
        sections=sections,
        messages=tuple(messages)[:MOST],
        codes=tuple(dict.fromkeys((*filter(_known, _CODE.findall(text)), *_said(text))))[:40],
        numbers=tuple(sorted(error_numbers(title) | (error_numbers(told) - _common_numbers())))[:40],
        events=tuple(events_in(text))[:20],
    )


@cache
def _common_numbers() -> frozenset[str]:
    return COMMON_CODES | error_numbers("\n".join(sorted(COMMON_CODES)))


def _said(text: str) -> Iterator[str]:
    """The errors of Windows that a text names in any other notation: by their names, behind "System error". A status of
    HTTP or of a process is said of everything."""
    from diagnose.codes.find import find

    return (found.key for found in find(text) if found.key.startswith("win32:"))


def _known(code: str) -> bool:
    from diagnose.codes.decode import decode

    return bool(decode(code))


def events_in(text: str) -> Iterator[tuple[str, int]]:
    sources = [(m.start(), m[1].strip()) for m in _SOURCE.finditer(text)]
    for match in _EVENT.finditer(text):
        near = min(sources, key=lambda s: abs(s[0] - match.start()), default=(0, ""))
        yield (near[1] if abs(near[0] - match.start()) < 300 else "", int(match[1]))


def _walk(parsed: Sequence[TextBlock], title: str) -> Iterator[tuple[MessageKind, TextBlock]]:
    """Every block with the kind of the section that it stands in; a subsection of no kind keeps its parent's."""
    stack: list[tuple[int, MessageKind]] = [(0, "intro")]
    for block in parsed:
        if block.kind == "heading":
            while len(stack) > 1 and stack[-1][0] >= block.level:
                stack.pop()
            same = " ".join(block.text.lower().split()) == " ".join(title.lower().split())
            kind = "intro" if block.level == 1 or same else message_kind(block.text)
            if kind == "more" and stack[-1][1] not in ("intro", "more"):
                kind = stack[-1][1]
            stack.append((block.level, kind))
        yield stack[-1][1], block


def _sections(parsed: Sequence[TextBlock], title: str) -> Iterator[ArticleSection]:
    kind: MessageKind = "intro"
    name, level, lines = title, 1, list[str]()
    for section, block in _walk(parsed, title):
        if block.kind == "heading":
            if lines:
                yield ArticleSection(kind, name, level, "\n".join(lines))
            kind, name, level, lines = section, block.text, block.level, []
        else:
            lines.append(block.text)
    if lines:
        yield ArticleSection(kind, name, level, "\n".join(lines))


def _title(title: str) -> Iterator[QuotedMessage]:
    for quoted in _QUOTED.findall(title):
        yield QuotedMessage(_cleaned(quoted), "intro")
    if ERROR.search(title) and not _QUOTED.search(title):
        yield QuotedMessage(_cleaned(title), "intro")


def _messages(parsed: Sequence[TextBlock], title: str) -> Iterator[QuotedMessage]:
    """Quotes and code where errors are described; sentences in quotes or inline code there; error-like quotes elsewhere."""
    group: list[str] = []
    where: tuple[int, MessageKind] = (0, "intro")
    for kind, block in (*_walk(parsed, title), ("more", None)):
        quoted = block is not None and (bool(block.quote) or block.fold) and block.kind != "heading"
        place = (block.place, kind) if block is not None and quoted else (0, kind)
        if group and (not quoted or place != where):
            yield from _of_group(group, where[1])
            group = []
        if block is None:
            return
        if quoted:
            where = place
            group.append(block.text)
        elif block.kind == "code":
            yield from _of_group([block.text], kind)
        elif block.kind == "row":
            yield from _of_row(block, kind)
        elif kind in ("intro", "symptoms") or (kind == "cause" and ERROR.search(block.text)):
            yield from _inline(block, kind)


def _of_row(block: TextBlock, kind: MessageKind) -> Iterator[QuotedMessage]:
    """Cells of a table that read like a message, where errors are described."""
    if kind in ("intro", "symptoms", "cause"):
        for cell in block.text.split(" | "):
            if len(cell.split()) >= CELL_WORDS and (ERROR.search(cell) or "%1" in cell):
                yield QuotedMessage(_cleaned(cell[:LONGEST_MESSAGE]), kind)


def _of_group(texts: list[str], kind: MessageKind) -> Iterator[QuotedMessage]:
    text = "\n".join(texts)
    if _NOTE.match(text.split("\n")[0]):
        return
    told = kind in ("intro", "symptoms")
    lines = [line for line in text.split("\n") if not COMMAND.match(line)]
    bare = "\n".join(lines)
    if not bare.strip() or not (ERROR.search(bare) if not told else bare):
        return
    if not told and kind != "cause" and not re.search(r"error|exception|fail", bare, re.I):
        return
    if len(lines) > LONGEST_QUOTE and not told:
        return
    for piece in _pieces(lines):
        yield QuotedMessage(_cleaned("\n".join(piece)[:LONGEST_MESSAGE]), kind)
    if len(lines) > 1:  # each line of several is a message of its own as well
        long = (line for line in lines if len(line) > 40 and ERROR.search(line))
        yield from (QuotedMessage(_cleaned(line), kind) for line in islice(long, EXAMPLE_LINES))


def _pieces(lines: list[str]) -> Iterator[list[str]]:
    """A quote of many lines in parts, cut where another record begins, else at PIECE lines."""
    piece: list[str] = []
    for line in lines:
        if len(piece) >= PIECE or (len(piece) > 3 and RECORD_FIELD.match(line)):
            yield piece
            piece = []
        piece.append(line)
    if any(line.strip() for line in piece):
        yield piece


def _inline(block: TextBlock, kind: MessageKind) -> Iterator[QuotedMessage]:
    for quoted in _QUOTED.findall(block.text):
        if ERROR.search(quoted):
            yield QuotedMessage(_cleaned(quoted), kind)
    for mark in block.marks:
        text = block.text[mark.start : mark.end]
        alone = len(text) > 0.8 * len(block.text) and len(text) > 40  # a paragraph of it is quoted, not stressed
        # Code of so many words is a message: commands and options are told apart, what else stands in code is shorter.
        printed = mark.kind == "code" and len(text.split()) >= CODE_WORDS
        telling = alone or printed or ERROR.search(text)
        if mark.kind != "link" and len(text) > 24 and telling and not COMMAND.match(text):
            yield QuotedMessage(_cleaned(text), kind)


def _cleaned(text: str) -> str:
    return VARIABLE.sub(f" {PLACEHOLDER} ", text.replace("\\<", "<").replace("\\>", ">")).strip()

"""A line to the one message it belongs to: a stack trace, a PowerShell record, an event, a record of a log.

Takes the lines around it; gives the range, the source kind, the level and the line to show. One pass forward over at most
401 lines, a decision per line from that line and its neighbours. Knows nothing of files or of why the line was asked for;
how lines look is the table in diagnose/records/kinds.py.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.records.kinds import carried, frame, head_kind, is_go_call, is_labelled, is_powershell
from diagnose.records.levels import level_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.records.levels import Level

LONGEST = 200
_BLANKS = 3
_HEAD = 4096
_EVENT_LINES = 12
_REMEMBERED = 512
# A line shorter than this was not wrapped by a console.
_NARROWEST = 60
_SAMPLE = 2000
# Kinds whose every record begins with a head: whatever follows belongs to it.
_UNBROKEN = ("exchange-setup", "ocs-logger")


class Record(Struct, frozen=True):
    """A message: `first` and `last` line (indices, both included), its source kind (empty: unknown), its level (empty: none
    said) and its head, the line that names it, without what a carrier put before it."""

    first: int
    last: int
    kind: str
    level: Level
    head: str


class _Line(Struct, frozen=True):
    """One line as the machine sees it. `kind` is of the head that it is, else None."""

    text: str
    by: str
    part: bool
    kind: str | None
    trace: str
    starts_trace: bool

    @property
    def blank(self) -> bool:
        return not self.text or self.text.isspace()

    @property
    def plain(self) -> bool:
        return self.kind is None and not self.trace and not self.indented and not self.blank

    @property
    def indented(self) -> bool:
        return self.text[:1] in (" ", "\t")


def record_at(lines: Sequence[str], index: int) -> Record:
    """The message that line `index` belongs to, at most 200 lines before it and 200 after.

    Raises IndexError for an index outside of `lines`.
    """
    if not 0 <= index < len(lines):
        raise IndexError(index)
    first = _sure_start(lines, index)
    for message, seen in _messages(lines[first : index + LONGEST + 1]):
        if first + message.last >= index:
            found = message.record(seen)
            return Record(first + found.first, first + found.last, found.kind, found.level, found.head)
    return Record(index, index, "", "", lines[index][:_HEAD])


def _sure_start(lines: Sequence[str], index: int) -> int:
    """The nearest line, from `index` back, where a message begins whatever stands before it."""
    lowest = max(0, index - LONGEST)
    line = _seen(lines[index])
    for at in range(index, lowest, -1):
        before = _seen(lines[at - 1])
        if not before.part and _begins(line, before):
            return at
        line = before
    return lowest


def _begins(line: _Line, before: _Line) -> bool:
    """Whether `line` surely begins a message: a head, or, in what a container wrote, the second of two plain lines."""
    if line.kind is not None:
        return not line.text.startswith("<Event")
    return line.plain and bool(line.by) and before.plain and before.by == line.by


def records(lines: Sequence[str]) -> Iterator[Record]:
    """All messages of `lines` in order; blank lines between them are messages of one line without kind."""
    return (message.record(seen) for message, seen in _messages(lines))


def _messages(lines: Sequence[str]) -> Iterator[tuple[_Message, list[_Line]]]:
    """Each message with the lines seen so far, once it has ended."""
    seen = [_seen(line) for line in lines[: _BLANKS + 1]]
    message: _Message | None = None
    for at in range(len(lines)):
        while len(seen) <= min(at + _BLANKS, len(lines) - 1):
            seen.append(_seen(lines[len(seen)]))
        if message and message.takes(at, seen):
            message.add(at, seen[at])
        else:
            if message:
                yield message, seen
            message = _Message(at, seen[at])
    if message:
        yield message, seen


def _seen(line: str) -> _Line:
    # Hits stand close together, so that their neighbours are asked for again and again.
    return _seen_again(line) if len(line) <= _REMEMBERED else _look(line)


def _look(line: str) -> _Line:
    inner = carried(line.rstrip("\r\n"))
    kind = head_kind(inner.text)
    found = None if kind else frame(inner.text)
    return _Line(inner.text, inner.by, inner.part, kind, found.kind if found else "", bool(found and found.start))


_seen_again = lru_cache(maxsize=2048)(_look)


class _Message:
    """The message that is being read: what decides whether the next line still belongs to it."""

    __slots__ = ("block", "chained", "closed", "event", "first", "head", "last", "powershell", "start", "trace")

    def __init__(self, at: int, line: _Line) -> None:
        self.first = self.last = self.head = at
        self.start = line
        self.trace = ""
        self.closed = False  # a Python trace that has named its exception
        self.chained = False  # the line before said that another trace follows
        self.block = ""  # what the last line of a block holds
        self.powershell = False
        self.event = line.kind == "windows-event" and is_labelled(line.text)
        self.add(at, line)

    def takes(self, at: int, seen: Sequence[_Line]) -> bool:
        """Whether line `at` belongs to this message. `seen` reaches a few lines further, where there are any."""
        line, before = seen[at], seen[at - 1]
        if at - self.first > 2 * LONGEST or line.by != before.by:
            return False
        if self.block:
            # A head inside means that the block was cut.
            return line.kind is None and at - self.first <= LONGEST
        if before.part:
            return True
        if line.blank:
            return self._goes_on(at, seen)
        # A blank line was taken only where the line after it was seen to belong.
        return not self.start.blank if before.blank else self._continues(at, seen)

    def _goes_on(self, at: int, seen: Sequence[_Line]) -> bool:
        """Whether it goes on after the blank line `at`."""
        after = next((line for line in seen[at + 1 : at + 1 + _BLANKS] if not line.blank), None)
        if after is None or self.start.blank or after.by != self.start.by:
            return False
        if self.event:
            if not seen[at - 1].blank and seen[at - 1].text.rstrip().endswith(":"):
                return not after.kind
            return after.text.startswith("<Event") or (not after.kind and (after.indented or is_labelled(after.text)))
        if self.start.kind == "exchange-setup":
            return after.kind is None and (after.indented or not after.text[:1].isalnum())
        if self.trace == "python" and after.trace == "python":
            return not after.starts_trace or self.chained
        return self.trace == "go" == after.trace and not after.starts_trace

    def _continues(self, at: int, seen: Sequence[_Line]) -> bool:
        line, before = seen[at], seen[at - 1]
        after = seen[at + 1] if at + 1 < len(seen) else None
        if self.event and (line.text.startswith("<Event") or (not line.kind and is_labelled(line.text))):
            return True
        if line.kind is not None or self.start.blank:
            return False
        if line.indented or self.event or self.start.kind in _UNBROKEN:
            return True
        if line.starts_trace:
            # Other traces are printed by a runtime that dies, not by a logger: they belong to no line above them.
            return line.trace == "python" and not self.trace and self._announces()
        if line.trace or is_powershell(line.text) or (self.powershell and line.text.startswith("+ ")):
            return True
        if self.trace == "python" and not self.closed and before.indented:
            return True
        if self.trace == "go" and (is_go_call(line.text) or (after and after.trace == "go" and after.indented)):
            return True
        if before.indented and line.text[0] in "}])":
            return True
        if self.trace == "rust" and before is self.start and before.text.endswith(":"):
            return True
        if not self.trace and after and after.trace and not after.starts_trace and self.start.kind is not None:
            return self._announces()
        if self.start.kind is not None and not line.by and len(before.text) >= _NARROWEST and line.text[0].islower():
            return True
        return self._wrapped_before_place(at, seen)

    def _announces(self) -> bool:
        """Whether the message so far is what a logger writes above a trace: nothing that calls itself harmless."""
        level = level_of(self.start.text)
        return level not in ("info", "debug") and (self.start.kind is not None or bool(level))

    def _wrapped_before_place(self, at: int, seen: Sequence[_Line]) -> bool:
        """`Cmdlet : a message that the console` / `wrapped` / `At line:1 char:1`."""
        if self.powershell or self.start.kind is not None or " : " not in self.start.text[:100]:
            return False
        return any(is_powershell(line.text) for line in seen[at + 1 : at + 1 + _BLANKS])

    def add(self, at: int, line: _Line) -> None:
        self.last = at
        text = line.text
        if not line.blank:
            self.chained = line.trace == "python" and not line.indented and not line.starts_trace
        if self.block:
            self.block = "" if self.block in text else self.block
        elif "$$begin_record" in text:
            self.block = "$$end_record"
        elif text.startswith("<Event") and "</Event>" not in text:
            self.block = "</Event>"
        elif line.trace:
            self.trace, self.closed = line.trace, False
        elif self.trace == "python" and not self.closed and not line.indented and text:
            self.closed = True
            self.head = at if self.start.starts_trace else self.head
        elif is_powershell(text):
            self.powershell = True

    def record(self, seen: Sequence[_Line]) -> Record:
        head = seen[self.head].text
        for line, before in zip(seen[self.head + 1 : self.last + 1], seen[self.head :], strict=False):
            if not before.part or len(head) >= _HEAD:
                break
            head += line.text
        said = range(
            self.first, min(self.last + 1, self.first + (_EVENT_LINES if self.start.kind == "windows-event" else 1))
        )
        kind = (
            self.start.kind
            or ("powershell" if self.powershell else self.trace)
            or ("cri" if self.start.by == "cri" else "")
        )
        level = level_of("\n".join(seen[at].text[:_HEAD] for at in said)) or (
            "error" if self.trace or self.powershell else ""
        )
        return Record(self.first, self.last, kind, level, head[:_HEAD])

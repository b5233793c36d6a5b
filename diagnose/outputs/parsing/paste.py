"""A paste as recognisers read it: lines cleaned once, and one flat text in which a wrapped word can still be found.

Takes the lines of a paste and gives the same number of lines, clean, and a `Flat`: the lines that are not blank, each
trimmed, white space runs as one blank, joined by a break that tells whether a console may have wrapped there inside a
word. `soft` makes a pattern for such a text out of one for a single line. Knows nothing of tools.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from typing import overload

from diagnose.text.fold import fold, fold_text

LONGEST = 4096  # characters of a line that are looked at; no tool here prints longer ones
NARROWEST = 20  # columns of the narrowest console that wraps
WRAP = "\n"  # a break that may stand inside a word
BREAK = "\r"  # a break that ends a word

_QUOTED = re.compile(r"\s*(?:[>|│┃]+(?: |$))+")


class Flat:
    """The flat text of a paste; `line(offset)` is the index of the line that the character at `offset` came from."""

    def __init__(self, lines: Sequence[str]) -> None:
        pieces: list[str] = []
        self.starts: list[int] = []
        self.lines: list[int] = []
        offset = 0
        before = -1
        for i, line in enumerate(lines):
            piece = " ".join(line.split())
            if not piece:
                continue
            if pieces:
                pieces.append(WRAP if i == before + 1 and wraps(lines[before], line) else BREAK)
                offset += 1
            self.starts.append(offset)
            self.lines.append(i)
            pieces.append(piece)
            offset += len(piece)
            before = i
        self.text = "".join(pieces)

    def line(self, offset: int) -> int:
        """Index of the line at `offset`; an offset at a break belongs to the line before it."""
        return self.lines[max(0, bisect_right(self.starts, offset) - 1)] if self.lines else 0

    def matches(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match of a soft pattern; one that begins with `^` is tried at the beginning of lines only."""
        if not pattern.pattern.startswith(_ANCHORS["^"]):
            yield from pattern.finditer(self.text)
            return
        end = 0
        for start in self.starts:
            if start >= end and (hit := pattern.match(self.text, start)):
                end = hit.end()
                yield hit

    def start(self, offset: int) -> int:
        """Offset where the line at `offset` begins."""
        return self.starts[max(0, bisect_right(self.starts, offset) - 1)] if self.starts else 0

    def wrapped(self, line: int) -> bool:
        """Whether the line of index `line` may continue a word of the line before it."""
        at = bisect_right(self.lines, line) - 1
        return at > 0 and self.lines[at] == line and self.text[self.starts[at] - 1] == WRAP


def full(line: str, following: str) -> bool:
    """Whether a console may have wrapped `line`: it wraps at its width, so no line after it is longer."""
    return NARROWEST <= len(line) >= len(following.rstrip())


def wraps(line: str, following: str) -> bool:
    """Whether a console may have wrapped `line` inside a word: it is full, and no blank stands at the joint."""
    return full(line, following) and not line[-1:].isspace() and indent(following) <= indent(line)


def indent(line: str) -> int:
    """Number of blanks that a line begins with."""
    return len(line) - len(line.lstrip())


class Paste(Sequence[str]):
    """The cleaned lines of a paste. `raw` are the lines as given; `flat` is made when it is first asked for."""

    def __init__(self, lines: Sequence[str]) -> None:
        self.raw = lines
        self.lines = [_clean(line) for line in lines]
        marked = sum(1 for line in self.lines if line.lstrip()[:1] in (">", "|", "│", "┃"))
        if marked * 2 > len(self.lines) - self.lines.count(""):
            self.lines = [_QUOTED.sub("", line, count=1) for line in self.lines]
        self._flat: Flat | None = None

    @property
    def flat(self) -> Flat:
        if self._flat is None:
            self._flat = Flat(self.lines)
        return self._flat

    @overload
    def __getitem__(self, index: int) -> str: ...
    @overload
    def __getitem__(self, index: slice) -> list[str]: ...
    def __getitem__(self, index: int | slice) -> str | list[str]:
        return self.lines[index]

    def __len__(self) -> int:
        return len(self.lines)


def paste(lines: Sequence[str]) -> Paste:
    """`lines` as a `Paste`; one that already is one stays as it is."""
    return lines if isinstance(lines, Paste) else Paste(lines)


def _clean(line: str) -> str:
    line = line.rstrip("\r\n")[:LONGEST]
    if "\x1b" in line:
        line = fold(line.encode("utf-8", "replace")).decode("utf-8", "replace")
    line = fold_text(line)
    return line.expandtabs() if "\t" in line else line


_TOKEN = re.compile(
    r"""
      (?P<raw>\(\?<[!=](?:\[\^?\]?(?:\\.|[^\]\\])*\]|\\.)\))
    | (?P<group>\((?:\?(?:P<\w+>|:|=|!|<=|<!))?|\)[?*+]?|\||\$|\^)
    | (?P<atom>\[\^?\]?(?:\\.|[^\]\\])*\]|\\.|[^\\ ])(?P<times>(?:[?*+]|\{\d+(?:,\d*)?\})\??)?
    | (?P<blank>[ ])(?P<maybe>[?*]?)
    """,
    re.VERBOSE,
)
_ANCHORS = {"^": r"(?<![^\n\r])", "$": r"(?![^\n\r])"}


def soft(pattern: str, flags: int = 0) -> re.Pattern[str]:
    """A pattern for one line made to match a flat text too.

    A wrap may stand behind every character, a blank is any break, ` ?` and ` *` an optional one; `^` and `$` are the
    ends of a line; a look-behind is one class, taken as it is. Groups may not be repeated but by `?`; a class must not hold line ends, `.` is no line end.
    """
    return re.compile("".join(_softened(pattern)), re.ASCII | flags)


def _softened(pattern: str) -> list[str]:
    pieces: list[str] = []
    for found in _TOKEN.finditer(pattern):
        group, blank, atom = found["group"], found["blank"], found["atom"]
        if found["raw"]:
            pieces.append(found["raw"])
        elif group:
            pieces.append(_ANCHORS.get(group, group))
        elif blank:
            pieces.append("[ \n\r]" + ("?" if found["maybe"] else ""))
        else:
            atom = r"[^\n\r]" if atom == "." else atom
            pieces.append(f"(?:{atom}\n?){found['times']}" if found["times"] else f"{atom}\n?")
    return pieces


def whole(value: str) -> str:
    """A captured value without the wraps in it."""
    return value.replace(WRAP, "").strip(BREAK + " ")


def squeezed(value: str) -> str:
    """A captured sentence without any blanks: at a wrap nothing tells whether one stood there."""
    return "".join(value.split())

"""Lines for a terminal of some width: wrapped, cut, coloured, in columns."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.report.style import Style
    from diagnose.view.sections import Section
    from diagnose.view.view import CommandView, QuoteView

_COLOURS = {
    "confirmed": "1;32",
    "likely": "1;33",
    "possible": "1;36",
    "unknown": "1;35",
    "strong": "1",
    "faint": "2",
    "command": "36",
    "risk": "33",
    "mark": "1",
}
LEAST_WIDTH = 40


class Paper:
    """What text is laid out on: a width and, on a terminal, colours."""

    def __init__(self, style: Style) -> None:
        self.width = max(LEAST_WIDTH, style.width)
        self._colour = style.colour

    def paint(self, text: str, colour: str) -> str:
        return f"\x1b[{_COLOURS[colour]}m{text}\x1b[0m" if self._colour and text else text

    def marked(self, quote: QuoteView) -> str:
        """A quote with what was matched highlighted."""
        return quote.before + self.paint(quote.matched, "mark") + quote.after

    def wrapped(self, text: str, indent: str, first: str | None = None) -> list[str]:
        """`text` in lines of the width, its own line ends kept; no word is broken."""
        own = [line.replace(" %", "\xa0%") for line in text.split("\n") if line.strip()]
        return [
            line.replace("\xa0%", " %")
            for number, part in enumerate(own)
            for line in textwrap.wrap(
                part,
                self.width,
                initial_indent=first if first is not None and not number else indent,
                subsequent_indent=indent,
                break_on_hyphens=False,
                break_long_words=False,
            )
        ]

    def asked(self, question: str, indent: str) -> list[str]:
        """The question for a value, with its option whole: beside it, or on a line of its own."""
        text, gap, option = f"{indent}First: {question}".partition("  --param")
        if len(text) + len(gap) + len(option) <= self.width:
            return [text + gap + option]
        return [*self.wrapped(text.strip(), f"{indent}  ", indent), f"{indent}  {gap.strip()}{option}"]

    def place(self, place: str, taken: int) -> str:
        """A place, of a long path only its end."""
        room = max(20, self.width - taken)
        return place if len(place) <= room else "..." + place[3 - room :]

    def cut(self, text: str, taken: int) -> str:
        """`text` in what a line has left when `taken` columns of it are."""
        room = max(20, self.width - taken)
        return text if len(text) <= room else text[: room - 3].rstrip() + "..."

    def ends(self, left: str, right: str, colour: str) -> str:
        """A line with something at either end."""
        gap = max(2, self.width - len(left) - len(right))
        return self.paint(left, colour) + (" " * gap + self.paint(right, colour) if right else "")

    def two_columns(self, left: str, right: str, width: int) -> Iterator[str]:
        """`left` in `width` columns, and `right` beside it, or below it where `left` is longer."""
        if len(left) > width:
            yield f"  {self.cut(left, 2)}"
            left = ""
        yield from self.wrapped(right, " " * (width + 5), f"  {left:<{width}}   ")

    def section(self, section: Section) -> Iterator[str]:
        yield ""
        yield f"{section.title}:"
        for item in section.items:
            first, *rest = (part.text for part in item if part.text)
            yield from self.wrapped(_neutral(first), "      ", "    ")
            for text in rest:
                yield from self.wrapped(_neutral(text), "        ")

    def first_shell(self, commands: Sequence[CommandView]) -> list[CommandView]:
        """The commands of the first shell: one after another they are one check."""
        return [command for command in commands if command.shell == commands[0].shell]


def _neutral(text: str) -> str:
    from diagnose.text.sanitize import neutral

    return neutral(text)

"""A pasted output with what must be read from it, and the ways in which people paste it."""

from __future__ import annotations

from typing import NamedTuple


class Sample(NamedTuple):
    """`expected` are the state and the subject of every output in `text`, in order; `rest` of a list of rows."""

    parser: str
    text: str
    expected: tuple[tuple[str, dict[str, str]], ...]

    @property
    def states(self) -> set[str]:
        return {state for state, _ in self.expected}


def sample(parser: str, text: str, *expected: tuple[str, dict[str, str]]) -> Sample:
    return Sample(parser, text.strip("\n"), expected)


def wrapped(text: str, width: int) -> str:
    """As a console of this width shows it."""
    lines = []
    for line in text.split("\n"):
        lines += [line[i : i + width] for i in range(0, len(line), width)] or [""]
    return "\n".join(lines)


def indented(text: str, blanks: int = 4) -> str:
    return "\n".join(" " * blanks + line for line in text.split("\n"))


def spaced(text: str) -> str:
    """With blank lines before and after, among other text."""
    return f"Hi all,\n\nthis is what we see since Monday:\n\n\n\n{text}\n\n\n\nAny ideas? Thanks!\n"


PASTES = {
    "crlf": lambda text: text.replace("\n", "\r\n"),
    "indented": indented,
    "prose": spaced,
    "quoted mail": lambda text: "\n".join("> " + line for line in text.split("\n")),
    "colours": lambda text: "\n".join(f"\x1b[0m{line}\x1b[K" for line in text.split("\n")),
    "trailing blanks": lambda text: "\n".join(line + "   " for line in text.split("\n")),
    "no-break blanks": lambda text: text.replace("  ", " \u00a0"),
}

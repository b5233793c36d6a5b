"""A row of a table that a console may have wrapped, put together so that it parses in one way only.

Takes a `Paste`, what a row begins with and how one line of it is parsed; gives the row and its last line. Where the
wraps can be read in two ways that both parse and differ, there is no row: a guess would be a wrong answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from re import Pattern
from typing import Protocol, TypeVar

from diagnose.outputs.base import MOST
from diagnose.outputs.parsing.echo import Echo, above, is_prompt
from diagnose.outputs.parsing.paste import Paste, full, indent

MOST_PIECES = 4  # lines that one row is wrapped over


class Row(Protocol):
    """`key` is what two readings of a row must agree on; a row that is not `sure` gives way to one that is."""

    @property
    def key(self) -> Hashable: ...
    @property
    def sure(self) -> bool: ...


R = TypeVar("R", bound=Row)


def read(page: Paste, at: int, begins: Callable[[str], bool], parse: Callable[[str], R | None]) -> tuple[R | None, int]:
    """The row that begins at line `at` and its last line; `at` itself when there is none."""
    texts = [page[at]]
    found = _parsed(texts, parse)
    last = at
    while last + 1 < min(at + MOST_PIECES, len(page)) and _continues(page, last + 1, begins):
        wrapped = full(page[last], page[last + 1])
        if found and not wrapped:
            break
        texts = list(dict.fromkeys(_joined(texts, page[last + 1], indent(page[at]), wrapped, not found)))
        longer = _parsed(texts, parse)
        if found and not longer:
            break
        # A cut port and a whole one parse alike, but a line of nothing else than digits belongs to the line before it.
        if found and longer.keys() != found.keys() and not page[last + 1].strip().isdigit():
            return None, at
        found, last = longer, last + 1
    if last == at + MOST_PIECES - 1 and last + 1 < len(page) and _continues(page, last + 1, begins):
        found = found if not full(page[last], page[last + 1]) else {}  # wrapped over more lines than are read
    return (next(iter(found.values())), last) if len(found) == 1 else (None, at)


def under(
    page: Paste,
    commands: Sequence[Echo],
    header: Pattern[str],
    begins: Callable[[str], bool],
    parse: Callable[[str], R | None],
) -> Iterator[tuple[tuple[int, int], R]]:
    """Each row and its lines, at most `MOST`; those of a first row take in its header and the command above it."""
    i = count = 0
    below = -1
    while i < len(page) and count < MOST:
        if not begins(page[i]):
            i += 1
            continue
        row, last = read(page, i, begins, parse)
        if row is not None:
            yield (i if i == below else _head(page, commands, header, i), last), row
            count += 1
        below = i = last + 1


def _head(page: Paste, commands: Sequence[Echo], header: Pattern[str], line: int) -> int:
    top = next((i for i in range(line - 1, max(-1, line - 4), -1) if header.match(page[i])), line)
    command = above(page, commands, top)
    return command.first if command else top


def _parsed(texts: Iterable[str], parse: Callable[[str], R | None]) -> dict[Hashable, R]:
    """The different rows that the texts can be read as; those that are sure, if there are any."""
    rows = [row for row in map(parse, texts) if row is not None]
    return {row.key: row for row in [row for row in rows if row.sure] or rows}


def _joined(texts: Sequence[str], following: str, column: int, wrapped: bool, apart: bool) -> Iterator[str]:
    """The ways to join a line to the text before it; blanks at its beginning may be the indentation of the paste."""
    for text in texts:
        if apart:
            yield f"{text} {following}"
        if wrapped:
            yield text + following
            if 0 < indent(following) <= column:
                yield text + following.lstrip()


def _continues(page: Paste, line: int, begins: Callable[[str], bool]) -> bool:
    return bool(page[line].strip()) and not begins(page[line]) and not is_prompt(page[line])

"""A row of a table that a console may have wrapped, put together so that it parses in one way only.

Takes a `Paste`, what a row begins with and how one line of it is parsed; gives the row and its last line. Where the
wraps can be read in two ways that both parse and differ, there is no row: a guess would be a wrong answer.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Protocol, TypeVar

from diagnose.outputs.echo import is_prompt
from diagnose.outputs.paste import Paste, full

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
    row = _one(texts, parse)
    last = at
    while last + 1 < min(at + MOST_PIECES, len(page)) and _continues(page, last + 1, begins):
        wrapped = full(page[last], page[last + 1])
        if row is not None and not wrapped:
            break
        apart = [f"{text} {page[last + 1]}" for text in texts] if row is None else []
        texts = apart + [text + page[last + 1] for text in texts if wrapped]
        longer = _one(texts, parse)
        if row is not None and longer is None:
            break
        # A cut port and a whole one parse alike, but a line of nothing else than digits belongs to the line before it.
        if row is not None and longer is not None and longer.key != row.key and not page[last + 1].strip().isdigit():
            return None, at
        row, last = longer, last + 1
    return row, last if row is not None else at


def _continues(page: Paste, line: int, begins: Callable[[str], bool]) -> bool:
    return bool(page[line].strip()) and not begins(page[line]) and not is_prompt(page[line])


def _one(texts: Sequence[str], parse: Callable[[str], R | None]) -> R | None:
    rows = [row for row in map(parse, texts) if row is not None]
    rows = [row for row in rows if row.sure] or rows
    return rows[0] if rows and len({row.key for row in rows}) == 1 else None

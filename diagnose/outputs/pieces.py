"""The pieces of an output that is told in sentences, and which of them belong together.

Takes a `Paste`, patterns by kind and command lines; gives the pieces in order, and runs of them with nothing else
between. Knows nothing of what the pieces mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from diagnose.outputs.base import MOST
from diagnose.outputs.echo import Echo, is_prompt
from diagnose.outputs.paste import Paste, whole
from diagnose.outputs.sockets import error_at

COMMAND = "command"


class Piece(Struct, frozen=True):
    """A sentence or value from line index `first` to `last`; `error` is the state that its message stands for.

    `at` is the offset in the flat text where it begins.
    """

    kind: str
    first: int
    last: int
    at: int = 0
    values: Mapping[str, str] = {}
    error: str = ""
    command: Echo | None = None

    def get(self, key: str) -> str:
        return self.values.get(key, "")


def sentences(page: Paste, patterns: Mapping[str, re.Pattern[str]], errors: Iterable[str] = ()) -> list[Piece]:
    """Every place where a pattern matches. For the kinds in `errors` the message after the match is read too."""
    flat = page.flat
    found: list[Piece] = []
    with_error = frozenset(errors)
    for kind, pattern in patterns.items():
        for n, hit in enumerate(pattern.finditer(flat.text)):
            if n >= MOST:
                break
            values = {name: whole(value or "") for name, value in hit.groupdict().items()}
            first, last, error = flat.line(hit.start()), flat.line(max(hit.start(), hit.end() - 1)), ""
            if kind in with_error:
                error, last = error_at(flat, hit.end())
            found.append(Piece(kind, first, last, hit.start(), values, error))
    return sorted(found, key=lambda piece: piece.at)


def commands(echoes: Sequence[Echo]) -> list[Piece]:
    return [Piece(COMMAND, echo.first, echo.last, command=echo) for echo in echoes]


def runs(
    page: Paste, pieces: Iterable[Piece], begins: Callable[[list[Piece], Piece], bool] = lambda block, piece: False
) -> Iterator[list[Piece]]:
    """Pieces with only blank lines between; a command line, and what `begins` says so of, is the first of another."""
    block: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.first, piece.kind != COMMAND, piece.at)):
        if block and (piece.kind == COMMAND or apart(page, block[-1].last, piece.first) or begins(block, piece)):
            yield block
            block = []
        block.append(piece)
    if block:
        yield block


def blocks(
    page: Paste, pieces: Iterable[Piece], near: int, begins: Callable[[set[str], Piece], bool]
) -> Iterator[list[Piece]]:
    """Pieces at most `near` lines apart, whatever stands between but a prompt.

    A command line is the first of another block, and so is a piece that `begins` says so of, given the kinds before it.
    """
    block: list[Piece] = []
    for piece in sorted(pieces, key=lambda piece: (piece.first, piece.kind != COMMAND, piece.at)):
        kinds = {before.kind for before in block}
        if block and (
            piece.kind == COMMAND or begins(kinds, piece) or _prompted(page, block[-1].last, piece.first, near)
        ):
            yield block
            block = []
        block.append(piece)
    if block:
        yield block


def _prompted(page: Paste, last: int, first: int, near: int) -> bool:
    return first - last > near or any(is_prompt(page[i]) for i in range(last + 1, first))


def apart(page: Paste, last: int, first: int) -> bool:
    """Whether something stands between two lines."""
    return first - last > 20 or any(page[i].strip() for i in range(last + 1, first))

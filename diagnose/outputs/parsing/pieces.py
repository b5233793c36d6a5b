"""The pieces of an output written in sentences, and which of them belong together.

Takes a `Paste`, patterns by kind and command lines; gives the pieces in order, and runs of them with nothing else
between. Knows nothing of what the pieces mean.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from msgspec import Struct

from diagnose.outputs.base import MOST
from diagnose.outputs.parsing.echo import Echo, is_prompt
from diagnose.outputs.parsing.paste import Paste, whole
from diagnose.outputs.parsing.socket_errors import error_at

COMMAND = "command"
MOST_PIECES = 200  # of one output
FAR = 20  # blank lines that separate two pieces


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
        for n, hit in enumerate(flat.matches(pattern)):
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


Begins = Callable[[Sequence[Piece], set[str], Piece], bool]


def runs(page: Paste, pieces: Iterable[Piece], begins: Begins) -> Iterator[list[Piece]]:
    """Pieces with only blank lines between.

    A command line is the first of another run, and so is a piece that `begins` says so of, given the run so far and the
    kinds in it.
    """
    return groups(pieces, lambda block, kinds, piece: apart(page, block[-1], piece) or begins(block, kinds, piece))


def blocks(page: Paste, pieces: Iterable[Piece], near: int, begins: Begins) -> Iterator[list[Piece]]:
    """Pieces at most `near` lines apart, whatever stands between but a prompt; else as `runs`."""
    return groups(pieces, lambda block, kinds, piece: _far(page, block[-1], piece, near) or begins(block, kinds, piece))


def groups(pieces: Iterable[Piece], begins: Begins) -> Iterator[list[Piece]]:
    """Pieces in order, in groups of which `begins` and every command line begin another."""
    block: list[Piece] = []
    kinds: set[str] = set()
    for piece in in_order(pieces):
        if block and (piece.kind == COMMAND or len(block) >= MOST_PIECES or begins(block, kinds, piece)):
            yield block
            block, kinds = [], set()
        block.append(piece)
        kinds.add(piece.kind)
    if block:
        yield block


def in_order(pieces: Iterable[Piece]) -> list[Piece]:
    return sorted(pieces, key=lambda piece: (piece.first, piece.kind != COMMAND, piece.at))


def _far(page: Paste, before: Piece, piece: Piece, near: int) -> bool:
    between = range(before.last + 1, piece.first)
    return len(between) >= near or any(is_prompt(page[i]) for i in between)


def apart(page: Paste, before: Piece, piece: Piece) -> bool:
    """Whether something stands between two pieces."""
    between = range(before.last + 1, piece.first)
    return len(between) >= FAR or any(page[i].strip() for i in between)

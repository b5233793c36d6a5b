"""What somebody typed or pasted, wherever it came from: a terminal or a file.

Takes whoever gives one entry after the other; knows nothing of terminals.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

END = "."  # a line with only this ends a paste that the terminal did not mark as one


class Heard(Struct, frozen=True):
    """What came up to Enter, without its end.

    `pasted` where the terminal said that it was pasted: it is whole then, with all its lines. `more` where other text
    was already waiting behind it, so that nobody can have meant this Enter by itself.
    """

    text: str = ""
    pasted: bool = False
    more: bool = False


def whole_paste(first: Heard, hear: Callable[[str], Heard]) -> str:
    """The paste that begins with `first`: to its marked end, a line with only a dot, or the end of the input."""
    lines = [first.text]
    try:
        while not first.pasted and (first := hear("")).text.strip() != END:
            lines.append(first.text)
    except EOFError:
        pass
    text = "\n".join(lines)
    if first.pasted:
        body, _, last = text.rpartition("\n")
        text = body if last.strip() == END else text
    return text if text.endswith("\n") else text + "\n"

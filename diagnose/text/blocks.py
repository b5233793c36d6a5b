"""Blocks of whole lines from chunks of bytes, with line numbers kept.

Knows nothing of encodings (see decode) or of what is looked for (see scan). Lines are places in a block, never objects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# Block size does not matter to the engine from 16 KiB up; 256 KiB keeps memory small and Python's share low.
BLOCK = 1 << 18
LONGEST_LINE = 1 << 20
OVERLAP = 4096


class Block(Struct, frozen=True):
    """`data` holds whole lines; `line` is the number of the first (from 1), `ends` how many line ends there are.

    `cut` where a line longer than LONGEST_LINE goes on in the next block, which then repeats its last OVERLAP bytes.
    `passed` bytes in `left_out` lines stood before it and are not wanted (see timestamps.period).
    """

    data: bytes
    line: int
    ends: int
    cut: bool = False
    left_out: int = 0
    passed: int = 0


def line_ends(data: bytes) -> int:
    """How many there are: taking them out is three times as fast as counting, where they are as many as in a log."""
    return len(data) - len(data.replace(b"\n", b""))


def blocks(chunks: Iterable[bytes], size: int = BLOCK) -> Iterator[Block]:
    """Blocks of at least `size` bytes, the last one shorter. Joined, they are the input (but for overlaps)."""
    line = 1
    held: list[bytes] = []
    length = 0
    for chunk in chunks:
        held.append(chunk)
        length += len(chunk)
        if length < size:
            continue
        data = b"".join(held) if len(held) > 1 else chunk
        end = data.rfind(b"\n") + 1
        if end:
            block, rest = data[:end], data[end:]
            ends = line_ends(block)
            yield Block(block, line, ends)
            line += ends
        elif length >= LONGEST_LINE:
            yield Block(data, line, 0, cut=True)
            rest = data[-OVERLAP:]
        else:
            rest = data
        held, length = ([rest], len(rest)) if rest else ([], 0)
    if held:
        data = b"".join(held)
        yield Block(data, line, line_ends(data))

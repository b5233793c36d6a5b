"""xz and the older .lzma. A file that asks for more memory than MEMORY to unpack is refused by the decoder."""

from __future__ import annotations

import lzma
from typing import TYPE_CHECKING

from diagnose.inputs.compressed.packed import decoded, unpacked_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.compressed.packed import Decoder, Faults
    from diagnose.inputs.stream import Stream

MAGIC = b"\xfd7zXZ\0"
MEMORY = 160 << 20
FAULTS = (lzma.LZMAError, ValueError, EOFError, MemoryError)


def decoder(name: str = "") -> tuple[Decoder, Faults]:
    """A decoder of xz or .lzma data, told by their headers, and what it raises."""
    return lzma.LZMADecompressor(lzma.FORMAT_AUTO, memlimit=MEMORY), FAULTS


def unpack(stream: Stream) -> Iterator[bytes]:
    """The text of all xz streams of `stream`."""
    return unpacked_stream(
        stream, "xz", lambda feed: decoded(feed, *decoder()), lambda ahead: ahead.startswith(MAGIC[: len(ahead)])
    )

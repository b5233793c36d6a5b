"""bzip2, streams one after the other."""

from __future__ import annotations

import bz2
from typing import TYPE_CHECKING

from diagnose.inputs.compressed.packed import decoded, unpacked_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.compressed.packed import Decoder, Faults
    from diagnose.inputs.stream import Stream

FAULTS = (OSError, ValueError, EOFError)


def decoder(name: str = "") -> tuple[Decoder, Faults]:
    """A decoder of one bzip2 stream, and what it raises."""
    return bz2.BZ2Decompressor(), FAULTS


def unpack(stream: Stream) -> Iterator[bytes]:
    """The text of all bzip2 streams of `stream`."""
    return unpacked_stream(
        stream,
        "bzip2",
        lambda feed: decoded(feed, *decoder()),
        lambda ahead: ahead.startswith(b"BZh"),
    )

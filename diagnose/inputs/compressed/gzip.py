"""gzip (RFC 1952), with ISA-L where it is installed (extra `fast`), else zlib.

The header and the checksum are read here, the deflate data by the library: a wrong checksum then loses no text.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

from diagnose.inputs.compressed.packed import Damage, decoded, unpacked_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.compressed.packed import Decoder, Faults
    from diagnose.inputs.feed import Feed
    from diagnose.inputs.stream import Stream

MAGIC = b"\x1f\x8b\x08"
EXTRA, NAME, COMMENT, HEADER_CRC = 4, 8, 16, 2
LONGEST_FIELD = 1 << 16

FAULTS: Faults
_isal: Any
try:
    from isal import igzip_lib as _isal
    from isal.isal_zlib import crc32

    FAULTS = (_isal.IsalError, zlib.error)
except ImportError:
    from zlib import crc32

    _isal = None
    FAULTS = (zlib.error,)


class _Zlib:
    """zlib with the interface of the other decoders."""

    def __init__(self) -> None:
        self._inner = zlib.decompressobj(-15)
        self._waits = True

    @property
    def eof(self) -> bool:
        return self._inner.eof

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data

    @property
    def needs_input(self) -> bool:
        return self._waits

    def decompress(self, data: bytes, max_length: int, /) -> bytes:
        out = self._inner.decompress(self._inner.unconsumed_tail + data, max_length)
        self._waits = not self._inner.unconsumed_tail and len(out) < max_length
        return out


def decoder(name: str = "") -> tuple[Decoder, Faults]:
    """A decoder of raw deflate data, and what it raises."""
    return (_isal.IgzipDecompressor(flag=_isal.DECOMP_DEFLATE) if _isal else _Zlib()), FAULTS


def unpack(stream: Stream) -> Iterator[bytes]:
    """The text of all gzip members of `stream`."""
    return unpacked_stream(stream, "gzip", _member, lambda ahead: MAGIC.startswith(ahead[:3]))


def _member(feed: Feed) -> Iterator[bytes]:
    _header(feed)
    crc = size = 0
    for chunk in decoded(feed, *decoder()):
        crc = crc32(chunk, crc)
        size += len(chunk)
        yield chunk
    trailer = feed.exactly(8)
    if len(trailer) < 8:
        raise Damage("ends early (truncated)")
    if trailer != crc.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little"):
        raise Damage("has a wrong checksum")


def _header(feed: Feed) -> None:
    fixed = feed.exactly(10)
    if len(fixed) < 10:
        raise Damage("ends early (truncated)")
    if not fixed.startswith(MAGIC):
        raise Damage("damaged data (no gzip header)")
    flags = fixed[3]
    if flags & EXTRA:
        feed.skip(int.from_bytes(feed.exactly(2), "little"))
    for flag in (NAME, COMMENT):
        if flags & flag:
            _skip_text(feed)
    if flags & HEADER_CRC:
        feed.skip(2)


def _skip_text(feed: Feed) -> None:
    for _ in range(LONGEST_FIELD):
        if feed.exactly(1) in (b"", b"\0"):
            return
    raise Damage("damaged data (a name without end)")

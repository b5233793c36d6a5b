"""What all compressed kinds share: streams one after the other, fed to a decoder piece by piece within the budgets.

Takes a stream and a way to make a decoder; gives plain chunks. Data that ends early or is damaged is used up to there;
the InputError that follows says how far. Input goes in by small pieces, since a decoder that fails keeps back what it had
made of the piece; they grow, so that a small file loses little and a large one is read fast.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from diagnose.errors import DAMAGED, InputError
from diagnose.inputs.feed import CHUNK

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diagnose.inputs.feed import Feed
    from diagnose.inputs.stream import Stream

FIRST_PIECE, PIECE = 512, 1 << 14
AHEAD = 512


Faults = tuple[type[Exception], ...]


class Damage(Exception):
    """The packed data is not what its format says; the message says what is wrong."""


class Decoder(Protocol):
    """The interface that bz2, lzma and zstd share."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    @property
    def needs_input(self) -> bool: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def decoded(feed: Feed, decoder: Decoder, faults: Faults) -> Iterator[bytes]:
    """One compressed stream; `feed` is left at the first byte after it. Raises Damage."""
    parts: list[bytes] = []
    length = 0
    size = FIRST_PIECE
    try:
        while not decoder.eof:
            piece = b""
            if decoder.needs_input:
                piece = feed.some(size)
                size = min(2 * size, PIECE)
                if not piece:
                    raise Damage("ends early (truncated)")
            out = decoder.decompress(piece, CHUNK)
            if not out:
                continue
            parts.append(out)
            length += len(out)
            if length >= CHUNK:
                yield b"".join(parts)
                parts, length = [], 0
    except (Damage, InputError) as error:
        if parts:
            yield b"".join(parts)
        raise error
    except faults as error:
        if parts:
            yield b"".join(parts)
        raise Damage(f"damaged data ({reason(error)})") from None
    if parts:
        yield b"".join(parts)
    feed.back(decoder.unused_data)


def unpacked_stream(
    stream: Stream,
    kind: str,
    one: Callable[[Feed], Iterator[bytes]],
    magic: Callable[[bytes], bool],
) -> Iterator[bytes]:
    """All compressed streams of `stream`, joined. Zero bytes after one are padding; anything else is reported as not read."""
    feed = stream.feed
    yield from bounded(stream, kind, _each(feed, one, magic))


def _each(feed: Feed, one: Callable[[Feed], Iterator[bytes]], magic: Callable[[bytes], bool]) -> Iterator[bytes]:
    while True:
        yield from one(feed)
        while (ahead := feed.peek(AHEAD)) and not ahead.strip(b"\0"):
            feed.skip(len(ahead))
        padding = len(ahead) - len(ahead.lstrip(b"\0"))
        feed.skip(padding)
        ahead = ahead[padding:]
        if not ahead:
            feed.some(1)  # raises what ended the chunks early
            return
        if not magic(ahead):
            left = sum(map(len, feed.rest()))
            raise Damage(f"is followed by {left} bytes that are something else and were not read")


def bounded(stream: Stream, kind: str, chunks: Iterable[bytes], packed: int = 0) -> Iterator[bytes]:
    """`chunks` within the limits of `stream`; Damage becomes an InputError that says how much was used."""
    made = 0
    try:
        for chunk in chunks:
            made += len(chunk)
            yield chunk
            stream.within(made, len(chunk), packed)
    except Damage as damage:
        raise InputError(
            stream.name,
            f"{kind} data {damage}; {made} bytes read before it were used",
            "copy the file again, or unpack it yourself",
            bytes_read=made,
            code=DAMAGED,
        ) from None


def reason(error: Exception) -> str:
    """What a decoder says, without its own prefix."""
    return str(error).rsplit(": ", 1)[-1] or type(error).__name__

"""Zstandard: in Python from 3.14 on, before that by the extra `fast` (backports.zstd). Windows over 128 MiB are refused."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from diagnose.errors import MISSING, InputError
from diagnose.inputs.compressed.packed import decoded, unpacked_stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.compressed.packed import Decoder, Faults
    from diagnose.inputs.stream import Stream

MAGIC = b"\x28\xb5\x2f\xfd"
SKIPPABLE = b"\x2a\x4d\x18"
EXTRA = "fast"
MODULES = ("compression.zstd", "backports.zstd")


def library(name: str) -> Any:
    """The module that decodes Zstandard; InputError for the input `name` where there is none."""
    for module in MODULES:
        try:
            return import_module(module)
        except ImportError:
            continue
    raise InputError(
        name, "Zstandard data, which needs an extra to be read", f"pip install 'kb-diagnose[{EXTRA}]'", code=MISSING
    )


def is_frame(ahead: bytes) -> bool:
    """Whether a frame, or one to be skipped, begins here."""
    return ahead.startswith(MAGIC) or (ahead[1:4] == SKIPPABLE and ahead[:1] >= b"\x50" and ahead[:1] <= b"\x5f")


def decoder(name: str) -> tuple[Decoder, Faults]:
    """A decoder of one frame, and what it raises; InputError for the input `name` where none is installed."""
    zstd = library(name)
    return zstd.ZstdDecompressor(), (zstd.ZstdError, ValueError, EOFError, MemoryError)


def unpack(stream: Stream) -> Iterator[bytes]:
    """The text of all frames of `stream`."""
    return unpacked_stream(stream, "Zstandard", lambda feed: decoded(feed, *decoder(stream.name)), is_frame)

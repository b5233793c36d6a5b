"""Bytes in any encoding to bytes in UTF-8, chunk by chunk, with line ends made one.

Takes chunks as they come from a reader, gives chunks of UTF-8 with LF. Byte order marks decide, then the pattern of NUL
bytes; what is neither UTF-16, UTF-32 nor valid UTF-8 is read as Windows-1252, block by block, since one file may mix
encodings. Patterns are ASCII almost everywhere, so a wrong guess among 8-bit pages changes the quote, not the match.
"""

from __future__ import annotations

import codecs
import re
from functools import cache
from typing import TYPE_CHECKING

from diagnose.errors import KbError
from diagnose.text.binary import unpadded
from diagnose.text.encoding_changes import segments
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
SWITCHING = ("utf-8", "utf-16-le", "utf-16-be")
_SAMPLE = 4096
_PADDED = 16  # zero bytes at the beginning are none of the text
_LONE_CR = late(rb"\r(?!\n)")
_LINE_END = re.compile(rb"\r{0,2}\n|\r")


def sniff(head: bytes) -> tuple[str, int]:
    """The encoding that `head` shows and the length of its byte order mark, zero bytes before it included; `utf-8` when nothing speaks for another."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    zeros = len(head) - len(head.lstrip(b"\0"))
    if _PADDED <= zeros < len(head):
        zeros -= zeros % 4
        name, mark_size = sniff(head[zeros:])
        return name, zeros + mark_size
    return _by_nuls(head[:_SAMPLE]), 0


def _by_nuls(sample: bytes) -> str:
    """UTF-16 and UTF-32 without a mark: text of the Latin ranges has its NUL bytes at fixed places."""
    if len(sample) < 4 or b"\0" not in sample or _is_ascii_text(sample[:4]):
        return "utf-8"
    whole = sample[: len(sample) // 4 * 4]
    quarters = [whole[i::4].count(0) / max(1, len(whole) // 4) for i in range(4)]
    if min(quarters[1:]) > 0.9 and quarters[0] < 0.1:
        return "utf-32-le"
    if min(quarters[:3]) > 0.9 and quarters[3] < 0.1:
        return "utf-32-be"
    even, odd = (quarters[0] + quarters[2]) / 2, (quarters[1] + quarters[3]) / 2
    if odd > 0.4 and even < 0.1:
        return "utf-16-le"
    if even > 0.4 and odd < 0.1:
        return "utf-16-be"
    return "utf-8"


def _is_ascii_text(data: bytes) -> bool:
    return (
        data.isascii() and data.decode("ascii").replace("\n", " ").replace("\r", " ").replace("\t", " ").isprintable()
    )


def looks_binary(head: bytes) -> bool:
    """NUL bytes in what is neither UTF-16 nor UTF-32 nor turns into UTF-16, as grep and git decide it."""
    head = head[sniff(head)[1] :][:8192]
    return b"\0" in head and sniff(head)[0] == "utf-8" and b"\0" in b"".join(segments([head], "utf-8"))


def check_encoding(name: str) -> str:
    """The canonical name of an encoding that a person named, or a KbError."""
    try:
        info = codecs.lookup(name)
    except (LookupError, ValueError):
        raise KbError(
            f"--encoding {name}", "unknown encoding", "name one that Python knows, such as utf-16-le or cp1252"
        ) from None
    if not getattr(info, "_is_text_encoding", True):
        raise KbError(f"--encoding {name}", "not a text encoding", "name one such as utf-16-le or cp1252")
    return info.name


def to_utf8(chunks: Iterable[bytes], encoding: str) -> Iterator[bytes]:
    """`chunks` (without their mark) as UTF-8 with LF line ends; undecodable bytes become U+FFFD.

    Stretches of zero bytes go (see binary). Text that begins in UTF-8 or UTF-16 may change between them and 8-bit pages on the way (see encoding_changes).
    """
    if encoding in SWITCHING:
        return unpadded(_line_ends(segments(chunks, encoding)))
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    return unpadded(_line_ends(_transcode(chunks, decoder)))


def _transcode(chunks: Iterable[bytes], decoder: codecs.IncrementalDecoder) -> Iterator[bytes]:
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "replace")
    yield decoder.decode(b"", final=True).encode("utf-8", "replace")


def _line_ends(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """CR LF, a lone CR and CR CR LF end a line like LF does. CRs at the end of a chunk wait for what follows."""
    held = b""
    for chunk in chunks:
        data = held + chunk if held else chunk
        held = b""
        if data.endswith(b"\r"):
            held = data[-2:] if data.endswith(b"\r\r") else b"\r"
            data = data[: -len(held)]
        if b"\r" in data:
            data = _one_end(data)
        if data:
            yield data
    if held:
        yield b"\n" * len(held)


def _one_end(data: bytes) -> bytes:
    # Taking one byte out is many times as fast as replacing pairs, and right where every CR belongs to a pair.
    if not _LONE_CR.search(data):
        return data.replace(b"\r", b"")
    if b"\r\r" in data:
        return _LINE_END.sub(b"\n", data)
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def valid_utf8(data: bytes) -> bytes:
    """`data` itself when it is valid UTF-8, else with the bytes that are not read as Windows-1252."""
    if data.isascii():
        return data
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("utf-8", "kb-windows-1252").encode("utf-8")
    return data


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return codecs.charmap_decode(error.object[error.start : error.end], "strict", _cp1252())[0], error.end


@cache
def _cp1252() -> str:
    """What each byte is in Windows-1252; five are undefined there, for which Latin-1 has a character each."""
    return "".join(bytes((byte,)).decode("cp1252", "ignore") or chr(byte) for byte in range(256))


codecs.register_error("kb-windows-1252", _as_cp1252)

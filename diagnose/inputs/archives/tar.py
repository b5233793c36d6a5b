"""tar, read forwards only: v7, ustar, GNU and pax headers. Members are streamed; nothing is written anywhere.

Links, devices and sparse files are named as left out. After a damaged header reading goes on at the next sound one.
Written here since the standard library's stream mode ends without a word at a damaged header, and reads on by seeking.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import DAMAGED, LEFT_OUT, UNKNOWN, InputError
from diagnose.inputs.feed import CHUNK

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.feed import Feed
    from diagnose.inputs.stream import Stream

BLOCK = 512
FILE, FOLDER, LABEL, LONG_NAME, LONG_LINK, PAX, PAX_GLOBAL, SPARSE = (
    b"0\x007",
    b"5D",
    b"VA",
    b"L",
    b"K",
    b"xX",
    b"g",
    b"S",
)
LEFT = {b"1": "hard link", b"2": "symbolic link", b"3": "character device", b"4": "block device", b"6": "FIFO"}
LARGEST_HEADER = 1 << 20


class TarHeader(Struct, frozen=True):
    name: str
    size: int
    type: bytes
    maps: bool = False


def is_header(block: bytes) -> bool:
    """Whether a block's checksum (of bytes, signed in some old archives) is right, and its size not negative."""
    if len(block) < BLOCK or (block[0] == 0 and block[257:262] != b"ustar"):
        return False
    stated = _number(block[148:156])
    if stated is None:
        return False
    rest = block[:148] + b" " * 8 + block[156:BLOCK]
    return stated in (sum(rest), sum(rest) - 256 * sum(byte > 127 for byte in rest))


def members(stream: Stream) -> Iterator[Stream | InputError]:
    """The files in `stream`, each to be read before the next is asked for; what is left of it then is passed over."""
    feed = stream.feed
    long_name, pax = "", {}
    lost_from = -1
    last = ""
    try:
        while block := feed.exactly(BLOCK):
            if len(block) < BLOCK:
                yield _early(stream, last)
                return
            if not block.strip(b"\0"):
                continue
            header = _header(block) if is_header(block) else None
            if header is None:
                lost_from = feed.offset - BLOCK if lost_from < 0 else lost_from
                stream.spend(0, BLOCK)
                continue
            if lost_from >= 0:
                yield _lost(stream, feed.offset - BLOCK - lost_from, last)
                lost_from = -1
            if header.type in (LONG_NAME, LONG_LINK) or header.type in PAX + PAX_GLOBAL:
                text = _extra(feed, header.size)
                if text is None:
                    yield _early(stream, last)
                    return
                if header.type == LONG_NAME:
                    long_name = _text(text.rstrip(b"\0"))
                elif header.type in PAX:
                    pax = _pax(text)
                continue
            name = pax.get("path") or long_name or header.name
            size = _size(pax, header.size)
            sparse = header.type == SPARSE or any(key.startswith("GNU.sparse.") for key in pax)
            long_name, pax = "", {}
            last = name
            yield from _member(stream, TarHeader(name, size, header.type, header.maps), sparse)
    except InputError as error:
        yield InputError(
            error.where,
            f"{error.what}; members after {last or 'the start'} were not read",
            error.way_out,
            code=error.code,
        )
        return
    if lost_from >= 0:
        yield _lost(stream, feed.offset - lost_from, last)


def _member(stream: Stream, header: TarHeader, sparse: bool) -> Iterator[Stream | InputError]:
    feed, kind = stream.feed, header.type
    padded = -(-header.size // BLOCK) * BLOCK
    if kind in FOLDER + LABEL:
        feed.skip(0 if kind == b"5" else padded)
        return
    if kind in LEFT:
        what = f"{LEFT[kind]} in an archive, left out"
        yield InputError(f"{stream.name}!{header.name}", what, "nothing of it is in the archive itself", code=LEFT_OUT)
        return
    end = feed.offset + padded
    if sparse or kind not in FILE:
        what = "sparse file" if sparse else f"member of the unknown type {kind!r}"
        yield InputError(f"{stream.name}!{header.name}", f"{what}, left out", "unpack it and name it", code=UNKNOWN)
        if header.maps:
            while feed.exactly(BLOCK)[504:505] == b"\1":
                pass
            end = feed.offset + padded
    else:
        yield stream.member("tar", header.name, _data(stream, header))
    left = end - feed.offset
    while left > 0 and (passed := feed.skip(min(left, CHUNK))):
        left -= passed
        stream.spend(0, passed)
    if left > 0:
        yield _early(stream, header.name)


def _data(stream: Stream, header: TarHeader) -> Iterator[bytes]:
    made = 0
    for chunk in stream.feed.window(header.size, f"{stream.name}!{header.name}"):
        made += len(chunk)
        yield chunk
        stream.spend(made, len(chunk))
    if made < header.size:
        raise _early(stream, header.name, made)


def _header(block: bytes) -> TarHeader | None:
    size = _number(block[124:136])
    if size is None or size < 0:
        return None
    name = _text(block[:100].split(b"\0", 1)[0])
    prefix = _text(block[345:500].split(b"\0", 1)[0])
    if block[257:263] == b"ustar\0" and prefix:
        name = f"{prefix}/{name}"
    kind = block[156:157]
    if kind in b"0\0" and name.endswith("/"):
        kind = b"5"
    return TarHeader(name, size, kind, kind == SPARSE and block[482] == 1)


def _number(field: bytes) -> int | None:
    """An octal number, or one of base 256 (GNU: the first bit set)."""
    if field[0] & 0x80:
        return int.from_bytes(bytes((field[0] & 0x7F,)) + field[1:], "big") - (
            (field[0] & 0x40) << (8 * len(field) - 7)
        )
    text = field.strip(b" \0").split(b"\0", 1)[0]
    try:
        return int(text or b"0", 8)
    except ValueError:
        return None


def _extra(feed: Feed, size: int) -> bytes | None:
    """What a header says of the member after it; None where the archive ends in it."""
    text = feed.exactly(min(size, LARGEST_HEADER))
    feed.skip(-(-size // BLOCK) * BLOCK - len(text))
    return text if len(text) == min(size, LARGEST_HEADER) else None


def _pax(text: bytes) -> dict[str, str]:
    """`LENGTH KEY=VALUE\\n` records; what is not one ends the list."""
    fields = {}
    at = 0
    while at < len(text):
        digits, space, _ = text[at : at + 20].partition(b" ")
        if not space or not digits.isdigit() or int(digits) <= len(digits) + 1:
            break
        key, _, value = text[at + len(digits) + 1 : at + int(digits) - 1].partition(b"=")
        fields[_text(key)] = _text(value)
        at += int(digits)
    return fields


def _size(pax: dict[str, str], size: int) -> int:
    stated = pax.get("size", "")
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 20 else size


def _text(data: bytes) -> str:
    return data.decode("utf-8", "backslashreplace")


def _early(stream: Stream, name: str, made: int = 0) -> InputError:
    where = f"in {name}" if name else "at its start"
    what = f"tar ends early (truncated) {where}; what was read before was used"
    return InputError(stream.name, what, "copy the file again", bytes_read=made, code=DAMAGED)


def _lost(stream: Stream, size: int, last: str) -> InputError:
    what = f"damaged tar: {size} bytes after {last or 'the start'} are no member and were not read"
    return InputError(stream.name, what, "copy the file again", code=DAMAGED)

"""Binary data among text: what a file of it is by its first bytes, and its lines of text without the rest.

Takes chunks, gives what of them is text; lines that are not are left empty, so that the numbers stay. For files that
nobody named: one that was asked for counts as it stands. Knows nothing of files or encodings (see intake).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.errors import BINARY, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

# What never is a log, though it may hold messages: a hit in a program only says that it can print that text.
KINDS = (
    ("program", (b"MZ", b"\x7fELF", b"\xfe\xed\xfa", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe", b"\xca\xfe\xba\xbe")),
    ("program", (b"\0asm", b"dex\n", b"!<arch>\n")),
    ("picture", (b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"II*\0", b"MM\0*", b"BM", b"\0\0\1\0", b"8BPS")),
    ("sound or film", (b"RIFF", b"OggS", b"ID3", b"fLaC", b"\x1aE\xdf\xa3", b"\0\0\1\xba")),
    ("document", (b"%PDF-", b"\xd0\xcf\x11\xe0")),
    ("database", (b"SQLite format 3\0", b"regf")),
    ("font", (b"OTTO", b"wOFF", b"wOF2", b"\0\1\0\0\0")),
    ("message catalogue", (b"\xde\x12\x04\x95", b"\x95\x04\x12\xde")),
    ("memory dump", (b"MDMP", b"PAGEDUMP", b"PAGEDU64")),
    ("disk image", (b"QFI\xfb", b"KDMV", b"conectix", b"vhdxfile")),
    ("packet capture", (b"\xd4\xc3\xb2\xa1", b"\xa1\xb2\xc3\xd4", b"\n\r\r\n")),
)
PIECE = 1 << 14  # of a file that is text or is not
NOISE = 12  # in what is no text, more than one of so many bytes, the zero ones apart, is a control character
ENOUGH = 1 << 19  # of data that is no text, and no more text than that: the rest is not read
STRETCHES = 3  # of zero bytes inside a line of text; a table of strings has one between each two
CONTROLS = 50  # a line of text has at most one control character in so many bytes
LONGEST = 1 << 20  # of what waits for a line end

_CONTROL = bytes(code for code in range(32) if code not in b"\t\n\r\x1b\0") + b"\x7f"
_SUSPECT = re.compile(b"[\0" + re.escape(_CONTROL) + b"]")
_PADDING = re.compile(rb"\0{2,}")


def kind(head: bytes) -> str:
    """What the first bytes say that this is, as a rule no log; empty if they say nothing."""
    if head[4:8] == b"ftyp":
        return "sound or film"
    return next((name for name, marks in KINDS if head.startswith(marks)), "")


def not_a_log(where: str, what: str) -> InputError:
    return InputError(where, f"a {what} in a folder or an archive, not read", "name it to have it read", code=BINARY)


def unpadded(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Zero bytes as a power loss leaves them go: a stretch at the beginning of a line whole, any other but for one byte."""
    last = b"\n"
    for chunk in chunks:
        if b"\0" in chunk:
            chunk = _PADDING.sub(b"\0", chunk).replace(b"\n\0", b"\n")
            if last in b"\n\0" and chunk.startswith(b"\0"):
                chunk = chunk[1:]
        if chunk:
            last = chunk[-1:]
            yield chunk


def without_noise(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """Raw bytes without the pieces that are no text in any encoding, but for their line ends. What was left out ends in
    an InputError that says so; where there is much more of it than text, nothing more is read."""
    taken = dropped = 0
    for piece in (chunk[at : at + PIECE] for chunk in chunks for at in range(0, len(chunk), PIECE)):
        if not _is_noise(piece):
            taken += len(piece)
            yield piece
            continue
        dropped += len(piece)
        yield b"\n" * piece.count(b"\n")
        if dropped > max(ENOUGH, taken):
            raise _passed_over(where, "more binary data than text, the rest was not read", taken)
    if dropped:
        raise _passed_over(where, "binary data among its text was passed over", taken)


def text_lines(chunks: Iterable[bytes], where: str) -> Iterator[bytes]:
    """The lines of UTF-8 that are text; the others are left empty, and an InputError at the end says so."""
    taken = dropped = 0
    for lines in _whole_lines(chunks):
        kept = lines if _SUSPECT.search(lines) is None else _text(lines)
        taken += len(kept)
        dropped += len(lines) - len(kept)
        yield kept
    if dropped:
        raise _passed_over(where, "binary data among its text was passed over", taken)


def _passed_over(where: str, what: str, taken: int) -> InputError:
    return InputError(where, what, "name it to have it read", bytes_read=taken, code=BINARY)


def _is_noise(piece: bytes) -> bool:
    full = len(piece) - piece.count(b"\0")
    return (len(piece) - len(piece.translate(None, _CONTROL))) * NOISE > full


def _text(lines: bytes) -> bytes:
    return b"\n".join(line if _is_text(line) else b"" for line in lines.split(b"\n"))


def _is_text(line: bytes) -> bool:
    controls = len(line) - len(line.translate(None, _CONTROL))
    return controls * CONTROLS <= len(line) and line.strip(b"\0").count(b"\0") <= STRETCHES


def _whole_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """The same bytes, cut behind line ends, or within a line that is too long to wait for its end."""
    held = b""
    for chunk in chunks:
        data = held + chunk
        end = data.rfind(b"\n") + 1 or (len(data) if len(data) > LONGEST else 0)
        if end:
            yield data[:end]
        held = data[end:]
    if held:
        yield held

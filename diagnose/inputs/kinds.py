"""The kinds of input, one file each and one row each in READERS; `kind_told` says which one a head of bytes is.

Content decides the kind. Where it cannot, the end of the name may hint (`hint`). A row names the module that
reads it, which is imported when such an input is met. Knows nothing of files or folders (see sources).
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Callable

Shape = Literal["packed", "archive", "text", "part", "unread"]
PART = "kb-part"
# Bytes of an input that its kind is recognised by.
HEAD = 1 << 16


class Reader(Struct, frozen=True):
    """A kind of input.

    `shape` says what `open` (`module:function`) makes of a Stream: `packed` the bytes inside, `archive` its members,
    `text` lines in UTF-8; a `part` is left to `diagnose.parts`, `unread` kinds are only named. It is recognised by `magic` at its start, else by `tells`.
    """

    name: str
    shape: Shape
    open: str = ""
    magic: tuple[bytes, ...] = ()
    tells: Callable[[bytes], bool] | None = None
    hint: str = ""

    def load(self) -> Any:
        """The function that reads this kind."""
        module, _, function = self.open.partition(":")
        return getattr(import_module(f"diagnose.inputs.{module}"), function)


def _is_bzip2(head: bytes) -> bool:
    return head.startswith(b"BZh") and head[4:10] in (b"1AY&SY", b"\x17rE8P\x90")


def _is_tar(head: bytes) -> bool:
    if len(head) < 512 or (head[257:262] != b"ustar" and b"\0" not in head[:512]):
        return False
    from diagnose.inputs.archives.tar import is_header

    return is_header(head[:512])


def _is_skippable_zstd(head: bytes) -> bool:
    return head[1:4] == b"\x2a\x4d\x18" and b"\x50" <= head[:1] <= b"\x5f"


def _json(kind: str) -> Callable[[bytes], bool]:
    def tells(head: bytes) -> bool:
        if b"{" not in head[:512]:
            return False
        from diagnose.inputs.logs.jsonlines import kind_of

        return kind_of(head) == kind

    return tells


READERS: tuple[Reader, ...] = (
    Reader("gzip", "packed", "compressed.gzip:unpack", (b"\x1f\x8b\x08",)),
    Reader("bzip2", "packed", "compressed.bzip2:unpack", tells=_is_bzip2),
    Reader("xz", "packed", "compressed.xz:unpack", (b"\xfd7zXZ\0",)),
    Reader("lzma", "packed", "compressed.xz:unpack", (b"\x5d\0\0",), hint=".lzma"),
    Reader("zstd", "packed", "compressed.zstd:unpack", (b"\x28\xb5\x2f\xfd",), tells=_is_skippable_zstd),
    Reader(
        "zip",
        "archive",
        "archives.zip:members",
        (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08PK\x03\x04", b"PK00PK\x03\x04"),
    ),
    Reader("tar", "archive", "archives.tar:members", tells=_is_tar),
    Reader("evtx", "text", "logs.evtx:render", (b"ElfFile\0",)),
    Reader("journal-export", "text", "logs.journal:render", (b"__CURSOR=", b"__REALTIME_TIMESTAMP=")),
    Reader("docker-json", "text", "logs.jsonlines:render_docker", tells=_json("docker-json")),
    Reader("journal-json", "text", "logs.jsonlines:render_journal", tells=_json("journal-json")),
    Reader("json-lines", "text", "logs.jsonlines:render_lines", tells=_json("json-lines")),
    Reader(PART, "part", magic=(b"kb part 1\n",)),
    Reader("compress (.Z)", "unread", magic=(b"\x1f\x9d",)),
    Reader("7z archive", "unread", magic=(b"7z\xbc\xaf\x27\x1c",)),
    Reader("rar archive", "unread", magic=(b"Rar!\x1a\x07",)),
    Reader("cabinet (.cab)", "unread", magic=(b"MSCF\0\0\0\0",)),
    Reader("lz4", "unread", magic=(b"\x04\x22\x4d\x18",)),
)


def kind_told(head: bytes, name: str) -> Reader | None:
    """The kind that `head` shows; None for plain text or what is not known."""
    for reader in READERS:
        if reader.hint and not name.lower().endswith(reader.hint):
            continue
        if head.startswith(reader.magic) or (reader.tells and reader.tells(head)):
            return reader
    return None

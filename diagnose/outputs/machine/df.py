"""df: room and inodes of file systems on Linux and macOS.

Takes the lines of a paste, gives an `Output` per file system; the field `asked` is the one path that the command named.
Images that are always full (snaps, CD-ROMs) are left out.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from diagnose.facts import typed
from diagnose.outputs.base import MOST, Output, output
from diagnose.outputs.parsing import echo, rows
from diagnose.outputs.parsing.paste import Paste, paste

PARSER = "df"
NAMES = ("df",)
NEARLY = 90  # per cent

_SIZE = r"(?:\d+(?:[.,]\d+)?(?:[KMGTPE]i?B?|B)?|-)"
_ROW = re.compile(
    rf"\s*(?P<source>[\w/.:@\\+=~-]+)\s+(?:[a-z][\w.]{{1,15}}\s+)?{_SIZE}\s+{_SIZE}\s+(?P<left>{_SIZE})\s+(?P<use>\d{{1,3}})%"
    rf"(?:\s+{_SIZE}\s+{_SIZE}\s+\d{{1,3}}%)?\s+(?P<mount>/\S*)\s*"
)
# A row, or a long name on a line of its own: a short one would be the rest of a wrapped mount point.
_BEGINS = re.compile(rf"\s*(?:\S+\s+(?:[a-z][\w.]{{1,15}}\s+)?{_SIZE}\s|/dev/\S{{8,}}\s*$|[\w.-]+:/\S*\s*$)")
_HEADER = re.compile(
    r"\s*(?:Filesystem|Dateisystem|Sys\. de fichiers|S\.ficheros|File system|Sist\. Arq\.|文件系统|ファイルシス)"
)
_INODES = re.compile(r"\bI?[Nn]odes?\b|IUse|Inode")
_IMAGES = re.compile(r"/dev/loop\d|/snap/|/media/cdrom|/dev/sr\d|squashfs")
_STOP = re.compile(r"Filesystem|/dev|tmpfs|udev|Dateisystem")


class _Row(Struct, frozen=True):
    source: str
    mount: str
    use: int
    left: str
    sure: bool = True

    @property
    def key(self) -> tuple[str, int]:
        return (self.mount, self.use)


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    count = 0
    for header in (i for i in range(len(page)) if _HEADER.match(page[i])):
        above = echo.above(page, commands, header)
        first, i = (above.first if above else header), _below(page, header)
        asked = echo.named(above, _asked).get("path", "")
        inodes = any(_INODES.search(page[k]) for k in range(header, i))
        while i < len(page) and page[i].strip() and count < MOST:
            row, last = rows.read(page, i, _begins, _parse)
            if row is None and not _begins(page[i]):
                break
            if row is not None and not _IMAGES.search(f"{row.source} {row.mount}/"):
                yield _output(page, (first, last), row, inodes, asked)
                first, count = last + 1, count + 1
            i = last + 1


def _asked(reading: str) -> dict[str, str] | None:
    """The one folder or file that the command names."""
    paths = [word for word in echo.words(reading) if typed("path", word)]
    return {"path": paths[0]} if len(paths) == 1 else {}


def _begins(line: str) -> bool:
    return _BEGINS.match(line) is not None


def _below(page: Paste, header: int) -> int:
    """The first row below a header, which may be wrapped."""
    at = header + 1
    while at < min(header + 4, len(page)) and page[at].strip() and not _begins(page[at]):
        at += 1
    return at


def _parse(line: str) -> _Row | None:
    found = _ROW.fullmatch(line)
    if found is None or int(found["use"]) > 100:
        return None
    return _Row(found["source"], found["mount"], int(found["use"]), found["left"])


def _output(page: Paste, span: tuple[int, int], row: _Row, inodes: bool, asked: str) -> Output:
    full = row.use == 100 or row.left in ("0", "0B")
    fields = {"filesystem": row.source, "use": f"{row.use}%", "kind": "inodes" if inodes else "blocks"}
    fields |= {"asked": asked} if asked else {}
    state = "full" if full else "nearly-full" if row.use >= NEARLY else "ok"
    return output(PARSER, page.raw, span, subject={"path": row.mount}, state=state, fields=fields)

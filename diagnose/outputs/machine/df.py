"""df: room and inodes of file systems on Linux and macOS.

Takes the lines of a paste, gives an `Output` per file system; the field `asked` is the one path that the command named,
`kind` whether the header counts blocks or inodes: the shape of a row does not tell. `plain` is the row as `df -h` or
`df -i` prints it. Images that are always full (snaps, CD-ROMs) are left out.
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

_SIZE = r"(?:\d+(?:[.,]\d+)?(?:[KMGTPEkmg]i?B?|B)?|-)"
_ROW = re.compile(
    rf"\s*(?P<source>[\w/.:@\\+=~-]+)\s+(?:[a-z][\w.]{{1,15}}\s+)?(?P<size>{_SIZE})\s+(?P<used>{_SIZE})\s+(?P<left>{_SIZE})"
    rf"\s+(?:(?P<use>\d{{1,3}})%|(?P<endless>-))(?:\s+{_SIZE}\s+{_SIZE}\s+\d{{1,3}}%)?\s+(?P<mount>/\S*)\s*"
)
# A row, or a long name on a line of its own: a short one would be the rest of a wrapped mount point.
_BEGINS = re.compile(
    rf"\s*(?:(?!{_SIZE}\s)\S+\s+(?:[a-z][\w.]{{1,15}}\s+)?{_SIZE}\s|/dev/\S{{8,}}\s*$|[\w.-]+:/\S*\s*$)"
)
_HEADER = re.compile(
    r"\s*(?:Filesystem|Dateisystem|Sys\. de fichiers|S\.ficheros|File ?system|Sist\. Arq\.|文件系统|文件系統|檔案系統"
    r"|ファイルシス|Файл|system plików|Bestandssysteem)",
    re.IGNORECASE,
)
# What only the header of `df -i` has; that of macOS has both tables in one, blocks first.
_INODES = re.compile(
    r"\bI-?nodes?\b|\bIUse|Inode|In(?:œ|oe)uds|\bIn[óo]s\b|Nodos-i|Iノード|[IИ]нод|I-?węzły|已用 ?I|\bIUti",
    re.IGNORECASE,
)
_BLOCKS = re.compile(r"-blocks\b|\bsize\b", re.IGNORECASE)
_UNIT = re.compile(r"(\d{1,5})([KMG]?)B?[ -]?(?:bl|块|塊|блок|ブロ)|\b(?:de|di) (\d{1,5})([KMG]?)\b", re.IGNORECASE)
_COUNTED = re.compile(r"\d+")
_SHORTENED = re.compile(r"\d{1,9}(?:\.\d{1,3})?")
_SHORT = re.compile(r"df\s(?:.*\s)?(?:-\w*i\w*|--inodes)(?:\s|$)")
_IMAGES = re.compile(r"/dev/loop\d|/snap/|/media/cdrom|/dev/sr\d|squashfs")
_STOP = re.compile(r"Filesystem|/dev|tmpfs|udev|Dateisystem")


class _Row(Struct, frozen=True):
    """A file system; `use` is None where the table has no limit for it (inodes of btrfs)."""

    source: str
    mount: str
    use: int | None
    sizes: tuple[str, str, str]
    sure: bool = True

    @property
    def key(self) -> tuple[str, int | None]:
        return (self.mount, self.use)


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    count = 0
    for header in (i for i in range(len(page)) if _HEADER.match(page[i])):
        above = echo.above(page, commands, header)
        first, i = (above.first if above else header), _below(page, header)
        asked = echo.named(above, _asked).get("path", "")
        titles = " ".join(page[header:i])
        inodes = _INODES.search(titles) is not None and not _BLOCKS.search(titles)
        unit = _unit(titles)
        while i < len(page) and page[i].strip() and count < MOST:
            row, last = rows.read(page, i, _begins, _parse)
            if row is None and not _begins(page[i]):
                break
            if row is not None and not _IMAGES.search(f"{row.source} {row.mount}/"):
                yield _output(page, (first, last), row, 0 if inodes else unit, asked)
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
    if found is None or int(found["use"] or 0) > 100:
        return None
    use = None if found["endless"] else int(found["use"])
    return _Row(found["source"], found["mount"], use, (found["size"], found["used"], found["left"]))


def _output(page: Paste, span: tuple[int, int], row: _Row, unit: int, asked: str) -> Output:
    """`unit` is the number of bytes that the header counts in, 0 where it counts inodes."""
    use = "-" if row.use is None else f"{row.use}%"
    fields = {"filesystem": row.source, "use": use, "kind": "blocks" if unit else "inodes"}
    fields |= {"asked": asked} if asked else {}
    return output(
        PARSER,
        page.raw,
        span,
        subject={"path": row.mount},
        state=_state(row),
        fields=fields,
        plain=_plain(row, unit, use),
    )


def _state(row: _Row) -> str:
    if row.use is None:
        return "ok"
    full = row.use == 100 or row.sizes[2] in ("0", "0B")
    return "full" if full and row.sizes[0] not in ("0", "-") else "nearly-full" if row.use >= NEARLY else "ok"


def _plain(row: _Row, unit: int, use: str) -> str:
    header = "Filesystem Size Used Avail Use% Mounted on" if unit else "Filesystem Inodes IUsed IFree IUse% Mounted on"
    sizes = " ".join(_human(size, unit) if unit else _counted(size) for size in row.sizes)
    return f"{header}\n{row.source} {sizes} {use} {row.mount}"


def _human(size: str, unit: int) -> str:
    """A number of blocks as `df -h` prints it; what has a unit of its own stays."""
    if not _COUNTED.fullmatch(size) or size == "0":
        return size
    number, letters = float(size) * unit / 1024, "KMGTP"
    while number >= 1024 and len(letters) > 1:
        number, letters = number / 1024, letters[1:]
    return f"{number:.1f}{letters[0]}" if number < 10 else f"{number:.0f}{letters[0]}"


def _counted(size: str) -> str:
    """A number of inodes as `df -i` prints it: `df -hi` shortens 6291456 to 6.0M."""
    number, letter = size[:-1].replace(",", "."), size[-1:].upper()
    if letter not in ("K", "M", "G", "T", "P") or not _SHORTENED.fullmatch(number):
        return size
    return str(round(float(number) * 1024 ** " KMGTP".find(letter)))


def _unit(titles: str) -> int:
    """The bytes that the sizes below a header count; 1024 where it does not say."""
    found = _UNIT.search(titles)
    if found is None:
        return 1024
    number, letter = found[1] or found[3], (found[2] or found[4] or "").upper()
    return int(number) * {"": 1, "K": 1 << 10, "M": 1 << 20, "G": 1 << 30}[letter] or 1024


def kind_asked(command: str) -> str:
    """What a command line asks for: the field `kind` of its outputs; empty where it is no `df`."""
    words = command.split()
    if words[:1] == ["sudo"]:
        words = words[1:]
    if words[:1] != ["df"]:
        return ""
    return "inodes" if _SHORT.match(" ".join(words)) else "blocks"

"""Folders of Markdown troubleshooting articles, and JSON Lines of them, to articles.

Takes a folder, a file, or a `.jsonl` (`.jsonl.xz`, `.jsonl.gz`) of `id`, `title`, `text`. The body stays as it was; what
the front matter says is extracted (kb.importers.markdown_read). Ids are the file stems, on a clash with the folder
before them; what is no valid id is mapped, the original being in `origin.id`. An edge module: it reads files.
"""

from __future__ import annotations

import os
import re
import zlib
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from diagnose.errors import KbError
from kb.articles.ids import identifier
from kb.articles.parse import LARGEST, parse
from kb.importers import Left, Made
from kb.importers.markdown_read import extract
from kb.importers.runbook import with_runbook
from kb.safe_files import opened
from kb.safe_files import read as read_file

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_ID = 120
_COMMENT = re.compile(r"\A\s*<!--(.*?)-->", re.DOTALL)
_SOURCE = re.compile(r"source:\s*(.+?)\s*(?:;|@|$)", re.IGNORECASE)
_LICENCE = re.compile(r"licen[cs]e:?\s+([^;]+?)\s*(?:;|$)", re.IGNORECASE)


class IndexRow(msgspec.Struct, frozen=True):
    """A line of a JSON Lines file; `license` and `url` where the collection names them."""

    id: str
    text: str
    title: str = ""
    license: str = ""
    url: str = ""


def read(path: Path) -> Iterator[Made | Left]:
    """Every article at or below `path`, in the order of the files. KbError where there is none."""
    if path.is_file() and not _is_markdown(path.name):
        yield from _rows(path)
        return
    files = list(_files(path))
    if not files:
        what = "holds no Markdown files" if path.exists() else "no such file or folder"
        raise KbError(str(path), what, "name a folder with *.md below it, or a .jsonl of id, title, text")
    licence = _licence(path)
    for file, name in zip(files, names(files), strict=True):
        yield _file(file, name, path, licence)


def _is_markdown(name: str) -> bool:
    return name.lower().endswith((".md", ".markdown"))


def _files(path: Path) -> Iterator[Path]:
    if path.is_file():
        yield path
        return
    for folder, below, found in os.walk(path):
        below[:] = sorted(name for name in below if not name.startswith("."))
        yield from (Path(folder, name) for name in sorted(found) if _is_markdown(name))


def names(files: list[Path]) -> list[str]:
    """An id for each file: its stem; where several have the same, the folder before it; then all folders."""
    stems = [identifier(file.stem) for file in files]
    longer = [identifier(f"{file.parent.name}-{file.stem}") for file in files]
    once, twice = Counter(stems), Counter(longer)
    result = []
    for file, stem, long in zip(files, stems, longer, strict=True):
        whole = "-".join((*file.parts[:-1], file.stem)) if twice[long] > 1 else ""
        result.append(stem if once[stem] == 1 else mapped(whole) if whole else long)
    return result


def mapped(original: str) -> str:
    """A valid id for any name; one that had to be cut ends with a checksum of the whole."""
    name = identifier(original)
    if len(original) <= LONGEST_ID:
        return name
    return f"{name[: LONGEST_ID - 9].rstrip('-._')}-{zlib.crc32(original.encode()):08x}"


def _licence(path: Path) -> str:
    for folder in (path, path.parent):
        for name in ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE"):
            if (folder / name).is_file():
                return f"see {name} of the source"
    return ""


def _file(file: Path, name: str, top: Path, licence: str) -> Made | Left:
    try:
        data = read_file(file, LARGEST, inside=top if top != file else None)
        if len(data) > LARGEST:
            return Left(where=str(file), what=f"is larger than {LARGEST >> 10} KiB")
        text = data.decode("utf-8-sig")
    except OSError as error:
        return Left(where=str(file), what=error.strerror or str(error))
    except UnicodeDecodeError:
        return Left(where=str(file), what="is not valid UTF-8")
    shown = file.relative_to(top).as_posix() if file != top else file.name
    origin = {"format": "markdown", "id": shown, "license": licence}
    return _made(name, text, "", origin, str(file))


def _rows(path: Path) -> Iterator[Made | Left]:
    decoder = msgspec.json.Decoder(IndexRow)
    count = 0
    for number, line in enumerate(_lines(path), 1):
        if not line.strip():
            continue
        count += 1
        where = f"{path}:{number}"
        try:
            row = decoder.decode(line)
        except (msgspec.DecodeError, msgspec.ValidationError) as error:
            yield Left(where=where, what=f"not a row of id, title, text: {error}")
            continue
        origin = {"format": "markdown", "id": row.id, "license": row.license, "url": row.url}
        yield _made(mapped(row.id), row.text, row.title, origin, where)
    if not count:
        raise KbError(str(path), "holds no rows", "name a .jsonl of id, title, text, or a folder with *.md below it")


def _lines(path: Path) -> Iterator[bytes]:
    """The lines of the file, decompressed by its name. KbError where it cannot be read to its end."""
    import gzip
    import lzma

    openers: dict[str, Any] = {".jsonl": nullcontext, ".xz": lzma.open, ".gz": gzip.open}
    opener = openers.get(path.suffix.lower())
    if opener is None:
        raise KbError(
            str(path), "neither Markdown nor JSON Lines", "name a folder with *.md, a .md, .jsonl or .jsonl.xz"
        )
    try:
        with opened(path) as file, opener(file) as stream:
            yield from stream
    except (OSError, EOFError, lzma.LZMAError, zlib.error) as error:
        raise KbError(str(path), f"cannot be read: {error}", "get the file again") from None


def _made(name: str, text: str, title: str, origin: dict[str, str], where: str) -> Made | Left:
    comment = _COMMENT.match(text)
    if comment:
        source, licence = _SOURCE.search(comment[1]), _LICENCE.search(comment[1])
        origin |= {"id": source[1]} if source and origin["id"].count(":") == 0 else {}
        origin |= {"license": licence[1]} if licence else {}
    article, faults = parse(f"{name}.md", text.encode("utf-8", "replace"))
    if article is None:
        return Left(where=where, what=faults[0].what if faults else "is no article")
    body = _COMMENT.sub("", article.body, count=1) if comment else article.body
    if not body.strip():
        return Left(where=where, what="is empty")
    shown = title or article.problem.title
    found = with_runbook(
        extract(shown, article.problem, body), origin["id"].rpartition("/")[2].split(".")[0], shown, body
    )
    kept = {key: value for key, value in origin.items() if value}
    return Made(id=name, front={"id": name, **found, "origin": kept}, body=body, source=where)

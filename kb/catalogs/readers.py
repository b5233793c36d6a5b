"""Catalogue files to pairs of an English message and its translation: a row of the table a format.

Files are untrusted: sizes are bounded, what is not of its form is left out with a reason. An edge module: it reads files.
"""

from __future__ import annotations

import csv
import io
import os
import struct
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from kb.catalogs.message_tables import NotAMessageTableError, message_table
from kb.safe_files import LARGEST, read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

Pairs = list[tuple[str, str]]
MOST_MESSAGES = 500_000
ENGLISH = 1033  # the language of SQL Server's own messages, as Windows numbers languages


class CatalogFile(Struct, frozen=True):
    """`messages` are pairs of English and translation; `language` is empty where the file does not say."""

    path: str
    language: str
    messages: Pairs


class Left(Struct, frozen=True):
    """A file that could not be read, and why."""

    path: str
    why: str

    def __str__(self) -> str:
        return f"{self.path}: {self.why}; left out"


class NotACatalogError(ValueError):
    """What a file is not, in words."""


def files_of(paths: Iterable[Path]) -> Iterator[Path]:
    """The files of a known ending below `paths`, in order; a path that is no folder is taken as it is."""
    for path in paths:
        if not path.is_dir():
            yield path
            continue
        for folder, folders, names in os.walk(path):
            folders.sort()
            yield from (Path(folder, name) for name in sorted(names) if Path(name).suffix.lower() in READERS)


def read_catalog(path: Path) -> CatalogFile | Left:
    """The messages of one file."""
    reader = READERS.get(path.suffix.lower())
    if reader is None:
        return Left(str(path), f"is no message catalogue ({', '.join(READERS)})")
    try:
        data = read(path)
        if len(data) > LARGEST:
            return Left(str(path), f"is larger than {LARGEST >> 20} MiB")
        language, messages = reader(data, path)
    except OSError as error:
        return Left(str(path), error.strerror or str(error))
    except (NotACatalogError, NotAMessageTableError, UnicodeDecodeError, struct.error, csv.Error) as error:
        return Left(str(path), f"cannot be read ({error})")
    if len(messages) > MOST_MESSAGES:
        return Left(str(path), f"has more than {MOST_MESSAGES:,} messages")
    return CatalogFile(str(path.absolute()), language, messages)


def _mo(data: bytes, path: Path) -> tuple[str, Pairs]:
    """GNU MO: a table of (length, offset) for the messages, another for their translations."""
    order = {b"\xde\x12\x04\x95": "<", b"\x95\x04\x12\xde": ">"}.get(data[:4])
    if order is None:
        raise NotACatalogError("no MO file")
    count, originals, translations = struct.unpack_from(f"{order}3I", data, 8)
    if count > MOST_MESSAGES or max(originals, translations) + 8 * count > len(data):
        raise NotACatalogError("its tables do not fit into the file")
    pairs: Pairs = []
    header, total = "", 0
    for number in range(count):
        length, at = struct.unpack_from(f"{order}2I", data, originals + 8 * number)
        length_, at_ = struct.unpack_from(f"{order}2I", data, translations + 8 * number)
        total += length + length_
        if total > 2 * len(data):
            raise NotACatalogError("its messages lie over each other")
        english, translated = (data[a : a + n].decode("utf-8", "replace") for a, n in ((at, length), (at_, length_)))
        if not english:
            header = translated
        pairs += _plural(english.rpartition("\x04")[2].split("\0"), translated.split("\0"))
    return _language(header) or _of_path(path), pairs


def _plural(english: list[str], translated: list[str]) -> Pairs:
    """Every form of a translation, to the plural where the message has one."""
    return [
        (english[min(number, len(english) - 1)], text) for number, text in enumerate(translated) if english[0] and text
    ]


def _language(header: str) -> str:
    return next((line[9:].strip() for line in header.splitlines() if line.startswith("Language:")), "")


def _of_path(path: Path) -> str:
    """As in `de/LC_MESSAGES/NAME.mo`."""
    return path.parent.parent.name if path.parent.name == "LC_MESSAGES" else ""


def _po(data: bytes, path: Path) -> tuple[str, Pairs]:
    import polib

    try:
        found = polib.pofile(data.decode("utf-8", "replace"), check_for_duplicates=False)
    except (OSError, ValueError) as error:
        raise NotACatalogError(str(error)) from error
    pairs: Pairs = []
    for entry in found:
        if entry.obsolete or entry.fuzzy:
            continue
        forms = (
            [entry.msgstr]
            if not entry.msgid_plural
            else [entry.msgstr_plural[form] for form in sorted(entry.msgstr_plural)]
        )
        pairs += _plural([entry.msgid, *([entry.msgid_plural] if entry.msgid_plural else [])], forms)
    return found.metadata.get("Language", "") or _of_path(path), pairs


def _systemd(data: bytes, path: Path) -> tuple[str, Pairs]:
    """systemd's journal catalogues: entries of one id in NAME.LANGUAGE.catalog and NAME.catalog."""
    name, _, language = path.name.removesuffix(".catalog").rpartition(".")
    beside = path.with_name(f"{name}.catalog")
    if not name or not beside.is_file():
        return "", []  # the English one
    ours, theirs = _journal_entries(data), _journal_entries(read(beside))
    pairs = [pair for key, entry in ours.items() if key in theirs for pair in zip(theirs[key], entry, strict=False)]
    return language, [(english, text) for english, text in pairs if english and text]


def _journal_entries(data: bytes) -> dict[str, tuple[str, str]]:
    """Subject and text by id."""
    entries: dict[str, tuple[str, str]] = {}
    for block in data.decode("utf-8", "replace").split("\n-- ")[1:]:
        head, _, text = block.partition("\n\n")
        key, *fields = head.splitlines()
        subject = next((field[8:].strip() for field in fields if field.startswith("Subject:")), "")
        entries[key.split()[0] if key.split() else ""] = (subject, " ".join(text.partition("\n#")[0].split()))
    return entries


def _sql_server(data: bytes, path: Path) -> tuple[str, Pairs]:
    """`sys.messages` as CSV, with a line of names: message_id, language_id, text."""
    csv.field_size_limit(1 << 20)
    rows = list(csv.DictReader(io.StringIO(data.decode("utf-8-sig", "replace"))))
    if not rows or not {"message_id", "language_id", "text"} <= set(rows[0]):
        raise NotACatalogError("its first line does not name message_id, language_id and text")
    english = {row["message_id"]: row["text"] for row in rows if row["language_id"] == str(ENGLISH)}
    others = [row for row in rows if row["language_id"] != str(ENGLISH) and row["message_id"] in english]
    if not others:
        raise NotACatalogError(f"it has no message in English ({ENGLISH}) and in another language")
    return "", [(english[row["message_id"]], row["text"]) for row in others if row["text"]]


READERS: dict[str, Callable[[bytes, Path], tuple[str, Pairs]]] = {
    ".mo": _mo,
    ".po": _po,
    ".catalog": _systemd,
    ".csv": _sql_server,
    ".mui": message_table,
}

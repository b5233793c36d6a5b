"""Message tables of Windows (.mui) to pairs of an English message and its translation, matched by the numbers of the messages.

A .mui holds the messages of one language; the English ones lie in a file of its name in the folder en-US beside. pefile, an extra,
reads the container; the table within is read here: blocks of numbers, each with entries of length, flags and text
(MESSAGE_RESOURCE_DATA of winnt.h). An edge module: it reads the English file.
"""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, Any

from kb.safe_files import read

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

Messages = dict[int, str]
ENGLISH = 9  # the primary language of a language id, its lower ten bits
MESSAGETABLE = 11  # RT_MESSAGETABLE
UNICODE = 1  # of the flags of an entry
MOST_MESSAGES = 500_000
EXTRA = "needs an extra to be read: pip install 'kb-diagnose[mui]'"


# What FormatMessage makes of %n, %0 at the end, and a mark that is escaped; %1 is a place.
_ESCAPED = re.compile(r"%(n|r|b|0$|[.!])")


class NotAMessageTableError(ValueError):
    """What a file is not, in words."""


def message_table(data: bytes, path: Path) -> tuple[str, list[tuple[str, str]]]:
    """The language of a file and its messages, each with the English one of the same number."""
    ours, english = _by_language(data)
    beside = path.parent.parent / "en-US" / path.name
    if not ours:
        return "", []  # the English one
    if not english and beside.is_file():
        english = _by_language(read(beside))[1]
    if not english:
        raise NotAMessageTableError(f"its English messages are not in {beside}")
    return path.parent.name, [(english[number], text) for number, text in ours.items() if number in english]


def _by_language(data: bytes) -> tuple[Messages, Messages]:
    """The messages in another language, and those in English."""
    ours: Messages = {}
    english: Messages = {}
    for language, table in _tables(data):
        found = english if language & 0x3FF == ENGLISH else ours
        found.update(_messages(table))
        if len(found) > MOST_MESSAGES:
            raise NotAMessageTableError("it has too many messages")
    return ours, english


def _tables(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each message table of a file with the number of its language."""
    try:
        import pefile
    except ImportError as error:
        raise NotAMessageTableError(EXTRA) from error
    try:
        with pefile.PE(data=data, fast_load=True) as file:
            file.parse_data_directories(directories=[pefile.DIRECTORY_ENTRY["IMAGE_DIRECTORY_ENTRY_RESOURCE"]])
            kinds = getattr(getattr(file, "DIRECTORY_ENTRY_RESOURCE", None), "entries", ())
            for kind in kinds:
                if kind.id == MESSAGETABLE and hasattr(kind, "directory"):
                    for leaf in _leaves(kind.directory):
                        yield leaf.lang | leaf.sublang << 10, file.get_data(leaf.struct.OffsetToData, leaf.struct.Size)
    except (pefile.PEFormatError, AttributeError, TypeError) as error:
        raise NotAMessageTableError(f"no file of Windows with resources: {error}") from error


def _plain(escape: re.Match[str]) -> str:
    return {"n": "\n", "0": "", "r": "", "b": " "}.get(escape[1], escape[1])


def _leaves(directory: Any) -> Iterator[Any]:
    for entry in getattr(directory, "entries", ()):
        if hasattr(entry, "data"):
            yield entry.data
        elif hasattr(entry, "directory"):
            yield from _leaves(entry.directory)


def _messages(table: bytes) -> Iterator[tuple[int, str]]:
    """The numbers and texts of a table; each entry must lie within it."""
    (blocks,) = struct.unpack_from("<I", table)
    if 4 + 12 * blocks > len(table):
        raise NotAMessageTableError("its table of messages is cut off")
    for block in range(blocks):
        low, high, at = struct.unpack_from("<3I", table, 4 + 12 * block)
        for number in range(low, min(high, low + MOST_MESSAGES) + 1):
            length, flags = struct.unpack_from("<2H", table, at)
            if length < 4:
                raise NotAMessageTableError("a message in it is shorter than its head")
            raw = table[at + 4 : at + length]
            text = raw.decode("utf-16-le" if flags & UNICODE else "cp1252", "replace")
            yield number, _ESCAPED.sub(_plain, text.rstrip("\0").strip()).strip()
            at += length

"""What a base file says of itself: its files with their sizes and digests. Pure."""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import KbError

if TYPE_CHECKING:
    from collections.abc import Iterable

SCHEMA = "kb.base/1"
MANIFEST = "kb-base.json"  # the first member of the file, and the mark of a folder that an import made
MOST_FILES = 50_000
LARGEST_FILE = 16 << 20
LARGEST = 512 << 20  # bytes of all files together
DEEPEST = 12
_PART = re.compile(r"[^\x00-\x1f<>:\"/\\|?*\x7f]{1,120}")
_RESERVED = re.compile(r"(?i:con|prn|aux|nul|com\d|lpt\d)(?:\..*)?")


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    path: str
    size: int
    sha256: str


class Manifest(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`digest` is that of all files with their names; the same articles always have the same."""

    schema: str
    kb: str
    articles: int
    digest: str
    files: tuple[Entry, ...]


def digest_of(files: Iterable[Entry]) -> str:
    whole = hashlib.sha256()
    for entry in sorted(files, key=lambda item: item.path):
        whole.update(f"{entry.sha256} {entry.size} {entry.path}\n".encode())
    return whole.hexdigest()


def check(manifest: Manifest, where: str) -> None:
    """KbError for names that could lead elsewhere or that some system cannot hold, for sizes beyond bounds, a wrong digest."""
    if manifest.schema != SCHEMA:
        raise KbError(
            where, f"is a base file of another kind ({manifest.schema[:40]!r})", "use the kb that it was made for"
        )
    if not manifest.files or len(manifest.files) > MOST_FILES:
        raise KbError(where, f"names {len(manifest.files):,} files, not 1 to {MOST_FILES:,}", "export the base again")
    names = {entry.path.casefold() for entry in manifest.files}
    if len(names) != len(manifest.files):
        raise KbError(where, "names a file twice", "export the base again")
    for entry in manifest.files:
        if not fits(entry.path) or entry.path == MANIFEST:
            raise KbError(where, f"has a file name that is refused: {entry.path[:80]!r}", "export the base again")
        if not 0 <= entry.size <= LARGEST_FILE:
            raise KbError(where, f"{entry.path[:80]} is larger than {LARGEST_FILE >> 20} MiB", "leave the file out")
    if sum(entry.size for entry in manifest.files) > LARGEST:
        raise KbError(where, f"holds more than {LARGEST >> 20} MiB", "split the base")
    if manifest.digest != digest_of(manifest.files):
        raise KbError(where, "its digest is not that of its files: it is damaged or was changed", "fetch it again")


def fits(path: str) -> bool:
    """Whether a name stays in its folder and can stand on every system."""
    parts = path.split("/")
    return len(parts) <= DEEPEST and all(
        _PART.fullmatch(part) and part not in (".", "..") and part.strip(" .") == part.rstrip(" .") != ""
        and not part.endswith((" ", ".")) and not _RESERVED.fullmatch(part)
        for part in parts
    )  # fmt: skip

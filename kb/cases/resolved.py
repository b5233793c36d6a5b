"""Resolved cases: which cause it was, kept to move the likelihoods of the next diagnosis. An edge module.

One append-only file of JSON lines in the user's data folder: ids, time, the base's digest and a hash of the case's
random id, never any text of a log. A record is one write to a file opened for appending, under a lock, so that several
processes may write at once; a line torn by a crash is skipped and told.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec.structs import replace

from diagnose.errors import KbError
from kb.safe_files import read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from diagnose.options import Options


NAME = "resolved.jsonl"
MOST = 64 << 20


class Resolved(msgspec.Struct, frozen=True, kw_only=True):
    """One resolution. `cause` is empty where it was none of the causes of `article`; the last one of a `case` counts."""

    time: str
    base: str
    article: str
    cause: str
    case: str


def hashed(case_id: str) -> str:
    """A name for a case that leads back to nothing: its id is random, and only the hash is kept."""
    import hashlib

    return hashlib.blake2b(case_id.encode(), digest_size=16, person=b"kb.resolved").hexdigest()


def append(folder: Path, record: Resolved) -> None:
    """Add one record. KbError where the folder cannot be written."""
    path = folder / NAME
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(path, flags, 0o600)
        try:
            _lock(descriptor)
            line = msgspec.json.encode(record) + b"\n"
            # After a crash the last line may lack its end; an empty line does no harm.
            os.write(descriptor, line if _ended(descriptor) else b"\n" + line)
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        raise KbError(str(path), error.strerror or str(error), "check the folder of kb's own data") from None


def _ended(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    if not size:
        return True
    os.lseek(descriptor, size - 1, os.SEEK_SET)
    return os.read(descriptor, 1) == b"\n"


def _lock(descriptor: int) -> None:
    """One writer at a time; released when the file is closed. Where locks are not to be had, the append must do."""
    try:
        if sys.platform == "win32":
            import msvcrt

            os.lseek(descriptor, 1 << 30, os.SEEK_SET)  # a byte beyond the data: readers are not kept out
            msvcrt.locking(descriptor, msvcrt.LK_LOCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX)
    except OSError:
        pass


def resolved_records(folder: Path | None, note: Callable[[str], None] | None = None) -> list[Resolved]:
    """The resolutions, the last one of each case, in order of writing; lines that are none are reported and skipped."""
    result: dict[str, Resolved] = {}
    bad = 0
    for line in _lines(folder, note):
        if not line.strip():
            continue
        try:
            record = msgspec.json.decode(line, type=Resolved)
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
            bad += 1
            continue
        result.pop(record.case, None)
        result[record.case] = record
    if bad and note:
        note(f"{NAME}: {bad} damaged lines skipped; the rest counts")
    return list(result.values())


def _lines(folder: Path | None, note: Callable[[str], None] | None) -> Iterator[bytes]:
    if folder is None:
        return
    try:
        yield from read(folder / NAME, MOST).splitlines()
    except FileNotFoundError:
        return
    except OSError as error:
        if note:
            note(f"{folder / NAME}: {error.strerror or error}; resolved cases are not counted")


def counts(folder: Path | None, note: Callable[[str], None] | None = None) -> dict[str, int]:
    """Resolved cases by `ARTICLE/CAUSE`; `ARTICLE/` where it was none of the causes of that article."""
    found = Counter(f"{record.article}/{record.cause}" for record in resolved_records(folder, note) if record.article)
    return dict(sorted(found.items()))


def with_learned(options: Options, note: Callable[[str], None]) -> Options:
    """The options with what resolved cases say of the causes."""

    from kb.folders import data_dir

    return replace(options, resolved=counts(data_dir(), note))

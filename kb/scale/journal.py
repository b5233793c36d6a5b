"""The folder of a batch: answers as they come, a journal of what is done, and a lock, so that one batch at a time writes there.

The journal is a SQLite file whose exclusive lock the system gives back when its holder dies. An answer counts once the journal
has it; what stands behind the last such line of answers.jsonl is cut off. Cases stand in it by a keyed digest, since a path may
hold a secret. An edge module: it touches files.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.errors import KbError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Self

ANSWERS = "answers.jsonl"
JOURNAL = "journal.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS about(key TEXT PRIMARY KEY, value TEXT);
CREATE TABLE IF NOT EXISTS done(digest TEXT PRIMARY KEY, state TEXT, ends INT);
"""


class Journal:
    """An open folder. Use as a context: the lock goes with it."""

    def __init__(self, folder: Path, about: dict[str, str], *, resume: bool) -> None:
        """KbError where another batch works there, where one was there already and `resume` is not asked for, or where it was
        begun with other articles, options or another version of kb (`about`)."""
        self._folder = folder
        self._check(resume)
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._db = sqlite3.connect(folder / JOURNAL, timeout=0, isolation_level=None)
        except (OSError, sqlite3.Error) as error:
            raise self._refused(str(error)) from None
        try:
            self._open(about)
        except BaseException:
            self._db.close()
            raise

    def _check(self, resume: bool) -> None:
        if resume and not (self._folder / JOURNAL).is_file():
            raise KbError(f"--resume {self._folder}", "holds no batch", "leave --resume out to begin one")
        if not resume and self._folder.is_dir() and any(self._folder.iterdir()):
            raise KbError(f"--to {self._folder}", "is not empty", "add --resume to go on, or name a new folder")

    def _refused(self, what: str) -> KbError:
        return KbError(f"--to {self._folder}", what, "name a folder that can be written")

    def _open(self, about: dict[str, str]) -> None:
        try:
            self._db.executescript("PRAGMA locking_mode=EXCLUSIVE; PRAGMA synchronous=NORMAL;")
            self._db.execute("BEGIN EXCLUSIVE")
            self._db.execute("COMMIT")
            self._db.executescript(_TABLES)
            known = dict(self._db.execute("SELECT key, value FROM about"))
            for key, value in about.items():
                if known.get(key, value) != value:
                    what = f"was begun with another {key}"
                    raise KbError(f"--resume {self._folder}", what, "go on as it was begun, or name a new folder")
            self._key = bytes.fromhex(known.get("key", "")) or os.urandom(16)
            about = {**about, "key": self._key.hex()}
            self._db.executemany("INSERT OR REPLACE INTO about VALUES(?, ?)", about.items())
            # Without a buffer: what did not fit must not be written again when the file is closed.
            self._file = open(self._folder / ANSWERS, "ab", buffering=0)  # noqa: SIM115  # closed with the journal
        except sqlite3.OperationalError as error:
            if "locked" in str(error):
                raise KbError(f"--to {self._folder}", "another kb batch writes there", "wait for it") from None
            raise self._refused(str(error)) from None
        except sqlite3.DatabaseError:
            raise KbError(str(self._folder / JOURNAL), "is damaged", "name a new folder") from None
        except OSError as error:
            raise self._refused(error.strerror or str(error)) from None
        self._cut()

    def _cut(self) -> None:
        """Forget what the answers do not have, and cut off what the journal does not know."""
        size = self._file.tell()
        self._db.execute("DELETE FROM done WHERE ends > ?", (size,))
        (end,) = self._db.execute("SELECT coalesce(max(ends), 0) FROM done").fetchone()
        if end < size:
            self._file.truncate(end)

    def left(self, cases: Sequence[str]) -> list[str]:
        """Those of `cases` that have no answer yet."""
        done = {digest for (digest,) in self._db.execute("SELECT digest FROM done WHERE state = 'answered'")}
        return [case for case in cases if self._digest(case) not in done]

    def asked(self, cases: Sequence[str]) -> int:
        """How many cases were asked about, now with `cases` or before."""
        known = {digest for (digest,) in self._db.execute("SELECT digest FROM done")}
        return len(known.union(map(self._digest, cases)))

    def lines(self) -> Iterator[bytes]:
        """The answers that count, one a case: of a case that was asked again, the last."""
        ends = {end for (end,) in self._db.execute("SELECT ends FROM done")}
        at = 0
        with open(self._folder / ANSWERS, "rb") as lines:
            for line in lines:
                at += len(line)
                if at in ends:
                    yield line

    def _digest(self, case: str) -> str:
        return hashlib.blake2b(case.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).hexdigest()

    def add(self, case: str, line: str, state: str) -> None:
        """Keep the answer of a case. KbError where there is no room: what was kept before stays whole."""
        start = self._file.seek(0, os.SEEK_END)
        data = memoryview(line.encode("utf-8", "backslashreplace") + b"\n")
        ends = start + len(data)
        try:
            while data:  # a disk that is almost full takes a piece and says nothing
                data = data[self._file.write(data) :]
            self._db.execute("INSERT OR REPLACE INTO done VALUES(?, ?, ?)", (self._digest(case), state, ends))
        except (OSError, sqlite3.OperationalError) as error:
            self._undo(start)
            what = getattr(error, "strerror", None) or str(error)
            raise KbError(str(self._folder / ANSWERS), what, "make room, then go on with --resume") from None

    def _undo(self, size: int) -> None:
        """Answers without the line that does not fit; what cannot be undone now is cut off by the next --resume."""
        try:
            os.truncate(self._folder / ANSWERS, size)
        except OSError:
            pass

    def close(self) -> None:
        try:
            self._file.close()
        except OSError:
            pass
        self._db.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

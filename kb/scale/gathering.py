"""Inputs scanned by many workers to one part: every item a part file in a folder as it is ready, all put together at the end.

A part is named by what it is of (its inputs as they were found, the piece, base, versions and options), so that nothing is scanned
or counted twice, whatever is tried again, and a run that was cut short goes on from its folder. An edge module: it writes files.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from diagnose.errors import DAMAGED, InputError, KbError
from diagnose.parts.part import merged
from diagnose.parts.slim import slimmed
from diagnose.parts.wire import unpacked
from kb.ask import redactor_for
from kb.safe_files import read, write
from kb.scale.answering import Work, store_of
from kb.scale.items import Item, sources_of
from kb.scale.part_files import part_of
from kb.scale.pool import results

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Executor

    from diagnose.knowledge import Knowledge
    from diagnose.scan.reading import Item as Read

AT_ONCE = 32  # parts that are opened before they are made one
LARGEST = 256 << 20


class Scan(Struct, frozen=True):
    """A work item as a worker gets it."""

    work: Work
    label: str = ""

    def __call__(self, item: Item) -> bytes:
        """The part file of an item."""
        work = self.work
        setup = replace(work.options.setup, piece=item.piece, threads=1)
        sources = sources_of(item, work.max_bytes)
        store = store_of(work)
        data, _ = part_of(sources, store, setup, raw=work.raw, personal=work.options.personal, label=self.label)
        return data

    def key(self, item: Item) -> str:
        """The name of its part: another one where anything is another that it depends on."""
        about = (self.work.version, self.work.digest, self.work.asked(), self.label, msgspec.to_builtins(item))
        return _digest(about)

    def key_of_all(self, plan: Iterable[Item | InputError]) -> str:
        """A name for the work as a whole."""
        return _digest([self.key(item) for item in plan if isinstance(item, Item)])

    def shown(self, error: InputError) -> InputError:
        """An error of the plan under the name that the parts would give it."""
        where = error.where if self.work.raw else redactor_for(self.work.options.personal).redact_name(error.where)
        return error.said_of(f"{self.label}:{where}" if self.label else where)


def _digest(value: object) -> str:
    return hashlib.blake2b(msgspec.json.encode(value), digest_size=16).hexdigest()


class Parts:
    """The part files of a folder, which is made where it is missing."""

    def __init__(self, folder: Path, base: Knowledge) -> None:
        self.folder = folder
        self._base = base
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise KbError(str(folder), error.strerror or str(error), "name a folder that can be written") from None

    def has(self, key: str) -> bool:
        """Whether the part is there and whole."""
        try:
            self.items(key)
        except InputError:
            return False
        return True

    def items(self, key: str) -> list[Read]:
        path = self._path(key)
        try:
            data = read(path, LARGEST)
        except OSError as error:
            raise InputError(str(path), error.strerror or str(error), "run it again", code=DAMAGED) from None
        return unpacked(data, str(path), self._base)

    def put(self, key: str, data: bytes) -> None:
        """Keep a part. KbError where there is no room: what was kept before stays."""
        try:
            write(self._path(key), data)
        except OSError as error:
            raise KbError(str(self.folder), error.strerror or str(error), "make room, then run it again") from None

    def any(self) -> bool:
        return any(self.folder.glob("*.kbpart"))

    def remove(self) -> None:
        """All of it; what cannot be removed stays."""
        try:
            for path in self.folder.glob("*.kbpart"):
                path.unlink(missing_ok=True)
            self.folder.rmdir()
        except OSError:
            pass

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.kbpart"


def gathered(
    plan: Sequence[Item | InputError],
    scan: Scan,
    parts: Parts,
    start: Callable[[int], Executor],
    workers: int,
    told: Callable[[int, int], object] | None = None,
) -> list[Read]:
    """What every input showed, in the order of `plan`, which is that of the inputs. `told` gets bytes done and to be done."""
    keys = {item: scan.key(item) for item in plan if isinstance(item, Item)}
    whole = sum(item.size for item in keys)
    done = sum(item.size for item in keys if parts.has(keys[item]))
    left = [item for item in keys if not parts.has(keys[item])]
    failed: dict[Item, str] = {}
    for one in results(left, scan, start, workers) if left else ():
        if one.result is None:
            failed[one.item] = one.error
        else:
            parts.put(keys[one.item], one.result)
        done += one.item.size
        if told:
            told(done, whole)
    return _together(_read(plan, keys, failed, parts))


def _read(
    plan: Iterable[Item | InputError], keys: dict[Item, str], failed: dict[Item, str], parts: Parts
) -> Iterator[list[Read]]:
    for item in plan:
        if isinstance(item, InputError):
            yield [item]
        elif item in failed:
            yield list(_errors(item, failed[item]))
        else:
            yield parts.items(keys[item])


def _errors(item: Item, what: str) -> Iterator[InputError]:
    number, count = item.piece
    piece = f"piece {number} of {count}: " if count > 1 else ""
    for one in item.inputs:
        yield InputError(one.name, piece + what, "give the workers more memory, or scan it alone")


def _together(every: Iterable[list[Read]]) -> list[Read]:
    """All in their order, a few parts at a time, so that pieces of a large file never stand beside one another all at once."""
    made: list[Read] = []
    for count, items in enumerate(every, 1):
        made += items
        if count % AT_ONCE == 0:
            made = slimmed(merged([made]))
    return slimmed(merged([made]))

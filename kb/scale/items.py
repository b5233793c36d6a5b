"""Inputs as items of work for machines that share nothing but where the inputs lie: which files, which piece of one.

Takes names as a person gave them; gives items of ITEM bytes, larger ones where they would be too many, in the order of the
inputs; and on a worker the sources of one.
Small files go together, a plain file is cut into pieces, what is packed is whole. An edge module: it looks at files.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct
from msgspec.structs import replace

from diagnose.errors import InputError
from diagnose.inputs.sources import Source, files_of, open_inputs, open_object
from diagnose.text.decode import looks_binary, sniff
from kb.remote.opened import is_uri

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

ITEM = 64 << 20
LARGEST_ITEM = 16 * ITEM
MOST_ITEMS = 10_000  # before they grow
MOST_FILES = 500  # in an item


class Input(Struct, frozen=True):
    """A file or object: its `name` as it is shown, its whole `path` or URI, and what it was when it was found."""

    name: str
    path: str
    size: int
    version: str
    asked: bool = True


class Item(Struct, frozen=True):
    """Inputs to be scanned together, or the K-th of N pieces of one."""

    inputs: tuple[Input, ...]
    piece: tuple[int, int] = (1, 1)

    @property
    def size(self) -> int:
        return sum(one.size for one in self.inputs) // self.piece[1]


def items_of(names: Iterable[str], *, cut: bool = True) -> Iterator[Item | InputError]:
    """The items of all inputs, in their order, and errors where there is nothing to read. Nothing is cut unless `cut`."""
    every = list(_found(names))
    whole = sum(found.size for found in every if isinstance(found, Input))
    most = max(ITEM, min(LARGEST_ITEM, whole // MOST_ITEMS))
    held: list[Input] = []
    for found in every:
        large = isinstance(found, Input) and found.size > most
        if held and (large or isinstance(found, InputError) or _full(held, found.size, most)):
            yield Item(tuple(held))
            held = []
        if isinstance(found, InputError):
            yield found
        elif large:
            count = -(-found.size // most) if cut and _is_plain(found) else 1
            yield from (Item((found,), (number, count)) for number in range(1, count + 1))
        else:
            held.append(found)
    if held:
        yield Item(tuple(held))


def _full(held: Sequence[Input], more: int, most: int) -> bool:
    return len(held) >= MOST_FILES or sum(one.size for one in held) + more > most


def _found(names: Iterable[str]) -> Iterator[Input | InputError]:
    for name in names:
        if is_uri(name):
            from kb.remote.listing import below

            for far in below(name):
                if isinstance(far, InputError):
                    yield far
                else:
                    yield Input(far.uri, far.uri, far.size, far.version, far.uri == name)
            continue
        for path in files_of(name):
            yield from [path] if isinstance(path, InputError) else _local(path, path == name)


def _local(path: str, asked: bool) -> Iterator[Input | InputError]:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        status = None
    if status and stat.S_ISREG(status.st_mode):
        whole = os.path.join(Path.cwd(), path)
        yield Input(_shown(path), whole, status.st_size, str(status.st_mtime_ns), asked)
    else:  # what is wrong with it is known here already
        yield from (error for error in open_inputs([path], asked=asked) if isinstance(error, InputError))


def _shown(path: str) -> str:
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def _is_plain(found: Input) -> bool:
    """Whether ranges of it can be read apart."""
    source = next(_opened(found, 0), None)
    if not isinstance(source, Source) or source.again is None or looks_binary(source.head):
        return False
    return sniff(source.head) == ("utf-8", 0)


# --- on a worker ---------------------------------------------------------------------------------------------------


def sources_of(item: Item, limit: int) -> Iterator[Source | InputError]:
    """The sources of an item, as those who asked name them. A piece is one of the file as it was then."""
    for one in item.inputs:
        for source in _opened(one, limit):
            if isinstance(source, Source) and item.piece[1] > 1:
                yield replace(source, size=one.size)
            else:
                yield source


def seen_from(folder: str, name: str, limit: int) -> Iterator[Source | InputError]:
    """The sources of an input, which stands below `folder` where it is no URI and no whole path."""
    if is_uri(name):
        from kb.remote.opened import open_named

        yield from open_named([name], limit=limit)
    else:
        yield from _from_path(name, os.path.join(folder, name), True, limit)


def _opened(one: Input, limit: int) -> Iterator[Source | InputError]:
    if not is_uri(one.path):
        yield from _from_path(one.name, one.path, one.asked, limit)
        return
    from kb.remote.objects import Remote

    remote = Remote(one.path, one.size, one.version)
    try:
        yield from open_object(one.name, remote.again, one.size, limit, asked=one.asked)
    except InputError as error:
        yield error.said_of(error.where)


def _from_path(name: str, path: str, asked: bool, limit: int) -> Iterator[Source | InputError]:
    """What stands at `path`, under `name`."""
    import platform

    if not os.path.lexists(path):
        yield InputError(name, f"is not there on {platform.node()}", "name a place that all workers see, or a URI")
        return
    start = len(_shown(path))
    for source in open_inputs([path], limit=limit, asked=asked):
        if isinstance(source, Source):
            yield replace(source, name=name + source.name[start:])
        else:
            yield source.said_of(name + source.where[start:])

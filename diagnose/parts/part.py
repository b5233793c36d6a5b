"""Parts put together: inputs in one order whoever comes first, pieces of one file joined, nothing counted twice.

Takes and gives Scanned records and errors; knows nothing of files. Merging is associative and commutative: of several parts
the inputs stand in the order of their names, as in a folder; what two parts hold alike, as after a retry, counts once. Of a
single part they stay as they were given.
"""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.errors import DAMAGED, InputError
from diagnose.parts.wire import fingerprint
from diagnose.scan.merging import Merged
from diagnose.scan.reading import Scanned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from diagnose.scan.reading import Item


def merged(parts: Sequence[Sequence[Item]]) -> list[Item]:
    """The inputs of all `parts`. InputError where pieces of a file overlap."""
    joined = list(_joined(item for part in parts for item in part if isinstance(item, Scanned) and item.piece))
    if len(parts) == 1:
        return _in_place(parts[0], joined)
    groups: list[tuple[Item, ...]] = [(piece,) for _, piece in joined]
    for part in parts:
        whole = (item for item in part if not (isinstance(item, Scanned) and item.piece))
        groups += (tuple(members) for _, members in groupby(whole, key=input_of))
    distinct = {(tuple(path), held): group for group in groups for path, held in (_order(group),)}
    return [item for key in sorted(distinct) for item in distinct[key]]


def input_of(item: Item) -> str:
    """The input that an item came from: members of an archive stand together."""
    return (item.name if isinstance(item, Scanned) else item.where).partition("!")[0]


def _in_place(items: Iterable[Item], joined: Sequence[tuple[int, Scanned]]) -> list[Item]:
    """`items` with the pieces of each file in the place of its first one."""
    waiting: dict[tuple[str, int], list[Scanned]] = {}
    for size, piece in joined:
        waiting.setdefault((piece.name, size), []).append(piece)
    made: list[Item] = []
    for item in items:
        if isinstance(item, Scanned) and item.piece:
            made += waiting.pop((item.name, item.of), [])
        else:
            made.append(item)
    return made


def _order(group: tuple[Item, ...]) -> tuple[list[str], bytes]:
    """By name, folder by folder; two inputs of one name, as from two machines, by what they hold."""
    return input_of(group[0]).replace("\\", "/").split("/"), fingerprint(group)


# --- pieces of a file ----------------------------------------------------------------------------------------------


def _joined(pieces: Iterable[Scanned]) -> Iterator[tuple[int, Scanned]]:
    """Pieces that go on from one another as one, with the size of their file; all of a file as the file."""
    files: dict[tuple[str, int], list[Scanned]] = {}
    for piece in pieces:
        files.setdefault((piece.name, piece.of), []).append(piece)
    for (_, size), own in files.items():
        runs: list[list[Scanned]] = []
        for piece in sorted(own, key=_reach):
            start, stop = _reach(piece)
            if start == stop:  # it had nothing of the file to do
                continue
            if runs and _reach(runs[-1][-1]) == (start, stop):  # done twice, as by a retry
                continue
            if runs and _reach(runs[-1][-1])[1] > start:
                what = f"two parts hold bytes {start} to {_reach(runs[-1][-1])[1]} of it"
                raise InputError(piece.name, what, "name parts that were cut in the same way")
            if runs and _reach(runs[-1][-1])[1] == start:
                runs[-1].append(piece)
            else:
                runs.append([piece])
        yield from ((size, _one(run, size)) for run in runs)


def _reach(piece: Scanned) -> tuple[int, int]:
    return piece.piece or (0, piece.of)


def _one(run: Sequence[Scanned], size: int) -> Scanned:
    total = Merged()
    for piece in run:
        total.add(piece.scan)
    reach = (_reach(run[0])[0], _reach(run[-1])[1])
    whole = reach == (0, size)
    return replace(
        run[0],
        scan=total.part(),
        notes=tuple(dict.fromkeys(note for piece in run for note in piece.notes)),
        trouble=next((piece.trouble for piece in run if piece.trouble), None),
        piece=None if whole else reach,
        of=0 if whole else size,
    )


def complete(items: Iterable[Item]) -> Iterator[Item]:
    """`items`, with an error in place of a file of which pieces are missing: their lines have no number."""
    told: set[tuple[str, int]] = set()
    every = list(items)
    for item in every:
        if isinstance(item, InputError) or not item.piece:
            yield item
        elif (item.name, item.of) not in told:
            told.add((item.name, item.of))
            yield _incomplete(item, every)


def _incomplete(item: Scanned, items: Iterable[Item]) -> InputError:
    at, gaps = 0, []
    own = [other for other in items if isinstance(other, Scanned) and (other.name, other.of) == (item.name, item.of)]
    for start, stop in sorted(map(_reach, own)):
        gaps += [f"{at} to {start}"] if start > at else []
        at = max(at, stop)
    gaps += [f"{at} to {item.of}"] if at < item.of else []
    return InputError(
        item.name,
        f"pieces of it are missing: bytes {', '.join(gaps)} of {item.of}",
        "name the parts of all pieces; if its size changed meanwhile, scan it again",
        code=DAMAGED,
    )

"""Part files among the inputs: opened against the base, put together, given on in place of what they were made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.errors import DAMAGED, InputError
from diagnose.inputs.kinds import PART
from diagnose.inputs.sources import Source
from diagnose.scan.reading import Scanned

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.knowledge import Knowledge
    from diagnose.scan.reading import Item


def opened(sources: Iterable[Source | Item], base: Knowledge, *, dated: bool = False) -> Iterator[Source | Item]:
    """`sources`, with the inputs of all parts behind the others. A part that is refused is one error, the rest counts.

    With `dated` only lines of a span of time are wanted, which a part cannot give any more.
    """
    parts: list[list[Item]] = []
    for source in sources:
        if isinstance(source, Source) and source.kind == PART:
            try:
                parts.append(_items(source, base, dated))
            except InputError as error:
                yield error.said_of(error.where)
        else:
            yield source
    if parts:
        from diagnose.parts.part import merged

        try:
            yield from merged(parts)
        except InputError as error:
            yield error.said_of(error.where)


def whole(items: Iterable[Item]) -> Iterable[Item]:
    """`items`, with an error for a file of which pieces are missing."""
    every = list(items)
    if not any(isinstance(item, Scanned) and item.piece for item in every):
        return every
    from diagnose.parts.part import complete

    return complete(every)


def _items(source: Source, base: Knowledge, dated: bool) -> list[Item]:
    from diagnose.parts.wire import MOST, unpacked

    if dated:
        raise InputError(source.name, "a part, whose lines cannot be chosen by time", "give --since to kb scan")
    chunks, size = [], 0
    for chunk in source.chunks:
        chunks.append(chunk)
        size += len(chunk)
        if size > MOST:
            raise InputError(source.name, f"a part of more than {MOST >> 20} MiB", "make several parts", code=DAMAGED)
    return unpacked(b"".join(chunks), source.name, base)

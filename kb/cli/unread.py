"""What could not be read, for people: many inputs with one reason as one, with their number and the first names.

Takes a diagnosis; gives the same one or lines about it. JSON keeps every entry of what could not be read; of more inputs
than MOST_INPUTS the others are one entry there, too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.diagnosis import InputRead
from diagnose.errors import LEFT_OUT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from diagnose.audit.model import Audit
    from diagnose.diagnosis import Diagnosis, Skipped
    from diagnose.scan.reading import Read

NAMED = 3
MOST_INPUTS = 1000  # entries in JSON: of 20,000 small files they would be 4 MB


def summed_up(diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis with at most NAMED entries of `skipped` for each reason."""
    groups: dict[tuple[str, str], list[Skipped]] = {}
    for item in diagnosis.skipped:
        groups.setdefault((item.code, item.reason), []).append(item)
    shown: list[Skipped] = []
    for items in groups.values():
        read = sum(item.bytes_read for item in items)
        names = _named([item.path for item in items])
        shown += (replace(items[0], path=name, bytes_read=read) for name in names) if len(names) == 1 else items
    return replace(diagnosis, skipped=tuple(shown))


def few_inputs(diagnosis: Diagnosis) -> Diagnosis:
    """The diagnosis with at most MOST_INPUTS entries of `inputs`, those with errors first to stay, and one for all others."""
    inputs = diagnosis.inputs
    if len(inputs) <= MOST_INPUTS:
        return diagnosis
    places = sorted(range(len(inputs)), key=lambda place: (not inputs[place].error, place))
    kept = [inputs[place] for place in sorted(places[:MOST_INPUTS])]
    others = [inputs[place] for place in places[MOST_INPUTS:]]
    rest = InputRead(
        name=f"{len(others):,} more inputs (-v names all)",
        bytes=sum(item.bytes for item in others),
        lines=sum(item.lines for item in others),
        kind="summed up",
    )
    return replace(diagnosis, inputs=(*kept, rest))


def troubles(diagnosis: Diagnosis | Read | Audit) -> Iterator[str]:
    """A line for each input that was not read whole, for many of one reason together."""
    codes = {item.path: item.code for item in diagnosis.skipped}
    groups: dict[str, list[str]] = {}
    for item in diagnosis.inputs:
        if item.error:
            groups.setdefault(f"{item.error} ({codes.get(item.name, 'KB-E010')})", []).append(item.name)
    for what, names in groups.items():
        yield from (f"{name}: {what}" for name in _named(names))


def unread(diagnosis: Diagnosis | Read) -> tuple[int, int]:
    """How many files or streams could not be read whole, and of how many; members count with their archive."""
    missed = [item.path for item in diagnosis.skipped if item.code != LEFT_OUT]
    return _files(missed), _files([*missed, *(item.name for item in diagnosis.inputs)])


def _named(names: Sequence[str]) -> list[str]:
    """The names, or one text for all of them where there are many."""
    if len(names) <= NAMED:
        return list(names)
    return [f"{len(names):,} inputs (--format json names all): {', '.join(names[:NAMED])}, ..."]


def _files(names: Sequence[str]) -> int:
    return len({name.partition("!")[0] for name in names})

"""Names of inputs to sources: files and folders as ever, URIs through their drivers.

Only a name that a person gave is ever taken for a URI, nothing that was read. An edge module.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from diagnose.errors import InputError
from diagnose.inputs.sources import open_inputs, open_object

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import BinaryIO

    from diagnose.inputs.sources import Progress, Source


def is_uri(name: str) -> bool:
    """Whether a name that a person gave is no file but a URI."""
    start, found, _ = name.partition("://")
    return bool(found) and start.isascii() and start.replace("+", "").isalnum()


def open_named(
    names: Iterable[str], stdin: BinaryIO | None = None, limit: int = 0, *, progress: Progress | None = None
) -> Iterator[Source | InputError]:
    """Every stream of the inputs in order. A URI gives the object, or all below it; what fails is an error in its place."""
    for name in names:
        if is_uri(name):
            yield from _objects(name, limit, progress)
        else:
            yield from open_inputs([name], stdin, limit, progress=progress)


def _objects(uri: str, limit: int, progress: Progress | None) -> Iterator[Source | InputError]:
    from kb.remote.listing import below

    for found in below(uri):
        if isinstance(found, InputError):
            yield found
            continue
        try:
            yield from open_object(found.uri, found.again, found.size, limit, progress=progress, asked=found.uri == uri)
        except InputError as error:
            yield error.said_of(error.where)

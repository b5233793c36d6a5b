"""A base file to the base in a folder: unpacked beside it, opened once to see that it is one, then swapped in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import KbError
from kb.store.open import open_store
from kb.transfer.swap import before, check_target, fresh, put
from kb.transfer.unpack import unpack

if TYPE_CHECKING:
    from pathlib import Path


class Taken(Struct, frozen=True):
    """What came in, the faults of articles that are left out, and whether a base before it is kept."""

    articles: int
    digest: str
    faults: tuple[str, ...]
    kept: bool


def take_in(file: str, target: Path, digest: str = "", *, force: bool = False) -> Taken:
    """The base of `file` in the place of `target`. KbError leaves everything as it was."""
    target = target.absolute()
    check_target(target, force=force)
    with fresh(target) as place:
        manifest = unpack(file, place, digest)
        with open_store([place], None) as store:
            size = store.size
            faults = tuple(
                str(fault).replace(str(place), str(target)) for fault in store.faults() if fault.severity == "error"
            )
        if not size:
            raise KbError(file, "holds no article that can be read", "lint the base where it was made: kb lint")
        put(place, target)
    return Taken(size, manifest.digest, faults, before(target).is_dir())

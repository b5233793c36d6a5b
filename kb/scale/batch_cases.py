"""What is a case of its own: an input that was named, or what a pattern finds below the folders that were.

An edge module: it looks at folders.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.errors import KbError
from kb.remote.opened import is_uri

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


def cases_of(inputs: Sequence[str], split_by: str = "") -> list[str]:
    """The inputs that are cases, each once, in order: with `split_by` (a pattern of paths such as `*` or `2026-*/node*`) what it
    finds below each folder, files and folders alike. KbError where that is nothing."""
    if not split_by:
        return list(dict.fromkeys(inputs))
    found = list(dict.fromkeys(case for name in inputs for case in _below(name, split_by)))
    if not found:
        raise KbError(f"--split-by {split_by}", "finds nothing below the inputs", "write it like '*' or '*/node-*.tgz'")
    return found


def _below(name: str, pattern: str) -> Iterator[str]:
    if is_uri(name):
        from kb.remote.listing import found_by

        yield from found_by(name, pattern)
        return
    if not os.path.isdir(name):
        yield name
        return
    try:
        yield from sorted(map(str, Path(name).glob(pattern)))
    except (ValueError, NotImplementedError) as error:
        what = str(error) or "no pattern of paths"
        raise KbError(f"--split-by {pattern}", what, "write it like '*' or '*/node-*.tgz'") from None

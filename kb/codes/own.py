"""What kb's own codes mean: the table of docs/errors.md as data, read when it is asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diagnose.codes.explain import Explained

_OWN = "KB-E"


@cache
def own_codes() -> dict[str, str]:
    """Meaning by code, in order."""
    lines = (Path(__file__).parent.parent / "data" / "errors.tsv").read_text("utf-8").splitlines()
    return {code: meaning for code, _, meaning in (line.partition("\t") for line in lines)}


def explained(value: str) -> Explained:
    """What `value` may mean: one of kb's own codes, or any other."""
    from diagnose.codes.explain import CodeReading, Explained, explain

    if not value.upper().startswith(_OWN):
        return explain(value)
    known = own_codes()
    if (code := value.upper()) in known:
        where = "messages of kb on standard error"
        return Explained(value, (CodeReading("kb", code, "", known[code], f"kb:{code}", "", "message of kb", where),))
    return Explained(value, (), ("message of kb",), f"there are {', '.join(known)}")

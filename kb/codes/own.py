"""What kb's own codes mean: the table of docs/errors.md as data, read when it is asked for."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def own_codes() -> dict[str, str]:
    """Meaning by code, in order."""
    lines = (Path(__file__).parent.parent / "data" / "errors.tsv").read_text("utf-8").splitlines()
    return {code: meaning for code, _, meaning in (line.partition("\t") for line in lines)}

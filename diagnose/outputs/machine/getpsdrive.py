"""Get-PSDrive: room on the drives of a Windows machine.

Takes the lines of a paste, gives an `Output` per drive of the file system.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import tables
from diagnose.outputs.parsing.paste import paste

PARSER = "get-psdrive"
NEARLY = 0.1  # the share of free room below which a drive is nearly full

_NUMBER = re.compile(r"\d{1,12}[.,]\d\d")  # the cmdlet's format is 0.00


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    for table in tables.tables(page):
        if not {"name", "used (gb)", "free (gb)"} <= set(table.columns):
            continue
        first = table.first
        for row in table.rows:
            used, free = (_number(row.values[f"{kind} (gb)"]) for kind in ("used", "free"))
            drive = row.values["name"]
            if used is not None and free is not None and used + free > 0 and len(drive) == 1 and drive.isalpha():
                fields = {"used_gb": f"{used:g}", "free_gb": f"{free:g}"}
                yield output(
                    PARSER,
                    page.raw,
                    (first, row.last),
                    subject={"path": f"{drive}:\\"},
                    state="full" if free == 0 else "nearly-full" if free < NEARLY * (used + free) else "ok",
                    fields=fields,
                )
                first = row.last + 1


def _number(text: str) -> float | None:
    return float(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None

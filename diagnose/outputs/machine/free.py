"""free: memory of a Linux machine, of procps 3.3.10 and later.

Takes the lines of a paste, gives an `Output` per table. A row whose numbers do not add up was damaged: unclear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import Struct

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import echo, rows
from diagnose.outputs.parsing.paste import Paste, paste, soft
from diagnose.outputs.parsing.with_jc import rows as through_jc

PARSER = "free"
NAMES = ("free",)
NEARLY = 0.1  # the share of memory available below which it is nearly full
DAMAGED = "the numbers of the row do not add up"
HEADER = "               total        used        free      shared  buff/cache   available"

_HEADER = soft("^total used free shared buff/cache available$")
_NUMBER = r"\d+(?:[.,]\d+)?(?:[KMGTP]i?|B|[kmgt])?"
_ROW = re.compile(rf"\s*Mem:((?:\s+{_NUMBER}){{6}})\s*")
_STOP = re.compile(r"total|Mem:")


class _Row(Struct, frozen=True):
    numbers: tuple[str, ...]
    sure: bool = True

    @property
    def key(self) -> tuple[str, ...]:
        return self.numbers


def recognise(lines: Sequence[str]) -> Iterator[Output]:
    page = paste(lines)
    commands = echo.echoes(page, NAMES, _STOP)
    for hit in page.flat.matches(_HEADER):
        header, at = page.flat.line(hit.start()), page.flat.line(hit.end() - 1) + 1
        above = echo.above(page, commands, header)
        row, last = rows.read(page, at, _begins, _parse) if at < len(page) else (None, at)
        if row is not None:
            yield _output(page, (above.first if above else header, last), row)


def _begins(line: str) -> bool:
    return line.lstrip().startswith(("Mem:", "Swap:"))


def _parse(line: str) -> _Row | None:
    found = _ROW.fullmatch(line)
    return _Row(tuple(found[1].replace(",", ".").split())) if found else None


def _output(page: Paste, span: tuple[int, int], row: _Row) -> Output:
    read = through_jc(PARSER, f"{HEADER}\nMem:  {'  '.join(row.numbers)}\n")
    state = _state(read[0]) if read else ""
    fields = {"total": row.numbers[0], "available": row.numbers[-1]}
    return output(PARSER, page.raw, span, subject={"name": "memory"}, state=state, why=DAMAGED, fields=fields)


def _state(row: dict[str, Any]) -> str:
    total, used, free, _, cache, available = (
        float(row.get(key) or 0) for key in ("total", "used", "free", "shared", "buff_cache", "available")
    )
    # procps 4 counts as used what is not available; before, what is neither free nor in caches.
    sums = (used + available, used + free + cache)
    if not total or all(abs(total - made) > 0.03 * total for made in sums) or available > total:
        return ""
    return "full" if available == 0 else "nearly-full" if available < NEARLY * total else "ok"

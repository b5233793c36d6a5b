"""free: memory of a Linux machine, of procps 3.3.10 and later.

Takes the lines of a paste, gives an `Output` per table, also of `free -w` and with a translated header. A row whose
numbers do not add up was damaged: unclear.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from msgspec import Struct

from diagnose.outputs.base import Output, output
from diagnose.outputs.parsing import echo, rows
from diagnose.outputs.parsing.paste import Paste, paste, soft

PARSER = "free"
NAMES = ("free",)
NEARLY = 0.1  # the share of memory available below which it is nearly full
DAMAGED = "the numbers of the row do not add up"

# As procps prints it in English, German, French and Spanish; the last column is what `available` is called.
_HEADER = soft(
    "^(?:total used free shared (?:buff/cache|buffers cache) available"
    "|gesamt benutzt frei gem[a-z]{1,6}. (?:Puffer/Cache|Puffer,? Cache|Puffer Zwischenspeicher) verf.{1,2}gbar"
    "|total utilis.{1,2} libre partag.{1,2} (?:tamp/cache|tampons cache) disponible"
    "|total usado libre compartido (?:b.{1,2}f/cach.{1,2}|b.{1,2}feres cach.{1,2}) disponible)$"
)
_NUMBER = r"\d+(?:[.,]\d+)?(?:[KMGTP]i?|B|[kmgt])?"
_ROW = re.compile(rf"\s*(?:Mem|Speicher|Mem\.|内存)[:：]((?:\s+{_NUMBER}){{6,7}})\s*")
_STOP = re.compile(r"total|gesamt|Mem:|Speicher:")
_SIZE = re.compile(r"([\d.]+)([KMGTPB]?)(i?)B?", re.IGNORECASE)


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
    return line.lstrip().startswith(("Mem:", "Swap:", "Speicher:", "Total:", "Gesamt:", "内存"))


def _parse(line: str) -> _Row | None:
    found = _ROW.fullmatch(line)
    return _Row(tuple(found[1].replace(",", ".").split())) if found else None


def _output(page: Paste, span: tuple[int, int], row: _Row) -> Output:
    fields = {"total": row.numbers[0], "available": row.numbers[-1]}
    sizes = [_bytes(number) for number in row.numbers]
    state = _state(sizes)
    plain = _plain(sizes, "\n".join(page.raw[span[0] : span[1] + 1])) if state else ""
    return output(
        PARSER, page.raw, span, subject={"name": "memory"}, state=state, why=DAMAGED, fields=fields, plain=plain
    )


def _plain(sizes: Sequence[float], text: str) -> str:
    """The share that is available, as the library's command prints it, above the row itself."""
    return f"memory available: {int(sizes[-1] * 100 / sizes[0])} % of {int(sizes[0] / (1 << 20))} MB\n{text}"


def _bytes(number: str) -> float:
    """A size as `free` prints it; without a unit it is in that of its table, which cancels out."""
    found = _SIZE.fullmatch(number)
    if found is None:
        return 0.0
    step = 1024 if found[3] or found[2].islower() else 1000
    return float(found[1]) * float(step) ** " KMGTP".find(
        found[2].upper() if found[2].upper() not in ("", "B") else " "
    )


def _state(sizes: Sequence[float]) -> str:
    total, used, free, available = *sizes[:3], sizes[-1]
    cache = sum(sizes[4:-1])
    # procps 4 counts as used what is not available; before, what is neither free nor in caches.
    sums = (used + available, used + free + cache)
    if not total or all(abs(total - made) > 0.03 * total for made in sums) or available > total:
        return ""
    return "full" if available == 0 else "nearly-full" if available < NEARLY * total else "ok"

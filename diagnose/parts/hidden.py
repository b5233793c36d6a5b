"""A scan without secrets: its texts, windows and quotes, each line as the lines around it tell what it is.

Takes a Scanned record and a Redactor whose names tell no number yet (`apart`), so that the diagnosis numbers them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.scan.excerpts import Edges
from diagnose.scan.hits import LONGEST_HIT
from diagnose.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.redact.redactor import Redactor
    from diagnose.scan.hits import LineHit
    from diagnose.scan.reading import Scanned

BLOCK = 1000  # lines redacted at once


def hidden(item: Scanned, redactor: Redactor) -> Scanned:
    """The same without secrets."""
    scan = item.scan
    lines: dict[int, bytes] = {}
    whole = scan.whole
    if whole is not None:
        text = _lines(whole.split(b"\n"), redactor)
        lines.update(enumerate(text, 1))
        whole = b"\n".join(text)
    excerpts = []
    for excerpt in scan.excerpts:
        known = [lines.get(number, b"") for number in range(excerpt.line, excerpt.line + len(excerpt.lines))]
        text = known if whole is not None else _lines(excerpt.lines, redactor)
        lines.update(enumerate(text, excerpt.line))
        excerpts.append(replace(excerpt, lines=tuple(text)))

    def quoted(hit: LineHit) -> LineHit:
        quote = lines.get(hit.line)
        if quote is None:
            quote = _lines([hit.quote], redactor)[0]
        quote = quote[:LONGEST_HIT]
        return hit if quote == hit.quote else replace(hit, quote=quote, text=fold(quote))

    edges = Edges(*(tuple(_lines(side, redactor)) for side in (scan.edges.opening, scan.edges.closing)))
    fresh = replace(
        scan,
        whole=whole,
        excerpts=tuple(excerpts),
        hits=tuple(map(quoted, scan.hits)),
        last={number: quoted(hit) for number, hit in scan.last.items()},
        edges=edges,
    )
    return replace(item, scan=fresh, notes=tuple(map(redactor.redact, item.notes)))


def _lines(lines: Sequence[bytes], redactor: Redactor) -> list[bytes]:
    made: list[bytes] = []
    for start in range(0, len(lines), BLOCK):
        block = lines[start : start + BLOCK]
        text = b"\n".join(block).decode("utf-8", "surrogateescape")
        hid = redactor.redact(text)
        if hid == text:
            made += block
            continue
        cut = hid.encode("utf-8", "surrogateescape").split(b"\n")
        each = (redactor.redact(line.decode("utf-8", "surrogateescape")) for line in block)
        made += cut if len(cut) == len(block) else [line.encode("utf-8", "surrogateescape") for line in each]
    return made

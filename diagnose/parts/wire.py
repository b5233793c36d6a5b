"""Parts as bytes and back: msgpack, compressed, with a digest, bound to the version of kb and to the articles.

Patterns stand in it by what they look for, since their numbers are those of one machine's index. Whoever made the bytes is not
trusted: what does not fit together is refused, whole.
"""

from __future__ import annotations

import hashlib
import zlib
from typing import TYPE_CHECKING

import msgspec
from msgspec import Struct

from diagnose.errors import DAMAGED, InputError
from diagnose.scan.excerpts import AROUND, LONGEST, MOST_HIT, MOST_SALIENT, WHOLE, Edges, Excerpt
from diagnose.scan.hits import KEPT_PER_PATTERN, LONGEST_HIT, SALIENT, LineHit, PartScan
from diagnose.scan.reading import Scanned
from diagnose.text.fold import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from diagnose.knowledge import Knowledge
    from diagnose.scan.reading import Item

MAGIC = b"kb part 1\n"
_DIGEST = 16
MOST = 128 << 20  # bytes of a part once unpacked
_FAR = 1 << 62
_DAMAGED = "a part that is damaged"
_AGAIN = "scan the inputs again"


class _Hit(Struct, array_like=True):
    pattern: int
    line: int
    quote: bytes


class _Window(Struct, array_like=True):
    line: int
    lines: tuple[bytes, ...]
    hit: bool
    at: int
    missing: int


class _Scan(Struct, array_like=True):
    size: int
    lines: int
    open_end: bool
    hits: list[_Hit]
    last: list[_Hit]
    counts: list[tuple[int, int]]
    whole: bytes | None
    windows: list[_Window]
    opening: tuple[bytes, ...]
    closing: tuple[bytes, ...]
    cut: int
    left_out: int
    parts: list[tuple[int, int, list[tuple[int, int]]]]


class _Trouble(Struct, array_like=True):
    where: str
    what: str
    way_out: str
    bytes_read: int
    code: str


class _Item(Struct, array_like=True):
    """`scan` is None for an input of which nothing could be read: then there is a trouble."""

    name: str
    kind: str
    encoding: str
    blank: bool
    notes: tuple[str, ...]
    trouble: _Trouble | None
    piece: tuple[int, int] | None
    of: int
    scan: _Scan | None


class _File(Struct, array_like=True):
    """`patterns` are (regex, caseless, literal); a pattern is told by its place in them, from 1. 0 is a salient line."""

    kb: str
    base: str
    patterns: list[tuple[str, bool, str]]
    items: list[_Item]


# --- to bytes ------------------------------------------------------------------------------------------------------


def packed(items: Sequence[Item], base: Knowledge) -> bytes:
    """The bytes of a part. InputError where it would grow beyond what is read again."""
    numbers = sorted({n for item in items if isinstance(item, Scanned) for n in item.scan.counts if n != SALIENT})
    known = base.known(numbers)
    places = {SALIENT: 0, **{number: place for place, number in enumerate(numbers, 1)}}
    patterns = [(known[n].regex, known[n].caseless, known[n].literal) for n in numbers]
    file = _File(base.version, base.documents_digest, patterns, [_item(item, places) for item in items])
    data = msgspec.msgpack.encode(file)
    if len(data) > MOST:
        raise InputError("--to", f"the part grows beyond {MOST >> 20} MiB", "make several parts of fewer inputs each")
    body = zlib.compress(data)
    return MAGIC + _digest(body) + body


def fingerprint(items: Iterable[Item]) -> bytes:
    """What tells two inputs of one name apart."""
    return _digest(msgspec.msgpack.encode([_item(item, {}) for item in items]))


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=_DIGEST).digest()


def _item(item: Item, places: Mapping[int, int]) -> _Item:
    if isinstance(item, InputError):
        return _Item(item.where, "", "", False, (), _trouble(item), None, 0, None)
    trouble = _trouble(item.trouble) if item.trouble else None
    scan = _scan(item.scan, places)
    return _Item(item.name, item.kind, item.encoding, item.blank, item.notes, trouble, item.piece, item.of, scan)


def _trouble(error: InputError) -> _Trouble:
    return _Trouble(error.where, error.what, error.way_out, error.bytes_read, error.code)


def _scan(scan: PartScan, places: Mapping[int, int]) -> _Scan:
    def hit(one: LineHit) -> _Hit:
        return _Hit(places.get(one.number, 0), one.line, one.quote)

    def counted(counts: Mapping[int, int]) -> list[tuple[int, int]]:
        return [(places.get(number, 0), count) for number, count in counts.items()]

    return _Scan(
        size=scan.size,
        lines=scan.lines,
        open_end=scan.open_end,
        hits=[hit(one) for one in scan.hits],
        last=[hit(one) for one in scan.last.values()],
        counts=counted(scan.counts),
        whole=scan.whole,
        windows=[_Window(e.line, e.lines, e.hit, e.at, e.missing) for e in scan.excerpts],
        opening=scan.edges.opening,
        closing=scan.edges.closing,
        cut=scan.cut_lines,
        left_out=scan.left_out,
        parts=[(first, last, counted(counts)) for first, last, counts in scan.pieces],
    )


# --- from bytes ----------------------------------------------------------------------------------------------------


def unpacked(data: bytes, name: str, base: Knowledge) -> list[Item]:
    """The inputs of the part `data`. InputError where it is damaged, of another version of kb or of other articles."""
    file = _decoded(data, name)
    if file.kb != base.version:
        what = f"a part that kb {file.kb[:20]} made; this is {base.version}"
        raise InputError(name, what, "use one version of kb everywhere, and scan again", code=DAMAGED)
    if file.base != base.documents_digest:
        what = f"a part made with other articles ({file.base[:12]}, not {base.documents_digest[:12]})"
        raise InputError(name, what, "name the same base with --kb, or scan again", code=DAMAGED)
    numbers = base.numbers(file.patterns)
    if not all(pattern in numbers for pattern in file.patterns):
        raise InputError(name, _DAMAGED, _AGAIN, code=DAMAGED)
    order = [SALIENT, *(numbers[pattern] for pattern in file.patterns)]
    try:
        return [_read(item, order) for item in file.items]
    except (_NotOursError, IndexError, KeyError):
        raise InputError(name, _DAMAGED, _AGAIN, code=DAMAGED) from None


class _NotOursError(Exception):
    """What stands in a part does not fit together."""


def _decoded(data: bytes, name: str) -> _File:
    head = len(MAGIC) + _DIGEST
    body = data[head:]
    if not data.startswith(MAGIC) or _digest(body) != data[len(MAGIC) : head]:
        raise InputError(name, _DAMAGED, _AGAIN, code=DAMAGED)
    try:
        inflating = zlib.decompressobj()
        plain = inflating.decompress(body, MOST)
        if not inflating.eof:
            raise InputError(name, f"a part of more than {MOST >> 20} MiB", "make several parts", code=DAMAGED)
        return msgspec.msgpack.decode(plain, type=_File)
    except (zlib.error, msgspec.DecodeError, RecursionError, UnicodeDecodeError):
        raise InputError(name, _DAMAGED, _AGAIN, code=DAMAGED) from None


def _read(item: _Item, order: Sequence[int]) -> Item:
    trouble = _error(item.trouble) if item.trouble else None
    if item.scan is None:
        if trouble is None:
            raise _NotOursError
        return trouble
    _check(item)
    _check_scan(item.scan, len(order))
    return Scanned(
        name=item.name,
        scan=_part_scan(item.scan, order),
        kind=item.kind,
        encoding=item.encoding,
        blank=item.blank,
        notes=item.notes,
        trouble=trouble,
        piece=item.piece,
        of=item.of,
    )


def _error(trouble: _Trouble) -> InputError:
    return InputError(
        trouble.where, trouble.what, trouble.way_out, bytes_read=trouble.bytes_read, code=trouble.code[:20]
    )


def _check(item: _Item) -> None:
    start, stop = item.piece or (0, item.of)
    if not 0 <= start <= stop <= item.of < _FAR:
        raise _NotOursError


def _check_scan(scan: _Scan, patterns: int) -> None:
    """Raise unless everything stands where the later stages look for it."""
    counted = [place for place, _ in scan.counts]
    shown = [hit.pattern for hit in scan.hits]
    places = {*counted, *shown, *(hit.pattern for hit in scan.last), *(p for part in scan.parts for p, _ in part[2])}
    fits = (
        all(0 <= value < _FAR for value in (scan.size, scan.lines, scan.cut, scan.left_out))
        and all(0 <= place < patterns for place in places)
        and len(set(counted)) == len(counted)
        and all(0 < count <= scan.lines for _, count in scan.counts)
        and {place for place in counted if place} == {hit.pattern for hit in scan.last}
        and set(shown) <= set(counted)
        and len(shown) <= KEPT_PER_PATTERN * patterns
        and all(0 < hit.line <= scan.lines and hit.pattern for hit in (*scan.hits, *scan.last))
        and (scan.whole is None or len(scan.whole) <= WHOLE)
        and len(scan.windows) <= MOST_HIT + MOST_SALIENT
        and all(_stands(window) for window in scan.windows)
        and max(len(scan.opening), len(scan.closing)) <= AROUND
        and all(0 < first <= last + 1 and last <= scan.lines for first, last, _ in scan.parts)
    )
    if not fits:
        raise _NotOursError


def _stands(window: _Window) -> bool:
    return (
        0 < window.line < _FAR and 0 <= window.at < len(window.lines) <= 2 * LONGEST and 0 <= window.missing <= LONGEST
    )


def _part_scan(scan: _Scan, order: Sequence[int]) -> PartScan:
    def hit(one: _Hit) -> LineHit:
        return LineHit(order[one.pattern], one.line, fold(one.quote)[:LONGEST_HIT], one.quote)

    def counted(counts: Iterable[tuple[int, int]]) -> dict[int, int]:
        return {order[place]: count for place, count in counts}

    return PartScan(
        size=scan.size,
        lines=scan.lines,
        open_end=scan.open_end,
        hits=tuple(hit(one) for one in scan.hits),
        last={order[one.pattern]: hit(one) for one in scan.last},
        counts=counted(scan.counts),
        whole=scan.whole,
        excerpts=tuple(Excerpt(w.line, w.lines, w.hit, w.at, w.missing) for w in scan.windows),
        edges=Edges(scan.opening, scan.closing),
        cut_lines=scan.cut,
        left_out=scan.left_out,
        parts=tuple((first, last, counted(counts)) for first, last, counts in scan.parts),
    )

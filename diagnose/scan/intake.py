"""Sources to what they showed: the first step of a diagnosis, and the only one that sees all bytes.

Cuts sources into parts (see parts), has them scanned by several threads and puts the results together in order, so that
the answer does not depend on how many threads there were. What could not be read is named; the rest counts.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.errors import STOPPED, InputError
from diagnose.inputs.kinds import HEAD
from diagnose.scan.merging import Merged
from diagnose.scan.parts import ChangedEncodingError, piece_of, ranges, runs
from diagnose.scan.reading import Read, Scanned, read_of
from diagnose.scan.workers import Ticket, Workers
from diagnose.text.binary import kind, not_a_log, text_lines, without_noise
from diagnose.text.decode import looks_binary, sniff
from diagnose.timestamps.of_hits import When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diagnose.inputs.sources import Source
    from diagnose.scan.hits import PartScan
    from diagnose.scan.parts import Part
    from diagnose.scan.patterns import Matcher
    from diagnose.timestamps.period import Period

# A plain file from this size on is read by the threads themselves, in ranges.
RANGED = 4 << 20
SMALL = 1 << 17
BLANKS = b" \t\r\n\f\v\0"  # with the zero bytes of UTF-16 between them


class Setup(Struct, frozen=True):
    """How to read: the encoding that a person named, threads (0: as many as is usual), the span of time wanted.

    `when` is what is known of times that a text does not tell; `progress` gets the number of bytes just read. `piece` (K, N)
    asks for the K-th of N pieces of a file, from 1.
    """

    encoding: str = ""
    threads: int = 0
    span: Period | None = None
    when: When = When()
    progress: Callable[[int], object] | None = None
    piece: tuple[int, int] = (1, 1)


def read_all(sources: Iterable[Source | Scanned | InputError], matcher: Matcher, setup: Setup | None = None) -> Read:
    """Scan every source. One that ends early counts with what was read of it, and so does a reading stopped by Ctrl-C."""
    items, stopped = scan_all(sources, matcher, setup)
    return read_of(items, stopped=stopped)


def scan_all(
    sources: Iterable[Source | Scanned | InputError], matcher: Matcher, setup: Setup | None = None
) -> tuple[list[Scanned | InputError], bool]:
    """What every source showed, in order, and whether Ctrl-C stopped the reading. What was scanned before stays as it is."""
    intake = _Intake(matcher, setup or Setup())
    try:
        for source in sources:
            intake.take(source)
        intake.settle(0)
    except KeyboardInterrupt:
        intake.stop()
    return intake.items(), intake.stopped


class _Opened:
    """A source on its way: its parts so far, and what went wrong. Lives inside `_Intake` only."""

    def __init__(self, source: Source, used: str, *, mixed: bool) -> None:
        self.source = source
        self.used = used
        self.mixed = mixed
        self.merged = Merged()
        self.notes: list[str] = []
        self.piece: tuple[int, int] | None = None
        self.trouble: InputError | None = None
        self.changed = False
        self.handed_out = False
        self.open_parts = 0

    def chunks(self, mark: int) -> Iterator[bytes]:
        """The bytes of the stream behind its mark, up to where it ends early."""
        chunks = without_noise(self.source.chunks, self.source.name) if self.mixed else self.source.chunks
        for chunk in self._until_trouble(chunks):
            yield chunk[mark:] if mark else chunk
            mark = max(0, mark - len(chunk))

    def text(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        """The lines of text in binary data that nobody asked for."""
        return self._until_trouble(text_lines(chunks, self.source.name))

    def _until_trouble(self, chunks: Iterable[bytes]) -> Iterator[bytes]:
        try:
            yield from chunks
        except InputError as error:
            # Without the frames that hold the file open, and under the name that may be shown.
            self.trouble = self.trouble or error.said_of(self.source.name)

    @property
    def done(self) -> bool:
        return self.handed_out and not self.open_parts

    def scanned(self) -> Scanned:
        source = self.source
        return Scanned(
            name=source.name,
            scan=self.merged.part(),
            kind=source.kind,
            encoding=self.used,
            blank=_is_blank(source.head),
            notes=tuple(self.notes),
            trouble=self.trouble,
            piece=self.piece,
            of=source.size if self.piece else 0,
        )


class _Intake:
    """The state of one reading. Lives inside `read_all` only."""

    def __init__(self, matcher: Matcher, setup: Setup) -> None:
        from diagnose.scan.workers import usual

        self.setup = setup
        self.workers = Workers(setup.threads or usual())
        self.matcher = matcher
        # Several threads get copies: the caller goes on with the matcher itself while one of them may still run.
        self.free = [matcher] if self.workers.count == 1 else []
        self.pending: deque[tuple[_Opened, Ticket[PartScan]]] = deque()
        self.all: list[_Opened | Scanned | InputError] = []
        self.stopped = False

    def take(self, source: Source | Scanned | InputError) -> None:
        if isinstance(source, (InputError, Scanned)):
            self.all.append(source)
            return
        setup = self.setup
        binary = looks_binary(source.head) and not setup.encoding
        if binary and not source.asked and (what := kind(source.head)):
            self.all.append(not_a_log(source.name, what))
            return
        known = source.encoding or setup.encoding
        used, mark = (known, 0) if known else sniff(source.head)
        opened = _Opened(source, used, mixed=binary and not source.asked)
        self.all.append(opened)
        if binary and source.asked:
            opened.notes.append(f"{source.name}: looks like binary data; matched as it stands")
        self._note_clock(opened)
        self._hand_out(opened, mark)

    def _note_clock(self, opened: _Opened) -> None:
        if self.setup.span is None:
            return
        from diagnose.timestamps.period import has_times

        source, used = opened.source, opened.used
        head = source.head if used.startswith("utf-8") else source.head.replace(b"\0", b"")
        if not has_times(head, self.setup.span.now):
            opened.notes.append(f"{source.name}: its first lines have no times; lines before the first one were kept")

    def _hand_out(self, opened: _Opened, mark: int) -> None:
        source, setup = opened.source, self.setup
        if source.again and source.size >= RANGED and opened.used == "utf-8" and not (mark or opened.mixed):
            start, stop = piece_of(source.size, *setup.piece)
            opened.piece = (start, stop) if stop - start < source.size else None
            parts = ranges(source.again, start, stop, source.size, setup.span, setup.progress)
        elif setup.piece[0] < setup.piece[1]:  # what cannot be cut is in the last piece, whole
            opened.piece = (0, 0)
            parts = iter(())
        else:
            parts = runs(opened.chunks(mark), opened.used, setup.span, opened.text if opened.mixed else None)
        for part in parts:
            if opened.changed:
                break
            opened.open_parts += 1
            self.pending.append((opened, self._submit(part)))
            self.settle(self.workers.ahead)
        opened.handed_out = True
        self._finish(opened)

    def _submit(self, part: Part) -> Ticket[PartScan]:
        """A paste is scanned here and now: that takes less than to begin a thread."""
        if part.size > SMALL:
            return self.workers.submit(self._scan, part)
        ticket: Ticket[PartScan] = Ticket()
        ticket.run(part.scan, (self.matcher,))
        return ticket

    def _scan(self, part: Part) -> PartScan:
        """Scan a part with a matcher that no other thread uses; runs in any thread."""
        try:
            matcher = self.free.pop()
        except IndexError:
            matcher = self.matcher.clone()
        try:
            return part.scan(matcher)
        finally:
            self.free.append(matcher)

    def settle(self, ahead: int) -> None:
        """Put results together, in order, until at most `ahead` are open."""
        while len(self.pending) > ahead:
            opened, ticket = self.pending[0]
            try:
                self._merge(opened, ticket.result())
            except ChangedEncodingError:
                opened.changed = True
            self.pending.popleft()
            opened.open_parts -= 1
            self._finish(opened)

    def _merge(self, opened: _Opened, part: PartScan) -> None:
        if opened.changed:
            return
        opened.merged.add(part)
        if part.trouble and not opened.trouble:
            opened.trouble = InputError(
                opened.source.name, part.trouble.what, part.trouble.way_out, bytes_read=opened.merged.size
            )

    def _finish(self, opened: _Opened) -> None:
        """Read a file again as a stream where a range of it turned out to be in another encoding."""
        if opened.changed and opened.done:
            opened.merged, opened.changed = Merged(), False
            if opened.piece:
                what = "holds NUL bytes, so where its encoding changes can only be told from its beginning"
                opened.trouble = InputError(opened.source.name, what, "scan it whole, without --piece")
                return
            for part in runs(opened.chunks(0), opened.used, self.setup.span):
                opened.merged.add(self._scan(part))

    def stop(self) -> None:
        """Keep what is done by now, in order; a part behind one that is still running is lost."""
        self.stopped = True
        self.workers.drop()
        while self.pending and self.pending[0][1].done():
            self.settle(len(self.pending) - 1)
        for source in self.all:
            if isinstance(source, _Opened) and not source.done and not source.trouble:
                what = "stopped by Ctrl-C; what was read before it was used"
                source.trouble = InputError(
                    source.source.name, what, "run it again", bytes_read=source.merged.size, code=STOPPED
                )

    def items(self) -> list[Scanned | InputError]:
        return [item if isinstance(item, (InputError, Scanned)) else item.scanned() for item in self.all]


def _is_blank(head: bytes) -> bool:
    """Whether a source that its beginning holds whole has nothing but white space."""
    return len(head) < HEAD and not head[sniff(head)[1] :].translate(None, BLANKS)

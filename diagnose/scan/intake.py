"""Sources to what they showed: the first step of a diagnosis, and the only one that sees all bytes.

Cuts sources into parts (see parts), has them scanned by several threads and puts the results together in order, so that
the answer does not depend on how many threads there were. What could not be read is named; the rest counts.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from msgspec import Struct

from diagnose.diagnosis import InputRead, Skipped
from diagnose.errors import LEFT_OUT, STOPPED, InputError
from diagnose.inputs.kinds import HEAD
from diagnose.scan.excerpts import WHOLE
from diagnose.scan.hits import Merged
from diagnose.scan.parts import ChangedEncodingError, ranges, runs
from diagnose.scan.workers import Ticket, Workers
from diagnose.text.binary import kind, not_a_log, text_lines, without_noise
from diagnose.text.decode import looks_binary, sniff
from diagnose.timestamps.of_hits import When

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diagnose.inputs.sources import Source
    from diagnose.scan.hits import PartScan, SourceScan
    from diagnose.scan.parts import Part
    from diagnose.scan.patterns import Matcher
    from diagnose.timestamps.period import Period

# A plain file from this size on is read by the threads themselves, in ranges.
RANGED = 4 << 20
SMALL = 1 << 17
# Text that is looked at closely in one case: small inputs whole, as long as they stay within MOST_WHOLE bytes together,
# then the lines around hits, up to MOST_LINES.
MOST_WHOLE = 2 * WHOLE
MOST_LINES = 12_000
BLANKS = b" \t\r\n\f\v\0"  # with the zero bytes of UTF-16 between them


class Setup(Struct, frozen=True):
    """How to read: the encoding that a person named, threads (0: as many as is usual), the span of time wanted.

    `when` is what is known of times that a text does not tell; `progress` gets the number of bytes just read.
    """

    encoding: str = ""
    threads: int = 0
    span: Period | None = None
    when: When = When()
    progress: Callable[[int], object] | None = None


class Read(Struct, frozen=True):
    """The inputs as they were scanned, and what was not. `stopped` where a person stopped the reading."""

    scans: tuple[SourceScan, ...]
    inputs: tuple[InputRead, ...]
    skipped: tuple[Skipped, ...]
    warnings: tuple[str, ...]
    stopped: bool = False


def read_all(sources: Iterable[Source | InputError], matcher: Matcher, setup: Setup | None = None) -> Read:
    """Scan every source. One that ends early counts with what was read of it, and so does a reading stopped by Ctrl-C."""
    intake = _Intake(matcher, setup or Setup())
    try:
        for source in sources:
            intake.take(source)
        intake.settle(0)
    except KeyboardInterrupt:
        intake.stop()
    return intake.read()


class _Opened:
    """A source on its way: its parts so far, and what went wrong. Lives inside `_Intake` only."""

    def __init__(self, source: Source, used: str, *, mixed: bool) -> None:
        self.source = source
        self.used = used
        self.mixed = mixed
        self.merged = Merged(source.name)
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
            self.trouble = self.trouble or error.said_of(error.where)  # without the frames that hold the file open

    @property
    def done(self) -> bool:
        return self.handed_out and not self.open_parts


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
        self.all: list[_Opened | InputError] = []
        self.warnings: list[str] = []
        self.stopped = False

    def take(self, source: Source | InputError) -> None:
        if isinstance(source, InputError):
            self.all.append(source)
            return
        setup = self.setup
        binary = looks_binary(source.head) and not setup.encoding
        if binary and not source.asked and (what := kind(source.head)):
            self.all.append(not_a_log(source.name, what))
            return
        if binary and source.asked:
            self.warnings.append(f"{source.name}: looks like binary data; matched as it stands")
        known = source.encoding or setup.encoding
        used, mark = (known, 0) if known else sniff(source.head)
        opened = _Opened(source, used, mixed=binary and not source.asked)
        self.all.append(opened)
        self._note_clock(source, used)
        self._hand_out(opened, mark)

    def _note_clock(self, source: Source, used: str) -> None:
        if self.setup.span is None:
            return
        from diagnose.timestamps.period import has_times

        head = source.head if used.startswith("utf-8") else source.head.replace(b"\0", b"")
        if not has_times(head, self.setup.span.now):
            self.warnings.append(f"{source.name}: its first lines have no times; lines before the first one were kept")

    def _hand_out(self, opened: _Opened, mark: int) -> None:
        source, setup = opened.source, self.setup
        if source.path and source.size >= RANGED and opened.used == "utf-8" and not (mark or opened.mixed):
            parts = ranges(source.path, source.size, setup.span, setup.progress)
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
            opened.merged, opened.changed = Merged(opened.source.name), False
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

    def read(self) -> Read:
        inputs: list[InputRead] = []
        skipped: list[Skipped] = []
        scans: list[SourceScan] = []
        whole, lines = MOST_WHOLE, MOST_LINES
        for item in self.all:
            if isinstance(item, InputError):
                skipped.append(_skipped(item))
                if item.code != LEFT_OUT:
                    inputs.append(InputRead(name=item.where, bytes=0, lines=0, error=_error(item)))
            else:
                scan = item.merged.result(whole, lines)
                whole -= scan.size if scan.whole else 0
                lines -= 0 if scan.whole else sum(len(excerpt.lines) for excerpt in scan.excerpts)
                scans.append(scan)
                inputs.append(_input(item, scan))
                if item.trouble:
                    skipped.append(_skipped(item.trouble))
                if scan.cut_lines:
                    self.warnings.append(f"{scan.name}: lines longer than 1 MiB were matched in pieces")
        return Read(tuple(scans), tuple(inputs), tuple(skipped), tuple(self.warnings), self.stopped)


def _input(opened: _Opened, scan: SourceScan) -> InputRead:
    return InputRead(
        name=scan.name,
        bytes=scan.size,
        lines=scan.lines,
        error=_error(opened.trouble) if opened.trouble else None,
        encoding=opened.used,
        kind=opened.source.kind,
        left_out=scan.left_out,
        blank=_is_blank(opened.source.head),
    )


def _is_blank(head: bytes) -> bool:
    """Whether a source that its beginning holds whole has nothing but white space."""
    return len(head) < HEAD and not head[sniff(head)[1] :].translate(None, BLANKS)


def _error(error: InputError) -> str:
    return f"{error.what}; {error.way_out}" if error.way_out else error.what


def _skipped(error: InputError) -> Skipped:
    return Skipped(path=error.where, reason=error.what, bytes_read=error.bytes_read, code=error.code)

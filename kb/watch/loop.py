"""The loop: look what came, scan it, diagnose what is remembered where a pattern was in it, tell what is new.

An edge module: it runs the command that the user named for events. Diagnoses take at most a twentieth of the time.
"""

from __future__ import annotations

import subprocess
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from msgspec.structs import replace

from diagnose.pipeline import diagnosis_of, gathered_of
from diagnose.timestamps.of_hits import When
from kb.ask import redactor_for
from kb.redaction import as_it_stands, redacted
from kb.watch.events import Told, line_of
from kb.watch.memory import Source, read_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from diagnose.diagnosis import Diagnosis
    from diagnose.knowledge import Knowledge
    from diagnose.options import Options
    from kb.watch.events import Event

NAP = 0.1
PAUSE = 1.0  # seconds between two diagnoses, and at least SHARE times what the last one took
SHARE = 20
HANDLER_SECONDS = 60


class Feed(Protocol):
    """What brings bytes: files that are followed, or a pipe."""

    def read(self) -> list[tuple[str, bytes]]: ...
    @property
    def ended(self) -> bool: ...
    def close(self) -> None: ...


class Watch:
    """One run. `events` goes on until every feed has ended, which files never do."""

    def __init__(self, feeds: Sequence[Feed], base: Knowledge, options: Options, quiet: float, *, raw: bool) -> None:
        self._feeds = feeds
        self._base = base
        self._options = options
        self._raw = raw
        self._quiet = quiet
        self._redactor = redactor_for(options.personal)
        self._told = Told(quiet)
        self._sources: dict[str, Source] = {}
        self._due = False
        self._next = 0.0

    @property
    def lines(self) -> int:
        """How many whole lines came so far."""
        return sum(source.lines for source in self._sources.values())

    def events(self) -> Iterator[Event]:
        while True:
            came = self._look()
            now = time.monotonic()
            ended = all(feed.ended for feed in self._feeds)
            if self._due and (now >= self._next or ended):
                yield from self._diagnosed()
            if ended:
                return
            if not came:
                time.sleep(NAP)

    def _look(self) -> bool:
        matcher, came = self._base.lines, False
        for feed in self._feeds:
            now = time.monotonic()
            fresh: set[str] = set()
            for name, data in feed.read():
                source = self._sources.get(name)
                if source is None:
                    shown = name if self._raw else self._redactor.redact_name(name)
                    source = self._sources[name] = Source(shown, self._quiet, now)
                self._due |= source.add(data, matcher, now)
                fresh.add(name)
                came = True
            for name, source in self._sources.items():
                if name not in fresh:
                    self._due |= source.end(matcher) if feed.ended else source.wait(matcher, now)
        return came

    def _diagnosed(self) -> Iterator[Event]:
        start = time.monotonic()
        setup = replace(self._options.setup, when=When(time.time(), self._options.setup.when.zone))
        gathered = gathered_of(read_of(self._sources.values()), self._base, setup)
        found: Diagnosis = diagnosis_of(gathered, self._base, replace(self._options, setup=setup))
        shown = as_it_stands(found) if self._raw else redacted(found, gathered.passages, self._redactor)
        before = {source.name: source.before for source in self._sources.values()}
        clock = datetime.now(UTC).isoformat(timespec="seconds")
        events = list(self._told.events(shown, before, start, clock))
        self._due = False
        now = time.monotonic()
        self._next = now + max(PAUSE, SHARE * (now - start))
        yield from events


def handed_to(command: Sequence[str], tell: Callable[[str], object]) -> Callable[[Event], None]:
    """Runs the user's `command` for each event, with the event as a line of JSON on its standard input."""

    def hand(event: Event) -> None:
        try:
            done = subprocess.run(
                command,
                input=line_of(event).encode() + b"\n",
                timeout=HANDLER_SECONDS,
                check=False,
                stdout=subprocess.DEVNULL,
            )
        except subprocess.TimeoutExpired:
            tell(f"--exec {command[0]}: ended after {HANDLER_SECONDS} s without an answer")
        except OSError as error:
            tell(f"--exec {command[0]}: did not start: {error.strerror}")
        else:
            if done.returncode:
                tell(f"--exec {command[0]}: ended with status {done.returncode}")

    return hand

"""The span of time that a call asks for, and what its inputs cover: an edge module, it looks at the ends of files.

A bare time of day means the last such time of the inputs, whose ends are looked at for it.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from diagnose.errors import InputError, KbError
from diagnose.text.late import late
from kb.cli.output import tell

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from diagnose.diagnosis import Diagnosis
    from diagnose.inputs.sources import Source
    from diagnose.timestamps.of_hits import When
    from diagnose.timestamps.period import Period
    from kb.cli.given import Call

AROUND = 600.0  # seconds on either side of --around
ENDS = 1 << 16  # bytes looked at for a time, at either end of an input
_TIME_OF_DAY = late(r"\s*\d{1,2}:\d\d(?::\d\d(?:[.,]\d{1,9})?)?\s*")


def period_of(call: Call, when: When) -> Period | None:
    """The span asked for; `--around` is ten minutes before and after."""
    from diagnose.timestamps.period import Period

    wanted = {name: text for name in ("since", "until", "around") if (text := getattr(call, name))}
    if not wanted:
        return None
    at = _moments(wanted, call, when)
    if "around" in at:
        at = {"since": at["around"] - AROUND, "until": at["around"] + AROUND} | at
    since, until = at.get("since"), at.get("until")
    if since is not None and until is not None and since > until:
        raise KbError("--since", "is later than --until", "give the earlier time with --since")
    return Period(since, until, when.now, when.zone)


def _moments(wanted: dict[str, str], call: Call, when: When) -> dict[str, float]:
    from diagnose.timestamps.typed import parse_time

    at = {name: parse_time(text, when.now, when.zone) for name, text in wanted.items()}
    bare = [name for name, text in wanted.items() if _TIME_OF_DAY.fullmatch(text)]
    if bare and (covered := covered_by(call, when)):
        for name in bare:
            at[name] = _last_such(wanted[name], covered[1] + (AROUND if name == "around" else 0), when)
    return at


def _last_such(text: str, end: float, when: When) -> float:
    """The last moment up to `end` at this time of day."""
    from diagnose.timestamps.typed import parse_time

    found = parse_time(text, end, when.zone)
    return found if found <= end else parse_time(f"yesterday {text.strip()}", end, when.zone)


def tell_empty_range(call: Call, diagnosis: Diagnosis, when: When) -> None:
    """Says so where no line of the inputs is in the span that was asked for, and what they cover."""
    if not (call.since or call.until or call.around):
        return
    lines = sum(item.lines for item in diagnosis.inputs)
    if not lines or sum(item.left_out for item in diagnosis.inputs) < lines:
        return
    covered = covered_by(call, when)
    zone = when.zone or UTC
    said = [datetime.fromtimestamp(time, zone).strftime("%Y-%m-%d %H:%M:%S") for time in covered or ()]
    covers = f"; the log covers {said[0]} to {said[1]}{'' if when.zone else ' UTC'}" if said else ""
    tell(f"0 of {lines:,} lines are in that range{covers}")


def covered_by(call: Call, when: When) -> tuple[float, float] | None:
    """The first and the last time of the inputs; None where they have none, or cannot be read twice."""
    from diagnose.timestamps.clock import Clock

    times: list[float] = []
    for head, tail in _ends(call):
        clock = Clock(when.now, when.zone)
        times += [time for line in head.split(b"\n") if (time := clock.time(line)) is not None][:1]
        times += [time for line in tail.split(b"\n") if (time := clock.time(line)) is not None][-1:]
    return (min(times), max(times)) if times else None


def _ends(call: Call) -> Iterator[tuple[bytes, bytes]]:
    """The beginning and the end of every input, as UTF-8."""
    from diagnose.text.decode import sniff, to_utf8

    for source in _sources(call):
        if isinstance(source, InputError):
            continue
        try:
            head, tail = _both_ends(source)
        except (InputError, OSError):
            continue
        encoding, mark = (source.encoding, 0) if source.encoding else sniff(head)
        yield b"".join(to_utf8([head[mark:]], encoding)), b"".join(to_utf8([tail], encoding))


def _both_ends(source: Source) -> tuple[bytes, bytes]:
    """The first and the last bytes: of a plain file by its ends, else by reading it all."""
    if source.again and source.size > 2 * ENDS:
        with source.again() as file:
            head = file.read(ENDS)
            file.seek((source.size - ENDS) // 4 * 4)  # no character of UTF-16 or UTF-32 is cut
            return head, file.read()
    head = tail = b""
    for chunk in source.chunks:
        head = head if len(head) >= ENDS else head + chunk
        tail = (tail + chunk)[-ENDS:]
    return head[:ENDS], tail


def _sources(call: Call) -> Iterable[Source | InputError]:
    """The inputs, read for the first of two times: standard input only where it is a file."""
    import io

    from diagnose.inputs.sources import STDIN, open_inputs
    from kb.remote.opened import open_named

    for text in call.texts:
        yield from open_inputs([STDIN], io.BytesIO(text.encode("utf-8", "surrogateescape")))
    yield from open_named([name for name in call.inputs if name != STDIN])
    if (STDIN in call.inputs or not (call.inputs or call.texts)) and sys.stdin is not None and sys.stdin.seekable():
        place = sys.stdin.buffer.tell()
        sys.stdin.buffer.seek(0)
        yield from open_inputs([STDIN], sys.stdin.buffer)
        sys.stdin.buffer.seek(place)

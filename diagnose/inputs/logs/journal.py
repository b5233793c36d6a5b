"""The systemd journal as `journalctl -o export` and `-o json` write it, a line an entry: `TIME LEVEL HOST NAME[PID]: MESSAGE`.

Both forms come from one function, so that they read alike. Fields that say nothing about what happened (ids, cursors,
cgroups) are left out; fields that a program added itself follow the message as JSON.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import msgspec

from diagnose.errors import DAMAGED, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from diagnose.inputs.feed import Feed
    from diagnose.inputs.stream import Stream

LEVELS = ("EMERG", "ALERT", "CRIT", "ERROR", "WARNING", "NOTICE", "INFO", "DEBUG")
SHOWN = frozenset(
    {"MESSAGE", "PRIORITY", "MESSAGE_ID", "TID", "INVOCATION_ID", "USER_INVOCATION_ID", "UNIT", "USER_UNIT"}
)
QUIET = ("_", "SYSLOG_", "CODE_")
LONGEST_FIELD = 16 << 20
BATCH = 1 << 17
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def render(stream: Stream) -> Iterator[bytes]:
    """The entries of an export; a line of the text is an entry, in their order."""
    feed = stream.feed
    lines: list[bytes] = []
    length = made = 0
    try:
        for entry in _entries(feed):
            line = shown(entry)
            lines.append(line)
            length += len(line)
            if length >= BATCH:
                made += length
                yield b"".join(lines)
                lines, length = [], 0
    except ValueError as error:
        if lines:
            yield b"".join(lines)
        raise InputError(
            stream.name,
            f"journal export {error}; {made + length} bytes of text before it were used",
            "export it again",
            bytes_read=made + length,
            code=DAMAGED,
        ) from None
    except InputError:
        if lines:
            yield b"".join(lines)
        raise
    if lines:
        yield b"".join(lines)


def shown(entry: Mapping[str, Any]) -> bytes:
    """One entry as one line of UTF-8."""
    name = entry.get("SYSLOG_IDENTIFIER") or entry.get("_COMM") or entry.get("_SYSTEMD_UNIT") or "unknown"
    pid = entry.get("_PID") or entry.get("SYSLOG_PID")
    own = {key: value for key, value in entry.items() if key not in SHOWN and not key.startswith(QUIET)}
    parts = (
        _time(entry.get("_SOURCE_REALTIME_TIMESTAMP") or entry.get("__REALTIME_TIMESTAMP")),
        _level(entry.get("PRIORITY")),
        _text(entry.get("_HOSTNAME")),
        f"{_text(name)}[{_text(pid)}]:" if pid else f"{_text(name)}:",
        _text(entry.get("MESSAGE")),
    )
    line = " ".join(part for part in parts if part)
    rest = b" " + msgspec.json.encode({key: _text(value) for key, value in own.items()}) if own else b""
    return one_line(line.encode("utf-8", "replace")) + rest + b"\n"


def one_line(text: bytes) -> bytes:
    """Line breaks shown as ` | `: an entry stays a line."""
    if b"\n" not in text and b"\r" not in text:
        return text
    return b" | ".join(part for part in text.replace(b"\r", b"\n").split(b"\n") if part.strip())


def utc(microseconds: int) -> str:
    """A time since 1970 as ISO 8601; nothing where no calendar has it."""
    seconds, fraction = divmod(microseconds, 1_000_000)
    day = _second(seconds)
    return f"{day}.{fraction:06}Z" if day else ""


@lru_cache(maxsize=64)
def _second(seconds: int) -> str:
    try:
        return (_EPOCH + timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%S")
    except (ValueError, OverflowError):
        return ""


def _time(stamp: Any) -> str:
    try:
        return utc(int(stamp))
    except (TypeError, ValueError, OverflowError):
        return ""


def _level(priority: Any) -> str:
    try:
        return LEVELS[int(priority)]
    except (TypeError, ValueError, IndexError):
        return ""


def _text(value: Any) -> str:
    """A field's text. What is not UTF-8 stands in JSON as a list of bytes; a field given twice as a list of values."""
    if isinstance(value, list):
        if value and all(isinstance(item, int) and 0 <= item < 256 for item in value):
            return bytes(value).decode("utf-8", "replace")
        return " | ".join(map(_text, value))
    return "" if value is None else str(value)


def _entries(feed: Feed) -> Iterator[dict[str, str]]:
    """Entries, an empty line between. ValueError where the data is not an export any more, or ends in a field; what was
    read of the entry is given before."""
    entry: dict[str, str] = {}
    trouble = ""
    while not trouble and (line := feed.line(LONGEST_FIELD)):
        if line == b"\n":
            if entry:
                yield entry
            entry = {}
            continue
        name, equals, value = line.partition(b"=")
        if not equals:
            name = name.rstrip(b"\n")
            size = int.from_bytes(feed.exactly(8), "little")
            if size > LONGEST_FIELD or not name.replace(b"_", b"").isalnum():
                trouble = "is damaged (no field where one must be)"
                break
            value = feed.exactly(size + 1)
        if not value.endswith(b"\n") or (not equals and len(value) <= size):
            trouble = "ends early (truncated)"
        entry.setdefault(name.decode("ascii", "replace"), value.removesuffix(b"\n").decode("utf-8", "replace"))
    if entry:
        yield entry
    if trouble:
        raise ValueError(trouble)

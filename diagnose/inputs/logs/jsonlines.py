"""Logs with a JSON object on each line as lines of text: `TIME LEVEL message {the rest}`. Line numbers stay as they are.

Three kinds share the loop: Docker's json-file (shown as the container runtime writes it, `TIME stream F message`),
`journalctl -o json`, and JSON lines in general, whose message, time and level are found by the names that loggers use.
The rest of a record follows as JSON with its values as they stood. A line that is no JSON object passes unchanged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from msgspec import Raw, Struct

from diagnose.inputs.logs.journal import one_line, shown, utc
from diagnose.text.decode import sniff, to_utf8, valid_utf8

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from diagnose.inputs.stream import Stream

MESSAGE = (
    "message", "msg", "@message", "Message", "MESSAGE", "log", "text", "@m", "@mt", "short_message", "textPayload",
    "body", "event", "error",
)  # fmt: skip
TIME = (
    "time", "timestamp", "@timestamp", "ts", "@t", "t", "datetime", "date", "asctime", "eventTime", "Timestamp", "Time",
    "TimeGenerated",
)  # fmt: skip
LEVEL = ("level", "severity", "lvl", "loglevel", "log.level", "levelname", "log_level", "@l", "s", "Level", "LogLevel")
# Numbers that pino and bunyan write.
NUMBERED = {10: "TRACE", 20: "DEBUG", 30: "INFO", 40: "WARN", 50: "ERROR", 60: "FATAL"}
LAYOUTS = 1000
SAMPLE = 8
LONGEST_LINE = 1 << 20
_objects = msgspec.json.Decoder(dict[str, Raw])
_values = msgspec.json.Decoder()


class Docker(Struct, frozen=True):
    log: str
    time: str
    stream: str = "stdout"


_docker = msgspec.json.Decoder(Docker)


class Layout(Struct, frozen=True):
    """Which of the values of records with the same keys are the message, the time and the level (-1: none).

    `rest` has the places of the others, each with its key as it is shown, in the spelling with and without blanks.
    """

    message: int
    time: int
    level: int
    rest: tuple[tuple[int, bytes, bytes], ...]


Layouts = dict[tuple[str, ...], Layout]


def render_lines(stream: Stream) -> Iterator[bytes]:
    """JSON lines in general."""
    layouts: Layouts = {}
    return _rendered(stream, lambda line: general(line, layouts))


def render_docker(stream: Stream) -> Iterator[bytes]:
    """Docker's json-file logs. A record whose own message is JSON is shown by its fields too."""
    layouts: Layouts = {}
    return _rendered(stream, lambda line: docker(line, layouts))


def render_journal(stream: Stream) -> Iterator[bytes]:
    """`journalctl -o json`."""
    return _rendered(stream, journal)


def kind_of(head: bytes) -> str:
    """The kind of JSON lines that `head` begins with, or nothing: most of its first lines must be records of that kind.

    A single record counts only where it has a time or a level: a pasted JSON answer stays as it is.
    """
    encoding, mark = sniff(head)
    text = b"".join(to_utf8([head[mark:]], encoding))
    lines = [line for line in text.split(b"\n", SAMPLE + 1) if line.strip()]
    if len(lines) > 1 and not text.endswith(b"\n"):
        lines.pop()
    records = [record for line in lines[:SAMPLE] if (record := fields(line)) is not None]
    if not records or 2 * len(records) < len(lines[:SAMPLE]):
        return ""
    first = records[0]
    if "log" in first and "time" in first and "stream" in first:
        return "docker-json"
    if "__REALTIME_TIMESTAMP" in first or "__CURSOR" in first:
        return "journal-json"
    layouts = (layout_of(tuple(record), [bytes(raw) for raw in record.values()]) for record in records)
    layout = next((layout for layout in layouts if layout.message >= 0), None)
    return "json-lines" if layout and (len(records) > 1 or max(layout.time, layout.level) >= 0) else ""


# --- one line ------------------------------------------------------------------------------------------------------


def general(line: bytes, layouts: Layouts) -> bytes:
    """One record by the names of its fields; `layouts` remembers what was found for the same names."""
    record = fields(line)
    if not record:
        return line
    keys = tuple(record)
    values = [bytes(raw) for raw in record.values()]
    layout = layouts.get(keys)
    if layout is None or not values[layout.message].startswith(b'"'):
        layout = layout_of(keys, values)
        if len(layouts) < LAYOUTS:
            layouts[keys] = layout
    if layout.message < 0:
        return line
    shown = [_time(values[layout.time])] if layout.time >= 0 else []
    if layout.level >= 0:
        shown.append(_level(values[layout.level]))
    shown.append(_string(values[layout.message]))
    if layout.rest:
        spaced = b'": ' in line
        rest = [(wide if spaced else close) + values[place] for place, wide, close in layout.rest]
        shown.append(b"{" + (b", " if spaced else b",").join(rest) + b"}")
    return one_line(b" ".join(filter(None, shown)))


def docker(line: bytes, layouts: Layouts) -> bytes:
    """One record of Docker's json-file driver; P marks a message that goes on in the next record, as in CRI logs."""
    try:
        record = _docker.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line
    text = record.log.rstrip("\r\n").encode("utf-8", "replace")
    if text.startswith(b"{"):
        text = general(text, layouts)
    tag = b"F" if record.log.endswith("\n") else b"P"
    return b" ".join((record.time.encode(), record.stream.encode(), tag, one_line(text)))


def journal(line: bytes) -> bytes:
    """One entry of `journalctl -o json`."""
    if fields(line) is None:
        return line
    try:
        return shown(_values.decode(line))[:-1]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return line


def fields(line: bytes) -> dict[str, Raw] | None:
    """The fields of a line that is a JSON object, their values as they stand; else None."""
    if not line.startswith(b"{"):
        return None
    try:
        return _objects.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def layout_of(keys: tuple[str, ...], values: list[bytes]) -> Layout:
    """What the fields of a record are, by the first known name of each; a message is a string."""
    places = {key: place for place, key in enumerate(keys)}
    message = next((places[key] for key in MESSAGE if key in places and values[places[key]].startswith(b'"')), -1)
    time = next((places[key] for key in TIME if key in places), -1)
    level = next((places[key] for key in LEVEL if key in places and places[key] != message), -1)
    rest = [
        (place, b'"' + key.encode("utf-8", "replace") + b'": ', b'"' + key.encode("utf-8", "replace") + b'":')
        for key, place in places.items()
        if place not in (message, time, level)
    ]
    return Layout(message, time, level, tuple(rest))


def _string(value: bytes) -> bytes:
    """A JSON string's text; any other value as it stands."""
    if not value.startswith(b'"'):
        return value
    if b"\\" not in value:
        return value[1:-1]
    try:
        return str(_values.decode(value)).encode("utf-8", "replace")
    except (msgspec.DecodeError, UnicodeDecodeError):
        return value


def _level(value: bytes) -> bytes:
    text = _string(value)
    name = NUMBERED.get(int(text)) if text.isdigit() and len(text) < 4 else None
    return name.encode() if name else text


def _time(value: bytes) -> bytes:
    """A time as text: numbers are seconds, milli-, micro- or nanoseconds since 1970, told by their size."""
    text = _string(value)
    if text.startswith(b"{"):
        inner = fields(text) or {}
        return _time(bytes(inner["$date"])) if "$date" in inner else text
    if not text.replace(b".", b"", 1).isdigit() or len(text) > 40:
        return text
    number = float(text)
    while number > 1e11:
        number /= 1000
    return utc(round(number * 1_000_000)).encode()


# --- all lines -----------------------------------------------------------------------------------------------------


def _rendered(stream: Stream, one: Callable[[bytes], bytes]) -> Iterator[bytes]:
    """Every line by `one`; a line longer than LONGEST_LINE passes in pieces, unchanged."""
    held = b""
    for chunk in _utf8(stream):
        data = held + chunk
        end = data.rfind(b"\n")
        if end >= 0:
            yield b"\n".join(map(one, data[:end].split(b"\n"))) + b"\n"
            held = data[end + 1 :]
        elif len(data) > LONGEST_LINE:
            yield data
            held = b""
        else:
            held = data
    if held:
        yield one(held)


def _utf8(stream: Stream) -> Iterable[bytes]:
    encoding, mark = sniff(stream.feed.peek(1 << 12))
    stream.feed.skip(mark)
    return map(valid_utf8, to_utf8(stream.feed.rest(), encoding))

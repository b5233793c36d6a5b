"""Windows event logs (.evtx) as text: every record in the form that Event Viewer copies, so that the patterns know it.

The file is a header and chunks of 64 KiB, each complete in itself, so it is read forwards a few chunks at a time, at any
size and inside archives. Records or chunks that are damaged are passed over and counted. The message text of an event is
not in the file (it is in the provider's resources): provider, id and the named data are. Needs the extra `evtx`.
"""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from diagnose.errors import DAMAGED, MISSING, InputError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.inputs.stream import Stream

MAGIC = b"ElfFile\0"
CHUNK_MAGIC = b"ElfChnk\0"
HEADER = 4096
CHUNK = 1 << 16
BATCH = 32
LEVELS = {0: "Information", 1: "Critical", 2: "Error", 3: "Warning", 4: "Information", 5: "Verbose"}


def render(stream: Stream) -> Iterator[bytes]:
    """The records as text, oldest first; at the end an InputError that counts what could not be read."""
    parser = _library(stream.name)
    feed = stream.feed
    header = feed.exactly(HEADER)
    read = damaged = size = 0
    decode = msgspec.json.Decoder().decode
    while batch := feed.exactly(CHUNK * BATCH):
        for chunk in _sound(batch):
            if chunk is None:
                damaged += 1
                continue
            lines: list[str] = []
            for record in _records(parser, header, chunk):
                text = _event(decode, record) if record else None
                if text is None:
                    damaged += 1
                else:
                    lines.append(text)
                    read += 1
            if lines:
                out = "".join(lines).encode("utf-8", "replace")
                size += len(out)
                yield out
    if damaged:
        raise InputError(
            stream.name,
            f"event log with {damaged} damaged records or chunks, passed over; {read} records were used",
            "export the log again",
            bytes_read=size,
            code=DAMAGED,
        )


def _library(name: str) -> Any:
    try:
        from evtx import PyEvtxParser
    except ImportError:
        raise InputError(
            name, "Windows event log, which needs an extra to be read", "pip install 'kb-diagnose[evtx]'", code=MISSING
        ) from None
    return PyEvtxParser


def _sound(batch: bytes) -> Iterator[bytes | None]:
    """The chunks of a batch; None for one that is damaged. Chunks of zero bytes are room not used yet."""
    for start in range(0, len(batch), CHUNK):
        chunk = batch[start : start + CHUNK]
        if chunk.startswith(CHUNK_MAGIC):
            yield chunk.ljust(CHUNK, b"\0")
            if len(chunk) < CHUNK:
                yield None
        elif chunk.strip(b"\0"):
            yield None


def _records(parser: Any, header: bytes, chunk: bytes) -> Iterator[dict[str, Any] | None]:
    """The records of one chunk; None for each that cannot be read."""
    try:
        records = parser(io.BytesIO(_one_chunk(header) + chunk), 1).records_json()
    except (RuntimeError, OSError, ValueError):
        yield None
        return
    failures = 0
    while failures < CHUNK // 24:
        try:
            yield next(records)
        except StopIteration:
            return
        except (RuntimeError, OSError, ValueError):
            failures += 1
            yield None


def _one_chunk(header: bytes) -> bytes:
    """The file header of a log that has one chunk: its count and checksum set anew."""
    fixed = bytearray(MAGIC + bytes(HEADER - len(MAGIC)))
    fixed[8:120] = header[8:120].ljust(112, b"\0")
    fixed[16:24] = bytes(8)
    fixed[42:44] = (1).to_bytes(2, "little")
    fixed[120:124] = bytes(4)
    fixed[124:128] = zlib.crc32(fixed[:120]).to_bytes(4, "little")
    return bytes(fixed)


def _event(decode: Any, record: dict[str, Any]) -> str | None:
    """One record as Event Viewer copies it, an empty line behind; None where it holds no event."""
    try:
        event = decode(record["data"])["Event"]
        return _shown(event, event["System"], record)
    except (msgspec.DecodeError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def _shown(event: dict[str, Any], system: dict[str, Any], record: dict[str, Any]) -> str:
    provider = _attributes(system.get("Provider"))
    level = system.get("Level")
    head = (
        ("Log Name", system.get("Channel")),
        ("Source", provider.get("Name")),
        ("Event Source", provider.get("EventSourceName")),
        ("Date", _attributes(system.get("TimeCreated")).get("SystemTime") or record.get("timestamp")),
        ("Event ID", _plain(system.get("EventID"))),
        ("Level", LEVELS.get(level, level) if isinstance(level, int) else level),
        ("User", _attributes(system.get("Security")).get("UserID")),
        ("Computer", system.get("Computer")),
        ("Record", system.get("EventRecordID", record.get("event_record_id"))),
    )
    lines = [f"{name + ':':<14} {_plain(value)}" for name, value in head if value not in (None, "")]
    lines.append("Description:")
    lines += _named("", {key: value for key, value in event.items() if key not in ("System", "#attributes")})
    return "\n".join(lines) + "\n\n"


def _named(name: str, value: Any) -> Iterator[str]:
    """`name: value` for every leaf; the containers of event data add no name of their own."""
    if isinstance(value, dict):
        for key, inner in value.items():
            if key not in ("#attributes", "xmlns"):
                yield from _named(name if key in ("#text", "Data", "EventData", "UserData") else key, inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _named(name, inner)
    elif value not in (None, ""):
        yield f"{name}: {value}" if name else str(value)


def _attributes(value: Any) -> dict[str, Any]:
    found = value.get("#attributes") if isinstance(value, dict) else None
    return found if isinstance(found, dict) else {}


def _plain(value: Any) -> Any:
    return value.get("#text", "") if isinstance(value, dict) else value

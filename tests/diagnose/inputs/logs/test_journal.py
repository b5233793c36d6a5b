"""Exports of the journal that are long, damaged on the way, or say what no calendar and no level has."""

import gzip
import io

import pytest

from diagnose.errors import InputError
from diagnose.inputs.sources import open_inputs


def entry(message, **fields):
    given = {"__REALTIME_TIMESTAMP": "1714550400123456", "PRIORITY": "3", "SYSLOG_IDENTIFIER": "sshd", **fields}
    rows = "".join(f"{name}={value}\n" for name, value in given.items())
    return f"__CURSOR=s=1\n{rows}MESSAGE={message}\n\n".encode()


def read(data):
    (source,) = open_inputs(["-"], io.BytesIO(data))
    return source.kind, list(source.chunks)


def kept(data):
    """The lines that came before the trouble, and the trouble."""
    (source,) = open_inputs(["-"], io.BytesIO(data))
    text = b""
    with pytest.raises(InputError) as raised:
        for chunk in source.chunks:
            text += chunk
    return text.decode().splitlines(), raised.value


def test_a_long_export_comes_in_several_chunks_with_every_entry_once():
    data = b"".join(entry(f"attempt {number} " + "x" * 200) for number in range(2000))
    kind, chunks = read(data)
    assert kind == "journal-export"
    assert len(chunks) > 2
    lines = b"".join(chunks).decode().splitlines()
    assert [int(line.split()[4]) for line in lines] == list(range(2000))


@pytest.mark.parametrize(
    ("fields", "shown"),
    [
        ({"__REALTIME_TIMESTAMP": "9" * 30}, "ERROR sshd: refused"),
        ({"__REALTIME_TIMESTAMP": "yesterday"}, "ERROR sshd: refused"),
        ({"PRIORITY": "99"}, "2024-05-01T08:00:00.123456Z sshd: refused"),
        ({"PRIORITY": "high"}, "2024-05-01T08:00:00.123456Z sshd: refused"),
    ],
)
def test_a_time_or_level_that_means_nothing_is_left_out_and_the_rest_stays(fields, shown):
    _, chunks = read(entry("refused", **fields))
    assert b"".join(chunks).decode().splitlines() == [shown]


def test_packed_data_that_ends_early_keeps_the_entries_before():
    data = b"".join(entry(f"attempt {number} {number * 7919 % 10007}") for number in range(300))
    packed = gzip.compress(data)
    lines, trouble = kept(packed[: len(packed) // 2])
    assert len(lines) > 20
    assert all("attempt" in line for line in lines[:-1])
    assert "truncated" in trouble.what


def test_data_that_is_no_export_any_more_is_told_with_what_was_used():
    lines, trouble = kept(entry("refused") * 3 + b"\xff\xfe garbage without a sign of equality\n" + b"\0" * 40)
    assert lines == ["2024-05-01T08:00:00.123456Z ERROR sshd: refused"] * 3
    assert trouble.what.startswith("journal export ")
    assert trouble.bytes_read == 3 * (len(lines[0]) + 1)

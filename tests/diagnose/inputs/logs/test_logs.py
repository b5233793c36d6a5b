"""Inputs that hold records: JSON lines, Docker's logs, the journal in both forms, Windows event logs."""

import gzip
import io
import json
import re
import sys
import tarfile
import zipfile

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.errors import DAMAGED, MISSING
from diagnose.inputs.logs import evtx
from diagnose.inputs.sources import InputError, open_inputs
from diagnose.match.windows_events import event_pattern, provider_strength
from diagnose.model import EventRef
from diagnose.text.decode import sniff


def read(data):
    """(kind, lines, error) of the one source in `data`."""
    data = data if isinstance(data, bytes) else data.encode()
    (source,) = open_inputs(["-"], io.BytesIO(data))
    if isinstance(source, InputError):
        return "", [], source
    text, trouble = b"", None
    try:
        for chunk in source.chunks:
            text += chunk
    except InputError as error:
        trouble = error
    return source.kind, text.decode("utf-8", "replace").split("\n"), trouble


def records(*items):
    return "".join(json.dumps(item) + "\n" for item in items)


def test_json_lines_read_time_level_message_and_the_rest():
    kind, lines, _ = read(
        records(
            {"ts": "2024-05-01T10:00:00Z", "level": "error", "msg": "refused", "port": 9001, "peer": {"host": "a"}},
            {"@timestamp": "2024-05-01T10:00:01Z", "message": 'said "no"', "log.level": "WARN"},
        )
    )
    assert kind == "json-lines"
    assert lines == [
        '2024-05-01T10:00:00Z error refused {"port": 9001, "peer": {"host": "a"}}',
        '2024-05-01T10:00:01Z WARN said "no"',
        "",
    ]


def test_a_line_of_json_stays_a_line_and_others_pass_unchanged():
    text = records({"msg": "one\ntwo\r\nthree", "time": "t"}) + "\nno json\n" + records({"a": 1}) + '{"msg": "cut'
    _, lines, trouble = read(text)
    assert lines == ["t one | two | three", "", "no json", '{"a": 1}', '{"msg": "cut']
    assert trouble is None


@pytest.mark.parametrize("stamp", [1714550400, 1714550400.0, 1714550400000, 1714550400000000, 1714550400000000000])
def test_numbers_are_times_and_levels_of_known_loggers(stamp):
    _, lines, _ = read(records({"time": stamp, "level": 50, "msg": "x"}, {"time": stamp, "level": 30, "msg": "x"}))
    assert lines[:2] == ["2024-05-01T08:00:00.000000Z ERROR x", "2024-05-01T08:00:00.000000Z INFO x"]


def test_a_time_inside_an_object_is_read():
    _, lines, _ = read(records({"t": {"$date": "2024-05-01T08:00:00Z"}, "s": "E", "c": "NETWORK", "msg": "refused"}))
    assert lines[0] == '2024-05-01T08:00:00Z E refused {"c": "NETWORK"}'


@pytest.mark.parametrize(
    "text",
    [
        '{"error": {"code": "X", "message": "m"}}\n',
        '{"message": "Not Found", "url": "x"}',
        '{\n  "message": "pretty",\n  "level": "error"\n}\n',
        '[{"message": "in a list", "time": 1}]\n',
        "2024-05-01 {not json}\n",
    ],
)
def test_json_that_is_no_log_stays_as_it_is(text):
    assert read(text)[0] == "plain"
    assert "\n".join(read(text)[1]) == text


def test_docker_logs_read_as_the_runtime_writes_them():
    kind, lines, _ = read(
        records(
            {"log": "refused\n", "stream": "stderr", "time": "2024-05-01T10:00:00Z"},
            {"log": "begun ", "stream": "stdout", "time": "2024-05-01T10:00:01Z"},
            {"log": '{"level":"error","msg":"boom","k":1}\n', "stream": "stdout", "time": "2024-05-01T10:00:02Z"},
        )
    )
    assert kind == "docker-json"
    assert lines[:3] == [
        "2024-05-01T10:00:00Z stderr F refused",
        "2024-05-01T10:00:01Z stdout P begun ",
        '2024-05-01T10:00:02Z stdout F error boom {"k":1}',
    ]


ENTRY = {
    "__CURSOR": "s=1",
    "__REALTIME_TIMESTAMP": "1714550400123456",
    "PRIORITY": "3",
    "_HOSTNAME": "web01",
    "SYSLOG_IDENTIFIER": "sshd",
    "_PID": "12",
    "_BOOT_ID": "0",
    "MESSAGE": "refused",
    "UNIT_RESULT": "timeout",
}
SHOWN = '2024-05-01T08:00:00.123456Z ERROR web01 sshd[12]: refused {"UNIT_RESULT":"timeout"}'


def exported(entry):
    out = b""
    for key, value in entry.items():
        data = value.encode()
        out += (
            key.encode() + b"\n" + len(data).to_bytes(8, "little") + data + b"\n"
            if "\n" in value
            else key.encode() + b"=" + data + b"\n"
        )
    return out + b"\n"


def test_both_forms_of_the_journal_read_alike():
    assert read(records(ENTRY, ENTRY)) == ("journal-json", [SHOWN, SHOWN, ""], None)
    assert read(exported(ENTRY) * 2) == ("journal-export", [SHOWN, SHOWN, ""], None)


def test_binary_and_many_lined_messages_of_the_journal_stay_a_line():
    many = {**ENTRY, "MESSAGE": "one\ntwo"}
    as_bytes = {**ENTRY, "MESSAGE": list(b"one\ntwo")}
    wanted = SHOWN.replace("refused", "one | two")
    assert read(records(as_bytes))[1][0] == wanted
    assert read(exported(many))[1][0] == wanted


def test_a_journal_export_cut_anywhere_gives_what_was_there():
    whole = exported({**ENTRY, "MESSAGE": "one\ntwo"}) * 3
    for cut in range(40, len(whole)):
        _, lines, trouble = read(whole[:cut])
        assert len(lines) >= 2
        assert trouble is None or trouble.code == DAMAGED
    assert read(whole[: len(whole) - 20])[2]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_records_are_found_in_any_encoding(encoding):
    text = records({"msg": "größer", "level": "error"}, {"msg": "x", "level": "info"}).replace("\n", "\r\n")
    kind, lines, _ = read(text.encode(encoding))
    assert kind == "json-lines"
    assert lines[0] in ("error größer", "error gr\\u00f6\\u00dfer")


def test_records_are_found_in_what_is_packed():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("j.gz", gzip.compress(records(ENTRY, ENTRY).encode()))
    assert read(file.getvalue()) == ("zip+gzip+journal-json", [SHOWN, SHOWN, ""], None)


def test_line_numbers_of_json_lines_are_those_of_the_file(diagnosed):
    error = "Could not connect to net.tcp://fe01.contoso.com:9001/: connection refused"
    noise = [{"level": "info", "msg": f"request {n}"} for n in range(300)]
    text = records(*noise, {"level": "error", "msg": f"{error}\nat X"}, *noise)
    (item,) = diagnosed(text).inputs
    assert (item.kind, item.lines, item.encoding) == ("json-lines", 601, "utf-8")
    assert read(text)[1][300].startswith("error Could not connect")


@settings(max_examples=200)
@given(st.data())
def test_damaged_records_raise_nothing_but_input_errors(data):
    whole = data.draw(
        st.sampled_from(
            [
                records(ENTRY, ENTRY).encode(),
                exported({**ENTRY, "MESSAGE": "a\nb"}) * 2,
                records({"msg": "x", "time": 1, "level": 50}, {"msg": "\ud83d"}).encode(),
                records({"log": "x\n", "stream": "stdout", "time": "t"}).encode() * 2,
            ]
        )
    )
    packed = bytearray(whole)
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(packed) - 1))
        packed[at : at + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=3))
    read(bytes(packed))


@given(
    st.recursive(
        st.none() | st.booleans() | st.floats() | st.text(), lambda x: st.lists(x) | st.dictionaries(st.text(), x)
    )
)
def test_records_of_any_shape_keep_their_lines(value):
    items = [{"level": "info", "msg": "first"}, {"msg": value, "time": value, "level": value}, {"log": value}]
    _, lines, trouble = read(records(*items))
    assert len(lines) == 4
    assert trouble is None


@pytest.mark.shared
def test_hostile_json_keeps_its_lines(shared):
    good = records({"level": "info", "msg": "first"}, {"level": "info", "msg": "second"}).encode()
    with tarfile.open(shared / "data" / "hostile" / "jsontestsuite_parsing.tar.xz") as archive:
        for member in archive:
            if member.isfile():
                data = archive.extractfile(member).read()
                encoding, mark = sniff(good + data)
                if (encoding, mark) == ("utf-8", 0) and b"\0" not in data:
                    _, lines, trouble = read(good + data.replace(b"\n", b" ").replace(b"\r", b" ") + b"\nlast")
                    assert lines[-1] == "last", member.name
                    assert len(lines) == 4, member.name
                    assert trouble is None


# --- Windows event logs --------------------------------------------------------------------------------------------


def record(**data):
    system = {
        "Provider": {"#attributes": {"Name": "Microsoft-Windows-DistributedCOM", "EventSourceName": "DCOM"}},
        "EventID": {"#attributes": {"Qualifiers": 0}, "#text": 10028},
        "Level": 2,
        "TimeCreated": {"#attributes": {"SystemTime": "2024-05-01T08:00:00.000000Z"}},
        "Channel": "System",
        "Computer": "fe01.contoso.com",
        "Security": None,
    }
    event = {"#attributes": {"xmlns": "x"}, "System": system, "EventData": data}
    return {"event_record_id": 7, "timestamp": "t", "data": json.dumps({"Event": event})}


def test_an_event_reads_as_event_viewer_copies_it():
    text = evtx._event(json.loads, record(param1="fe02.contoso.com", param2="1f4c"))
    assert text.split("\n") == [
        "Log Name:      System",
        "Source:        Microsoft-Windows-DistributedCOM",
        "Event Source:  DCOM",
        "Date:          2024-05-01T08:00:00.000000Z",
        "Event ID:      10028",
        "Level:         Error",
        "Computer:      fe01.contoso.com",
        "Record:        7",
        "Description:",
        "param1: fe02.contoso.com",
        "param2: 1f4c",
        "",
        "",
    ]


def test_an_event_is_known_to_the_patterns_by_id_and_provider():
    text = evtx._event(json.loads, record(param1="x"))
    assert re.search(event_pattern(10028), text, re.IGNORECASE)
    assert not re.search(event_pattern(7), text, re.IGNORECASE)
    lines = text.split("\n")
    assert provider_strength(EventRef(id=10028, provider="Microsoft-Windows-DistributedCOM"), lines) == 1
    assert provider_strength(EventRef(id=10028, provider="Disk"), lines) == 0


def test_unnamed_and_nested_event_data_is_shown():
    text = evtx._event(json.loads, record(Data={"#text": ["", "29", "zone"]}, Inner={"Code": "0x5"}))
    assert "\n29\nzone\nCode: 0x5\n" in text


@pytest.mark.parametrize("data", ["[]", "{}", '{"Event": 1}', '{"Event": {"System": 3}}', "no json"])
def test_a_record_that_holds_no_event_is_none(data):
    assert evtx._event(msgspec.json.Decoder().decode, {"data": data}) is None


def test_without_the_extra_an_event_log_names_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "evtx", None)
    _, _, trouble = read(b"ElfFile\0" + bytes(5000))
    assert trouble.code == MISSING
    assert "kb-diagnose[evtx]" in trouble.way_out


@pytest.fixture(scope="module")
def event_logs(shared):
    pytest.importorskip("evtx")
    with tarfile.open(shared / "data" / "hostile" / "evtx_bad_and_small.tar.xz") as archive:
        return {member.name: archive.extractfile(member).read() for member in archive if member.isfile()}


@pytest.mark.shared
def test_every_readable_record_of_a_damaged_log_is_shown(event_logs):
    for name, count, damaged in (
        ("sample_with_a_bad_chunk_magic.evtx", 270, True),
        ("sample-with-zero-data-size-event.evtx", 335, True),
        ("security_bad_string_cache.evtx", 2261, False),
    ):
        kind, lines, trouble = read(event_logs[name])
        assert kind == "evtx"
        assert sum(line.startswith("Event ID:") for line in lines) == count
        assert (trouble is not None) == damaged
        assert trouble is None or (trouble.code == DAMAGED and f"{count} records were used" in trouble.what)


@pytest.mark.shared
def test_a_truncated_event_log_gives_the_records_before_the_cut(event_logs):
    data = event_logs["security_bad_string_cache.evtx"]
    _, lines, trouble = read(data[: len(data) // 2 + 100])
    assert 1000 < sum(line.startswith("Event ID:") for line in lines) < 2261
    assert trouble.code == DAMAGED


@pytest.mark.shared
@settings(max_examples=100)
@given(data=st.data())
def test_damaged_event_logs_raise_nothing_but_input_errors(event_logs, data):
    packed = bytearray(event_logs[data.draw(st.sampled_from(sorted(event_logs)))][: 4096 + (1 << 16)])
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(packed) - 1))
        packed[at : at + data.draw(st.integers(0, 8))] = data.draw(st.binary(max_size=8))
    read(bytes(packed))

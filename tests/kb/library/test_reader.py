"""Library files that are damaged or wrong are named with their place, and never raise."""

import random

import pytest

from kb.articles.parse import parse
from kb.library import files
from kb.library.library import Library
from kb.library.reader import read

CHECK = b"""title: Is ${host} up?
values:
  host: {type: host}
commands: {bash: 'fping ${host}'}
outcomes: {down: {regex: 'is unreachable'}}
"""
SIGNAL = b"""title: it stalls
captures: {host: host}
wordings:
  - {text: has stalled for good}
  - {regex: 'pump (?P<host>\\S+) stands', sample: pump p1 stands}
"""


def told(kind, data, name="x"):
    return [str(fault) for fault in read(kind, name, "f.yaml", data)[1]]


def test_good_files_are_read_whole():
    assert told("check", CHECK) == []
    assert told("signal", SIGNAL) == []


WRONG = [
    ("check", b"title:", b"titel:", ":1:1: unknown field 'titel'; did you mean 'title'?"),
    ("check", b"type: host", b"type: hst", "'hst' is not one of host, ip, port, path, service, user, name; did you mean 'host'?"),
    ("check", b"type: host", b"type: host, default: -x", ":3:9: the default '-x' is not a host name"),
    ("check", b"type: host", b"type: host, default: '${host}'", "is no other value"),
    ("check", b"fping ${host}", b"fping ${hst}", "unknown value 'hst'; did you mean 'host'?"),
    ("check", b"fping ${host}", b"${host}", "the bash command has a slot ${host} that would be run as a command"),
    ("check", b"  host: {type: host}", b"  host: {type: host}\n  port: {type: port}", "nothing uses the value 'port'"),
    ("check", b"is unreachable", b"(?=x)", ":5:"),
    ("check", b"outcomes: {down: {regex: 'is unreachable'}}", b"outcomes: {}", "has no outcomes"),
    ("check", b"commands: {bash: 'fping ${host}'}", b"commands: [x]", ":4:"),
    ("check", b"title: Is", b"parser: pong\ntitle: Is", "unknown parser 'pong'; did you mean 'ping'?"),
    ("signal", b"text: has", b"txt: has", ":4:6: unknown field 'txt'"),
    ("signal", b"{text: has stalled for good}", b"{text: a, code: 'win32:5'}", ":4:5: has text and code; one of text, regex, code"),
    ("signal", b"{text: has stalled for good}", b"{code: 'win31:5'}", ":4:"),
    ("signal", b"(?P<host>", b"(?P<hst>", "unknown capture 'hst'; did you mean 'host'?"),
    ("signal", b"wordings:", b"wording:", "unknown field 'wording'; did you mean 'wordings'?"),
    ("signal", b"captures: {host: host}", b"captures: {host: thing}", ":2:"),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "old", "new", "wanted"), WRONG)
def test_a_fault_is_named_with_its_place(kind, old, new, wanted):
    data = CHECK if kind == "check" else SIGNAL
    assert old in data
    found = told(kind, data.replace(old, new))
    assert found
    assert any(wanted in line for line in found), found


@pytest.mark.parametrize(
    "data", [b"", b"- a\n- b\n", b"\xff\xfe", b"a: !!python/x 1\n", b"a: &b 1\n", b"x" * (300 << 10)]
)
@pytest.mark.parametrize("kind", files.KINDS)
def test_what_is_no_library_file_is_one_fault(kind, data):
    assert len(told(kind, data)) == 1


def test_a_name_that_is_none_is_a_fault():
    assert "no name of a check" in told("check", CHECK, "Up Now")[0]


def test_damaged_files_never_raise(tmp_path):
    chance = random.Random(7)
    article = "---\nid: a\ntitle: A\nstatus: draft\nparams: {h: {type: host}}\nchecks: {c: {use: %s, with: {host: '${h}'}}}\nsignals: {s: {use: %s}}\n---\n"
    for file in chance.sample(files.shipped(), 25):
        with open(file.path, "rb") as stream:
            lines = stream.read().split(b"\n")
        for _ in range(6):
            damaged = list(lines)
            for _ in range(3):
                at = chance.randrange(len(damaged))
                damaged[at] = chance.choice(
                    [b"", damaged[at][: len(damaged[at]) // 2], b"use: x", b"commands: [1]", b"with: 3", b"values: no"]
                )
            path = tmp_path / "library" / f"{file.kind}s" / ("x/check.yaml" if file.kind == "check" else "x.yaml")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"\n".join(damaged))
            library = Library.of_base(str(tmp_path))
            library.faults_at(str(path))
            parse("a/article.md", (article % ("x", "x")).encode(), library)
            path.unlink()

"""`kb watch`: nothing is missed by rotation, truncation or new files; an event a cause and quiet period; bounded memory."""

import io
import json
import os
import sys
import threading
from types import SimpleNamespace

import pytest

from diagnose.errors import KbError
from diagnose.options import Options
from kb.cli import run
from kb.store.open import open_store
from kb.watch import following, loop, memory, piped
from kb.watch.events import Told, block_of, line_of
from kb.watch.following import File, Files
from kb.watch.loop import Watch, handed_to
from kb.watch.memory import Source, read_of
from kb.watch.piped import Pipe

ARTICLE = """---
id: widget-lost
title: The widget is lost
signals:
  gone: {contains: widget not found}
  ate: {regex: 'ate the widget at (?P<node>[a-z]+[0-9]+)'}
symptoms: [gone]
params:
  node: {type: host}
causes:
  - {id: eaten, title: Somebody ate the widget, evidence: [{signal: ate, supports: decisive}]}
  - {id: hidden, title: It hides}
---
Text.
"""
posix = pytest.mark.skipif(sys.platform == "win32", reason="an open file cannot be renamed there")


@pytest.fixture(scope="module")
def base(tmp_path_factory):
    folder = tmp_path_factory.mktemp("base")
    (folder / "widget-lost").mkdir()
    (folder / "widget-lost" / "article.md").write_text(ARTICLE, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def store(base):
    with open_store([base], None) as opened:
        yield opened


def write(path, text, mode="a"):
    with open(path, mode, encoding="utf-8", newline="") as file:
        file.write(text)


# --- files that grow -----------------------------------------------------------------------------------------------


def taken(file, now=0.0):
    data = b""
    while more := file.read(now):
        data += more
    return data


def test_only_what_comes_is_read_unless_asked_for(tmp_path):
    path = tmp_path / "a.log"
    write(path, "old\n")
    end, start = File(str(path), at_end=True), File(str(path), at_end=False)
    write(path, "new\n")
    assert (taken(end), taken(start)) == (b"new\n", b"old\nnew\n")
    end.close()
    start.close()


@posix
def test_rotations_lose_nothing_also_several_between_two_looks(tmp_path):
    path = tmp_path / "a.log"
    write(path, "1\n")
    file = File(str(path), at_end=False)
    assert taken(file) == b"1\n"
    write(path, "2\n")
    stamp = os.stat(path).st_mtime_ns
    for number in (3, 4):  # two more files before the next look
        if number == 4:
            os.rename(tmp_path / "a.log.1", tmp_path / "a.log.2")
        os.rename(path, tmp_path / "a.log.1")
        write(path, f"{number}\n")
        os.utime(path, ns=(stamp + number, stamp + number))
    write(tmp_path / "a.log.2", "late\n")  # by a writer that does not know yet
    assert taken(file) == b"2\nlate\n3\n4\n"
    write(tmp_path / "a.log.2", "later\n")
    assert taken(file, following.LINGER) == b"later\n"
    assert taken(file, following.LINGER + 1) == b""
    assert not file._leaving
    file.close()


def test_a_file_that_was_cut_off_is_read_from_its_beginning(tmp_path):
    path = tmp_path / "a.log"
    write(path, "first line\n")
    file = File(str(path), at_end=True)
    write(path, "new\n", "w")
    assert taken(file) == b"new\n"
    write(path, "another, that is longer than before\n", "w")
    assert taken(file) == b"another, that is longer than before\n"
    file.close()


def test_files_of_a_pattern_and_files_that_are_to_come(tmp_path, monkeypatch):
    write(tmp_path / "a.log", "old\n")
    files = Files([str(tmp_path / "*.log"), str(tmp_path / "later.txt")], at_end=True)
    write(tmp_path / "b.log", "b\n")
    write(tmp_path / "later.txt", "t\n")
    found = dict(files.read())
    assert {os.path.basename(name): data for name, data in found.items()} == {"b.log": b"b\n", "later.txt": b"t\n"}
    files.close()
    with pytest.raises(KbError, match="not a regular file"):
        Files([str(tmp_path)], at_end=True)


# --- what is remembered --------------------------------------------------------------------------------------------


def test_lines_come_in_pieces_and_in_other_encodings(store):
    source = Source("a", 60, 0.0)
    assert not source.add(b"x\nerror: widget no", store.lines, 0.0)
    assert source.add(b"t found\n", store.lines, 0.1)
    wide = Source("w", 60, 0.0)
    text = "\ufeffwidget not found\n".encode("utf-16-le")
    assert not wide.add(text[:9], store.lines, 0.0)
    assert wide.add(text[9:], store.lines, 0.0)
    open_end = Source("o", 60, 0.0)
    assert not open_end.add(b"widget not found", store.lines, 0.0)
    assert not open_end.wait(store.lines, 1.0)
    assert open_end.wait(store.lines, 3.0)
    (scan,) = read_of([source]).scans
    assert [(hit.line, hit.quote) for hit in scan.hits] == [(2, b"error: widget not found")]


def test_memory_is_bounded_and_forgets(store):
    source = Source("a", 10, 0.0)
    for second in range(40):
        source.add(b"error: widget not found\n" * 50 + f"fatal {second}\n".encode(), store.lines, float(second))
    (scan,) = read_of([source]).scans
    assert source.before + scan.lines == 40 * 51
    assert 10 * 51 <= scan.lines <= 20 * 51
    assert len(scan.hits) <= 40
    assert sum(len(excerpt.lines) for excerpt in scan.excerpts) <= memory.MOST_LINES
    source.add(b"fine\n", store.lines, 100.0)
    assert [s.lines for s in read_of([source]).scans] == [1]


# --- what is told --------------------------------------------------------------------------------------------------


class Script:
    """A feed that gives what it was told, look by look, while a clock goes on."""

    def __init__(self, looks):
        self.looks = list(looks)

    def read(self):
        return [("app.log", self.looks.pop(0))] if self.looks else []

    @property
    def ended(self):
        return not self.looks

    def close(self):
        pass


def events(store, looks, monkeypatch, quiet=600.0, step=30.0, **options):
    clock = {"now": 0.0}

    def monotonic():
        clock["now"] += step / 10
        return clock["now"]

    fake = SimpleNamespace(monotonic=monotonic, time=lambda: 1.7e9, sleep=lambda _: None)
    monkeypatch.setattr(loop, "time", fake)
    monkeypatch.setattr(loop, "SHARE", 0)
    return list(Watch([Script(looks)], store, Options(**options), quiet, raw=False).events())


GONE, ATE = b"error: widget not found\n", b"somebody ate the widget at node7 password=Hunter2x9\n"


def test_an_event_a_cause_until_it_becomes_surer(store, monkeypatch):
    found = events(store, [b"fine\n", GONE, GONE, GONE + ATE, ATE, b"fine\n"], monkeypatch)
    assert [(event.cause, event.verdict) for event in found] == [
        ("widget-lost/eaten", "likely"),
        ("widget-lost/eaten", "confirmed"),
    ]
    assert found[0].evidence[0].line == 2
    assert found[-1].cause == "widget-lost/eaten"
    assert json.loads(line_of(found[-1]))["schema"] == "kb.event/1"
    assert "Hunter2x9" not in line_of(found[-1])
    assert "kb show widget-lost" in block_of(found[0])


def test_a_cause_that_goes_on_is_told_again_after_the_quiet_period(store, monkeypatch):
    assert len(events(store, [GONE] * 12, monkeypatch, quiet=90.0)) > 1
    assert len(events(store, [GONE] + [b"fine\n"] * 11, monkeypatch, quiet=90.0)) == 1
    assert len(events(store, [GONE] * 12, monkeypatch, quiet=1e6)) == 1


def test_what_was_told_is_forgotten_in_order(monkeypatch):
    monkeypatch.setattr("kb.watch.events.MOST_REMEMBERED", 2)
    told = Told(10.0)
    assert [told._worth(name, "likely", 0.0, 1) for name in "abcab"] == [True, True, True, True, True]
    assert len(told._last) == 2


def test_the_users_command_gets_the_event(tmp_path, store, monkeypatch):
    (event, *_) = events(store, [GONE], monkeypatch)
    place, said = tmp_path / "got.json", []
    code = f"import sys; open({str(place)!r}, 'wb').write(sys.stdin.buffer.read())"
    handed_to([sys.executable, "-c", code], said.append)(event)
    assert json.loads(place.read_bytes())["cause"] == event.cause
    handed_to([sys.executable, "-c", "raise SystemExit(3)"], said.append)(event)
    handed_to([str(tmp_path / "none")], said.append)(event)
    assert "status 3" in said[0]
    assert "did not start" in said[1]


# --- pipes and the command -----------------------------------------------------------------------------------------


def test_a_pipe_is_read_to_its_end():
    out, into = os.pipe()
    with open(out, "rb") as stream:
        pipe = Pipe("-", stream)
        os.write(into, b"one\n")
        os.close(into)
        data = b""
        while not pipe.ended:
            data += b"".join(part for _, part in pipe.read())
        assert data == b"one\n"
        pipe.close()


def test_the_command_on_standard_input_and_what_it_refuses(tmp_path, base, monkeypatch, capsys):
    base = str(base)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    out, into = os.pipe()
    threading.Thread(target=lambda: (os.write(into, GONE), os.close(into))).start()
    with io.TextIOWrapper(os.fdopen(out, "rb")) as stream:
        monkeypatch.setattr(sys, "__stdin__", stream)
        assert run(["watch", "--kb", base, "-", "--format", "text"]) == 0
    assert "kb show widget-lost" in capsys.readouterr().out
    for words, what in (
        ([], "name files, - for standard input, or --journal"),
        (["x.log", "--exec", "no-such-program-here"], "no such program"),
        (["x.log", "--exec", "'"], "quote it"),
    ):
        assert run(["watch", "--kb", base, *words]) == 2
        assert what in capsys.readouterr().err
    monkeypatch.setattr(piped, "JOURNAL", ("no-such-journalctl",))
    assert run(["watch", "--kb", base, "--journal"]) == 2
    assert "journalctl did not start" in capsys.readouterr().err

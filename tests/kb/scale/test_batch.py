"""`kb batch`: every case answered once whatever becomes of its worker; resumed, locked, summed up."""

import json
import sqlite3
from concurrent.futures import Executor, Future
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path

import msgspec
import pytest

from diagnose.errors import KbError
from diagnose.options import Options
from kb.cli import run
from kb.scale import batch
from kb.scale.answering import Answer, Work
from kb.scale.batch_cases import cases_of
from kb.scale.executors import usual_jobs
from kb.scale.journal import ANSWERS, JOURNAL, Journal
from kb.scale.pool import KILLED, NO_MEMORY, results
from kb.scale.summary import summary_of
from kb.scale.summary_page import html, markdown


class Here(Executor):
    """Runs work at once, in this process; a killed worker breaks it as a pool of processes does."""

    def __init__(self):
        self.broken = False

    def submit(self, fn, /, *args, **kwargs):
        future = Future()
        if self.broken:
            raise BrokenProcessPool
        try:
            future.set_result(fn(*args, **kwargs))
        except BrokenProcessPool as error:
            self.broken = True
            future.set_exception(error)
        except MemoryError as error:
            future.set_exception(error)
        return future


@pytest.fixture
def work(widget_base, opened_store):
    store = opened_store([widget_base], None)
    return Work(
        bases=(widget_base,), cache=None, digest=store.documents_digest, version=store.version, options=Options()
    )


@pytest.fixture
def cases(tmp_path):
    texts = {
        "a": "error: widget not found\n",
        "b": "x\nerror: the frobnicator at node7 refused to start\n",
        "c": "error: the frobnicator at node9 refused to start\n",
        "d": "error: widget not found\n",
    }
    folder = tmp_path / "cases"
    folder.mkdir()
    for name, text in texts.items():
        (folder / f"{name}.log").write_text(text, encoding="utf-8")
    return [str(folder / f"{name}.log") for name in texts]


# --- workers that die ----------------------------------------------------------------------------------------------


def test_who_is_at_work_when_a_worker_dies_is_tried_alone_then_reported():
    tried = []

    def run_one(item):
        tried.append(item)
        if item == "kills":
            raise BrokenProcessPool
        if item == "large":
            raise MemoryError
        if item == "unlucky" and tried.count(item) == 1:
            raise BrokenProcessPool
        return item.upper()

    items = ["one", "kills", "two", "unlucky", "large", "three"]
    done = {one.item: one.result or one.error for one in results(items, run_one, lambda _: Here(), 2)}
    assert done == {
        "one": "ONE",
        "two": "TWO",
        "three": "THREE",
        "unlucky": "UNLUCKY",
        "kills": KILLED,
        "large": NO_MEMORY,
    }
    assert tried.count("kills") == tried.count("large") == 2


def test_a_bug_in_one_case_leaves_the_others(cases, work, tmp_path, monkeypatch):
    from kb import ask as asking

    real = asking.ask

    def broken(sources, *given, **options):
        sources = list(sources)
        if sources[0].name.endswith("b.log"):
            raise TypeError("password=Hunter2")
        return real(sources, *given, **options)

    monkeypatch.setattr(asking, "ask", broken)
    summary, _ = ask(cases, work, tmp_path / "out")
    assert (summary.cases, summary.failed, summary.known) == (4, 1, 2)
    assert summary.unread[0].reason.startswith("a bug in kb (TypeError at test_batch.py:")


# --- the folder ----------------------------------------------------------------------------------------------------


def ask(cases, work, folder, **options):
    return batch.run_batch(cases, work, folder, lambda _: Here(), 2, **options)


def test_a_batch_answers_every_case_and_sums_up(cases, work, tmp_path):
    summary, stopped = ask(cases, work, tmp_path / "out")
    assert (summary.known, summary.unknown, stopped) == (2, 2, False)
    (cause,) = summary.causes
    assert (cause.id, cause.cases) == ("widget-lost/eaten", (cases[0], cases[3]))
    (cluster,) = summary.write_next
    assert (cluster.cases, cluster.article) == ((cases[1], cases[2]), "the-frobnicator-at-refused-to")
    text = (tmp_path / "out" / "unknown" / f"{cluster.article}.txt").read_text(encoding="utf-8")
    assert text == "error: the frobnicator at node7 refused to start\n"
    assert "kb new the-frobnicator-at-refused-to --from" in (tmp_path / "out" / "summary.md").read_text(
        encoding="utf-8"
    )
    assert json.loads((tmp_path / "out" / "summary.json").read_bytes())["known"] == 2


def test_ctrl_c_keeps_and_sums_up_and_resume_asks_only_the_rest(cases, work, tmp_path, monkeypatch):
    def stop(done, _):
        if done == 2:
            raise KeyboardInterrupt

    summary, stopped = ask(cases, work, tmp_path / "out", told=stop)
    assert (summary.asked, summary.cases, stopped) == (4, 2, True)
    asked = []
    real = batch.answer
    monkeypatch.setattr(batch, "answer", lambda given, *case: asked.append(case) or real(given, *case))
    summary, _ = ask(cases, work, tmp_path / "out", resume=True)
    assert (summary.cases, summary.known, len(set(asked))) == (4, 2, 2)
    lines = (tmp_path / "out" / ANSWERS).read_bytes().splitlines()
    assert sorted(msgspec.json.decode(line)["case"] for line in lines) == cases


def test_an_answer_that_was_torn_is_asked_again(cases, work, tmp_path):
    ask(cases, work, tmp_path / "out")
    path = tmp_path / "out" / ANSWERS
    path.write_bytes(path.read_bytes()[:-20])
    summary, _ = ask(cases, work, tmp_path / "out", resume=True)
    lines = path.read_bytes().splitlines()
    assert (summary.cases, len(lines)) == (4, 4)
    assert all(msgspec.json.decode(line) for line in lines)


def test_what_no_batch_goes_on_with(cases, work, tmp_path):
    folder = tmp_path / "out"
    ask(cases[:1], work, folder)
    with pytest.raises(KbError, match="is not empty; add --resume"):
        ask(cases, work, folder)
    with pytest.raises(KbError, match="begun with another base"):
        ask(cases, msgspec.structs.replace(work, digest="0"), folder, resume=True)
    with pytest.raises(KbError, match="begun with another way of asking"):
        ask(cases, msgspec.structs.replace(work, raw=True), folder, resume=True)
    with pytest.raises(KbError, match="holds no batch"):
        ask(cases, work, tmp_path / "none", resume=True)
    with Journal(folder, {}, resume=True), pytest.raises(KbError, match="another kb batch writes there"):
        ask(cases, work, folder, resume=True)
    (folder / JOURNAL).write_bytes(b"x" * 5000)
    with pytest.raises(KbError, match="is damaged"):
        ask(cases, work, folder, resume=True)


def test_a_disk_that_fills_keeps_what_was_answered(tmp_path):
    with Journal(tmp_path / "out", {}, resume=False) as journal:
        journal.add("a", '{"case":"a"}', "answered")

        class Full:
            """As the system does it: first a piece is taken, then nothing."""

            room = 3

            def __init__(self, file):
                self.file = file

            def write(self, data):
                if not self.room:
                    raise OSError(28, "No space left on device")
                taken, self.room = self.file.write(data[: self.room]), 0
                return taken

            def __getattr__(self, name):
                return getattr(self.file, name)

        journal._file = Full(journal._file)
        with pytest.raises(KbError, match="No space left on device; make room, then go on with --resume"):
            journal.add("b", '{"case":"b"}', "answered")
    assert (tmp_path / "out" / ANSWERS).read_bytes() == b'{"case":"a"}\n'
    with sqlite3.connect(tmp_path / "out" / JOURNAL) as known:
        assert known.execute("SELECT state FROM done").fetchall() == [("answered",)]
    known.close()


def test_a_secret_in_a_path_is_nowhere_and_cases_stay_apart(work, tmp_path):
    secrets = ["Hunter2" + "x9Kq", "Tr0ub4" + "dor7Zz"]
    cases = [str(tmp_path / f"password={secret}" / "a.log") for secret in secrets]
    for case in cases:
        Path(case).parent.mkdir()
        Path(case).write_text("error: widget not found\n", encoding="utf-8")
    ask(cases, work, tmp_path / "out")
    summary, _ = ask([*cases, str(tmp_path / "gone")], work, tmp_path / "out", resume=True)
    assert (summary.asked, summary.cases, summary.known) == (3, 3, 2)
    assert len({case for cause in summary.causes for case in cause.cases}) == 2
    kept = b"".join(path.read_bytes() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert not [secret for secret in secrets if secret.encode() in kept]


# --- what is summed up ---------------------------------------------------------------------------------------------


def line_of(case, error="", unknown=("error: nothing fits here",), **changes):
    diagnosis = {
        "verdict": "unknown",
        "causes": [],
        "problems": [],
        "unexplained": [{"quote": q} for q in unknown],
        "skipped": [],
    }
    return msgspec.json.encode(
        Answer(case=case, seconds=1.0, diagnosis=None if error else {**diagnosis, **changes}, error=error)
    )


def test_a_case_that_failed_before_counts_once(tmp_path):
    with Journal(tmp_path / "out", {}, resume=False) as journal:
        for state, line in (("failed", b"1"), ("answered", b"2")):
            journal.add("a", line.decode(), state)
        assert list(journal.lines()) == [b"2\n"]
        assert (journal.left(["a", "b"]), journal.asked(["a", "b"])) == (["b"], 2)


def test_background_is_no_message_of_the_unknown():
    noise = "warn: fan error speed"
    cause = {"id": "w/e", "article": "w", "title": "<b>|T", "probability": 0.9, "verdict": "likely"}
    known = {"verdict": "likely", "causes": [cause]}
    lines = [line_of(f"k{n}", unknown=[noise], **known) for n in range(4)]
    lines += [
        line_of("u1", unknown=[noise, "error: pump stuck"]),
        line_of("u2", unknown=[noise]),
        line_of("x", error="broke"),
    ]
    lines.append(line_of("u3", unknown=["error: pump stuck"]))
    skipped = [{"path": "x/y", "reason": "denied", "code": "KB-E010"}]
    lines.append(line_of("r", skipped=skipped, **known))
    summary = summary_of(lines, 9)
    assert [(c.message, c.cases) for c in summary.write_next] == [("error: pump stuck", ("u1", "u3"))]
    assert (summary.cases, summary.known, summary.unknown, summary.failed) == (9, 5, 3, 1)
    assert [(u.case, u.reason) for u in summary.unread] == [("r", "x/y: denied"), ("x", "broke")]
    page = html(summary, "out")
    assert "&lt;b&gt;|T" in page
    assert "<b>|T" not in page
    assert r"\|T" in markdown(summary, "out")


def test_cases_by_a_pattern_of_paths(tmp_path):
    for name in ("one/n1/a.log", "one/n2/b.log", "two/n1/c.log"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x", encoding="utf-8")
    found = cases_of([str(tmp_path), "z.log"], "*/n*")
    assert [Path(name).relative_to(tmp_path).as_posix() for name in found[:-1]] == ["one/n1", "one/n2", "two/n1"]
    assert found[-1] == "z.log"
    assert cases_of(["a", "b", "a"]) == ["a", "b"]
    for pattern, what in (("no*such", "finds nothing"), ("/x", "pattern")):
        with pytest.raises(KbError, match=what):
            cases_of([str(tmp_path)], pattern)


def test_the_command_with_a_process(cases, tmp_path, work, monkeypatch, capsys):
    """The one test that begins a real process."""
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    assert usual_jobs() >= 1
    base = str(work.bases[0])
    code = run(
        ["batch", "--kb", base, *cases[:1], str(tmp_path / "gone"), "--to", str(tmp_path / "out"), "--jobs", "1"]
    )
    assert code == 2
    printed = capsys.readouterr().out
    assert "2 of 2 cases answered, 1 with a known cause, 0 unknown, 1 failed\n" in printed
    assert "not read whole: 1 case\n" in printed
    assert run(["batch", "--kb", base, "-", "--to", str(tmp_path / "other")]) == 2
    assert "standard input is one text" in capsys.readouterr().err

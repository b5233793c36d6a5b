"""Work sent to a cluster: the answer that this machine gives, nothing lost and nothing counted twice, gone on with, refused.

Most of it runs on a stand-in behind the protocol of `concurrent.futures`; Dask itself where it is installed.
"""

import json
import sys
from concurrent.futures import CancelledError, Executor, Future

import pytest

from diagnose.errors import KbError
from diagnose.scan import parts as ranges
from kb.scale import answering, executors, items
from kb.scale.answering import Work, carry, store_of
from kb.scale.executors import Kind, cluster_at
from kb.scale.pool import FRUITLESS, KILLED, LostError, results
from kb.store.carried import arrived, carried

ASKED = []


class StandIn(Executor):
    """A cluster of one worker that is always there: it gets what it needs from the call alone, as one elsewhere would."""

    workers = 2
    open_to_all = True
    fail = None  # called with the item before it is done

    def __init__(self, address, tls, work, base):
        carry(work.digest, base)

    def start(self, count):
        return self

    def close(self):
        pass

    def submit(self, fn, /, *args):
        ASKED.append(args[0])
        future = Future()
        try:
            if StandIn.fail:
                StandIn.fail(args[0])
            future.set_result(fn(*args))
        except CancelledError:
            future.cancel()
            future.set_running_or_notify_cancel()
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def kb(on_widgets, monkeypatch):
    monkeypatch.setattr(executors, "CLUSTERS", (Kind("here", ("here",), f"{__name__}:StandIn"),))
    monkeypatch.setitem(sys.modules, __name__, sys.modules.get(__name__) or type(sys)(__name__))
    monkeypatch.setattr(sys.modules[__name__], "StandIn", StandIn, raising=False)
    monkeypatch.setattr(StandIn, "fail", None)
    monkeypatch.setattr(ranges, "RANGE", 1 << 20)
    monkeypatch.setattr(items, "ITEM", 2 << 20)
    answering._carried.clear()
    ASKED.clear()
    return on_widgets


@pytest.fixture
def logs(tmp_path):
    text = b"a line that says nothing\n" * 220_000
    (tmp_path / "big.log").write_bytes(text + b"error: widget not found\n")
    folder = tmp_path / "small"
    folder.mkdir()
    for number in range(5):
        (folder / f"{number}.log").write_bytes(b"fine\nerror: widget not found\n" * (number % 2))
    return ["small/3.log", "big.log", "small", "none.log"]


AT = ("--cluster", "here://x")


def test_the_answer_is_that_of_this_machine(kb, logs, tmp_path):
    near = kb("diagnose", *logs, "--format", "json")
    code, far, told = kb("diagnose", *logs, "--format", "json", *AT)
    assert (code, far) == near[:2]
    assert "whoever reaches this scheduler runs what they like" in told
    assert [(len(one.inputs), one.piece) for one in ASKED] == [
        (1, (1, 1)),
        (1, (1, 3)),
        (1, (2, 3)),
        (1, (3, 3)),
        (5, (1, 1)),
    ]
    assert not list((tmp_path / "home").rglob("*.kbpart"))
    assert kb("scan", *logs, "--to", "all.kbpart", *AT)[0] == 2
    assert kb("diagnose", "all.kbpart", "--format", "json")[1] == far
    assert not (tmp_path / "all.kbpart.parts").exists()


def test_a_batch_answers_as_on_this_machine(kb, logs, tmp_path):
    def answers(name):
        lines = (tmp_path / name / "answers.jsonl").read_bytes().splitlines()
        return sorted(
            (a["case"], a["diagnosis"]["verdict"], a["diagnosis"]["inputs"][0]["name"]) for a in map(json.loads, lines)
        )

    assert kb("batch", "small", "--split-by", "*.log", "--to", "far", *AT)[0] == 0
    assert [(case, name) for case, _, name in answers("far")] == [(f"small/{n}.log",) * 2 for n in range(5)]
    assert [verdict for _, verdict, _ in answers("far")] == ["unknown", "likely"] * 2 + ["unknown"]


def test_who_was_cut_short_goes_on_with_what_is_left(kb, logs, tmp_path, monkeypatch):
    def away(item):
        if len(item.inputs) == 5:
            raise KbError("--cluster here://x", "no scheduler there")

    monkeypatch.setattr(StandIn, "fail", staticmethod(away))
    code, _, told = kb("scan", *logs, "--to", "all.kbpart", *AT)
    assert code == 2
    assert "no scheduler there" in told
    assert "what was read is kept in all.kbpart.parts; the same command goes on" in told
    kept = sorted((tmp_path / "all.kbpart.parts").iterdir())
    assert len(kept) == 4
    kept[0].write_bytes(kept[0].read_bytes()[:-1])  # torn: made again
    monkeypatch.setattr(StandIn, "fail", None)
    before = len(ASKED)
    kb("scan", *logs, "--to", "all.kbpart", *AT)
    assert len(ASKED) - before == 5 - len(kept) + 1
    assert kb("diagnose", "all.kbpart", "--format", "json")[1] == kb("diagnose", *logs, "--format", "json")[1]
    (tmp_path / "big.log").write_bytes(b"another\n")
    assert kb("diagnose", "big.log", "--format", "json", *AT)[0] == 1


def test_an_item_that_kills_its_workers_is_named_and_the_rest_counts(kb, logs, monkeypatch):
    def dies(item):
        if item.piece == (2, 3):
            raise LostError

    monkeypatch.setattr(StandIn, "fail", staticmethod(dies))
    code, shown, told = kb("diagnose", *logs, "--format", "json", *AT)
    assert code == 2
    assert f"big.log: piece 2 of 3: {KILLED}" in told
    assert "pieces of it are missing: bytes 2097152 to 4194304" in told
    assert "widget-lost" in shown


def test_what_a_worker_does_not_see_is_told(kb, logs, monkeypatch):
    real = items._from_path
    monkeypatch.setattr(items, "_from_path", lambda name, path, *given: real(name, path + ".elsewhere", *given))
    code, _, told = kb("diagnose", "small/1.log", *AT)
    assert code == 2
    assert "small/1.log: is not there on " in told


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("diagnose", *AT), "reads files and URIs"),
        (("diagnose", "-", *AT), "reads files and URIs"),
        (("diagnose", "small", "--case", "x.case", *AT), "neither into a case"),
        (("scan", "big.log", "--piece", "1/2", "--to", "x.kbpart", *AT), "is what a cluster makes itself"),
        (("scan", "small", "--to", "x.kbpart", "--cluster", "ftp://x"), "ftp:// is no scheme of a cluster"),
    ],
)
def test_what_no_cluster_does(kb, logs, tmp_path, words, what):
    code, _, told = kb(*words)
    assert code == 2
    assert what in told
    assert not ASKED
    assert not (tmp_path / "x.kbpart.parts").exists()


# --- who works -----------------------------------------------------------------------------------------------------


def test_where_all_workers_went_away_nobody_is_to_blame():
    tried = []

    def run_one(item):
        tried.append(item)
        if item == "late" and tried.count(item) <= FRUITLESS - 2:
            raise CancelledError
        if item == "never":
            raise CancelledError
        if item == "breaks":
            raise LostError
        return item.upper()

    standing = StandIn.__new__(StandIn)
    done = [
        (one.item, one.result or one.error) for one in results(["late", "breaks", "x"], run_one, lambda _: standing, 2)
    ]
    assert sorted(done) == [("breaks", KILLED), ("late", "LATE"), ("x", "X")]
    assert [one.error for one in results(["never"], run_one, lambda _: standing, 2)] == [KILLED]


def test_a_worker_of_another_version_is_refused(widget_base, opened_store):
    store = opened_store([widget_base], None)
    work = Work(bases=(), cache=None, digest=store.documents_digest, version=store.version, options=answering.Options())
    answering._opened.close()
    with pytest.raises(KbError, match=r"has kb .*, not 0\.0; install the same on every machine"):
        store_of(Work(**{**{f: getattr(work, f) for f in work.__struct_fields__}, "version": "0.0"}))
    with pytest.raises(KbError, match=r"has Python .*, not 2\.7"):
        store_of(Work(**{**{f: getattr(work, f) for f in work.__struct_fields__}, "python": "2.7"}))
    carry(work.digest, carried(store))
    with store_of(work) as there:
        assert there.ids() == ["widget-lost"]
        assert there.lines.dump() == store.lines.dump()
    answering._opened.close()
    answering._carried.clear()
    carry("other", carried(store))
    with pytest.raises(KbError, match="has other articles"):
        store_of(Work(bases=(), cache=None, digest="other", version=store.version, options=answering.Options()))


def test_a_base_that_another_processor_compiled_is_compiled_anew(widget_base, opened_store, monkeypatch):
    data = carried(opened_store([widget_base], None))
    monkeypatch.setattr("kb.store.carried.engine", lambda: "another")
    with arrived(data) as there:
        assert there.ids() == ["widget-lost"]
        assert there.lines


# --- Dask ----------------------------------------------------------------------------------------------------------


def test_the_extra_that_is_missing_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    monkeypatch.delitem(sys.modules, "kb.scale.dask_cluster", raising=False)
    with pytest.raises(KbError, match=r"wants the extra cluster; pip install 'kb-diagnose\[cluster\]'"):
        cluster_at("tcp://x:1", "", None, b"")


def test_what_a_paused_worker_holds_is_done_elsewhere(monkeypatch):
    pytest.importorskip("distributed")
    from types import SimpleNamespace

    from kb.scale import dask_cluster

    monkeypatch.setattr(dask_cluster, "LOOK", 0.01)
    states = {"a": {"status": "paused"}, "b": {"status": "running"}}

    def submit(fn, key, pure):
        return SimpleNamespace(key=key, add_done_callback=lambda done: None, cancel=lambda: None)

    client = SimpleNamespace(
        status="running",
        submit=submit,
        scheduler_info=lambda n_workers: {"workers": states},
        processing=lambda: {"a": ("1",), "b": ("2",)},
        cancel=lambda futures: None,
    )
    handing = dask_cluster._Handing(client)
    held, free = handing.submit(str, "1"), handing.submit(str, "2")
    assert isinstance(held.exception(timeout=5), LostError)
    assert not free.done()
    states["b"]["status"] = "paused"  # nobody is left
    assert isinstance(free.exception(timeout=5), LostError)
    handing.shutdown(wait=False)


def test_items_grow_where_they_would_be_many(tmp_path, monkeypatch):
    (tmp_path / "x.log").write_bytes(b"a line\n" * 100_000)
    monkeypatch.setattr(items, "ITEM", 1 << 10)
    monkeypatch.setattr(items, "LARGEST_ITEM", 1 << 18)
    monkeypatch.setattr(items, "MOST_ITEMS", 10)
    assert len(list(items.items_of([str(tmp_path / "x.log")]))) == 10
    monkeypatch.setattr(items, "MOST_ITEMS", 1)
    assert len(list(items.items_of([str(tmp_path / "x.log")]))) == 3
    assert len(list(items.items_of([str(tmp_path / "x.log")], cut=False))) == 1


@pytest.mark.filterwarnings("ignore")
def test_dask_gives_the_same_answer_and_refuses_in_one_line(kb, logs, tmp_path, monkeypatch):
    distributed = pytest.importorskip("distributed")
    from kb.scale import dask_cluster

    monkeypatch.undo()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(dask_cluster, "PATIENCE", 1)
    monkeypatch.setattr(dask_cluster, "WORKERS", 1)
    options = {"processes": False, "protocol": "tcp://", "dashboard_address": None, "threads_per_worker": 1}
    with distributed.LocalCluster(n_workers=2, **options) as there:
        near, far = (
            kb("diagnose", *logs, "--format", "json", *at) for at in ((), ("--cluster", there.scheduler_address))
        )
        assert far == near
        with monkeypatch.context() as patch:
            patch.setattr(dask_cluster, "__version__", "0.0")
            assert (
                "not 0.0; install the same on every machine"
                in kb("diagnose", "small", "--cluster", there.scheduler_address)[2]
            )
        gone = there.scheduler_address
    assert "no scheduler of Dask there" in kb("diagnose", "small", "--cluster", gone)[2]
    assert "no such file" in kb("diagnose", "small", "--cluster", "none.json")[2]
    told = kb("diagnose", "small", "--cluster", gone, "--cluster-tls", "small")[2]
    assert "has no ca.pem and no cert.pem and no key.pem" in told

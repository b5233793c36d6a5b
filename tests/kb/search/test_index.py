"""Search: the right article first, typing mistakes mended, and an answer whatever happens to the index."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from kb.search import folder as search_folder
from kb.search import sqlite_engine, whoosh_engine
from kb.search.engine import SearchDoc
from kb.search.folder import MANIFEST, damage
from kb.search.index import open_index

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions and signals")
DOCS = (
    SearchDoc(id="failover", title="Pool failover fails", symptoms="Could not find a compatible interface",
              causes="TCP 9001 is blocked", products="Lync Server 2013", tags="dcom", digest="1",
              body="## What it looks like\n\n`Invoke-CsPoolFailover` reports an error. The pool's certificate is fine.\n" + "Filler text. " * 90
              + "\n\nRun **Test-NetConnection** to the registrar. The code is 0x800706BA."),
    SearchDoc(id="rpc", title="The RPC server is unavailable", causes="firewall", products="Windows", tags="rpc net",
              body="The error 1722 (0x800706BA). A certificate expired. Restart the registrar of the pool.", digest="2"),
    SearchDoc(id="disk", title="No space left on device", tags="disk", body="The disk is full. Delete files; space is left.", digest="3"),
)  # fmt: skip


def asked(docs):
    """Documents as an index takes them: what they are, and how they are read."""
    return {doc.id: doc.digest for doc in docs}, lambda ids: (doc for doc in docs if doc.id in ids)


DIGESTS, docs = asked(DOCS)


@pytest.fixture
def opened():
    """Opens indexes, and closes them after the test."""
    with ExitStack() as stack:
        yield lambda *given: stack.enter_context(open_index(*given))


@pytest.fixture(params=[(engine, where) for engine in (whoosh_engine, sqlite_engine) for where in ("folder", "memory")])
def index(request, tmp_path, opened):
    engine, where = request.param
    return opened(DIGESTS, docs, tmp_path / "search" if where == "folder" else None, engine)


def found(index, query, limit=10):
    return [hit.id for hit in index.search(query, limit).hits]


@pytest.mark.parametrize(
    ("query", "ids"),
    [
        ("failover", ["failover"]),
        ("certificates", ["rpc", "failover"]),
        ("0x800706ba", ["rpc", "failover"]),
        ("test-netconnection", ["failover"]),
        ('"space left"', ["disk"]),
        ('"left space"', ["disk"]),
        ('"compatible interface"', ["failover"]),
        ('"interface fails"', ["failover"]),
        ("title:space", ["disk"]),
        ("symptom:interface", ["failover"]),
        ("cause:firewall", ["rpc"]),
        ("product:lync", ["failover"]),
        ("tag:net OR tag:disk", ["disk", "rpc"]),
        ("id:rpc", ["rpc"]),
        ("body:fine", ["failover"]),
        ("certificate -failover", ["rpc"]),
        ('certificate -"rpc server"', ["failover"]),
        ("title:space certificate", ["disk"]),
        ("title:certificate", []),
        ("the of and", []),
        ("", []),
        ("-failover", []),
    ],
)
def test_words_phrases_fields_and_exclusions(index, query, ids):
    assert sorted(found(index, query)) == sorted(ids)


@pytest.mark.parametrize(
    "query",
    [
        "NetConnection",
        "Invoke-CsPoolFailover",
        "CsPoolFailOver",
        "Invoke-CsPoolFailover : Could not find a compatible interface",
        "When I run it, the pool failover stops: Could not find a compatible interface\nAt line:1 char:1",
    ],
)
def test_names_and_pastes_bring_their_article_up_first(index, query):
    assert found(index, query)[0] == "failover"


def test_the_article_with_more_of_the_words_comes_first(index):
    assert found(index, "error certificate expired") == ["rpc", "failover"]
    assert found(index, "certificate", limit=1) in (["rpc"], ["failover"])


def test_a_phrase_that_stands_nowhere_is_searched_by_its_words_and_said_so(index):
    result = index.search('"registrar certificate"')
    assert {hit.id for hit in result.hits} == {"rpc", "failover"}
    assert "phrase" in result.note


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("regsitrar", "registrar"), ("certifcate expird", "certificate expired"), ("title:spce", "title:space"), ("failovre", "failover")],
)  # fmt: skip
def test_a_slip_of_the_fingers_is_mended_and_answered(index, typed, meant):
    result = index.search(typed)
    assert result.did_you_mean == meant
    assert result.hits
    assert [h.id for h in result.hits] == found(index, meant)


@pytest.mark.parametrize(
    "query", ["registrar", "registrars", "0x800706bb", "xq", "zzzzzzzzzz", "1723", "-certifcate pool"]
)
def test_nothing_is_mended_that_is_known_short_a_number_or_like_nothing(index, query):
    assert index.search(query).did_you_mean == ""


def test_a_snippet_shows_the_place_that_matched_with_the_words_marked(index):
    (hit, *_) = index.search("test-netconnection registrar", 1).hits
    assert hit.id == "failover"
    assert {text for text, marked in hit.snippet if marked} == {"Test-NetConnection", "registrar"}
    text = "".join(text for text, _ in hit.snippet)
    assert "**" not in text
    assert len(text) < 300


def test_text_that_no_encoding_holds_is_searched_too(tmp_path, opened):
    odd = SearchDoc(id="x", title="a \ud800 b\x00", body="bad\udcff word " + "é" * 300 + " ﬁle \x1b[31m")
    for folder in (None, tmp_path):
        result = opened(*asked([odd]), folder).search("word")
        assert [hit.id for hit in result.hits] == ["x"]


def test_no_articles_give_no_hits(tmp_path, opened):
    for folder in (None, tmp_path):
        assert opened(*asked([]), folder).search("a word").hits == ()


# --- the folder -----------------------------------------------------------------------------------------------------


def place(folder):
    (only,) = [path for path in folder.iterdir() if not path.name.startswith("build-")]
    return only


def refuse(ids):
    raise AssertionError("the articles were read again")


def test_a_sound_index_is_opened_without_reading_an_article(tmp_path, opened):
    open_index(DIGESTS, docs, tmp_path).close()
    assert found(opened(DIGESTS, refuse, tmp_path), "failover") == ["failover"]


def test_changed_articles_make_another_index_and_old_ones_go(tmp_path):
    from kb.search.folder import KEPT

    for number in range(KEPT + 3):
        open_index({"disk": f"digest {number}"}, docs, tmp_path).close()
    assert len(list(tmp_path.iterdir())) == KEPT + 1


@POSIX
def test_the_files_are_private(tmp_path):
    before = os.umask(0)
    try:
        open_index(DIGESTS, docs, tmp_path / "a" / "search").close()
    finally:
        os.umask(before)
    inside = place(tmp_path / "a" / "search")
    assert {path.stat().st_mode & 0o777 for path in inside.iterdir()} == {0o600}
    assert inside.stat().st_mode & 0o777 == 0o700
    assert not list(inside.glob("*LOCK"))


def _flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


DAMAGE = {
    "a flipped bit": lambda file, inside: _flip(file),
    "a cut file": lambda file, inside: file.write_bytes(file.read_bytes()[:-7]),
    "an empty file": lambda file, inside: file.write_bytes(b""),
    "zeros": lambda file, inside: file.write_bytes(bytes(file.stat().st_size)),
    "a lost file": lambda file, inside: file.unlink(),
    "a stray table of contents": lambda file, inside: (inside / "_MAIN_9.toc").write_bytes(b"0123456789"),
    "a folder in it": lambda file, inside: (inside / "x").mkdir(),
}


@pytest.mark.parametrize("kind", ["toc", "seg", MANIFEST])
@pytest.mark.parametrize("name", DAMAGE)
def test_a_damaged_index_is_noticed_rebuilt_and_the_answer_given(tmp_path, name, kind, opened):
    open_index(DIGESTS, docs, tmp_path).close()
    inside = place(tmp_path)
    (file,) = inside.glob(f"*{kind}")
    DAMAGE[name](file, inside)
    index = opened(DIGESTS, docs, tmp_path)
    assert found(index, "failover") == ["failover"]
    assert "damaged" in index.search("failover").note
    assert not damage(inside)
    assert opened(DIGESTS, refuse, tmp_path).note == ""


def test_a_poisoned_table_of_contents_is_not_opened(tmp_path, opened):
    class Poison:
        def __reduce__(self):
            return (Path.touch, (tmp_path / "ran",))

    folder = tmp_path / "search"
    open_index(DIGESTS, docs, folder).close()
    inside = place(folder)
    (toc,) = inside.glob("*.toc")
    data = toc.read_bytes()
    poison = pickle.dumps(Poison(), 2)
    toc.write_bytes((data[:20] + poison + data)[: len(data)])
    (inside / "_MAIN_2.toc").write_bytes(poison)
    assert found(opened(DIGESTS, docs, folder), "failover") == ["failover"]
    assert not (tmp_path / "ran").exists()


@POSIX
@pytest.mark.parametrize("mode", [0o777, 0o720, 0o702])
def test_an_index_that_others_may_write_is_built_anew(tmp_path, mode, opened):
    open_index(DIGESTS, docs, tmp_path).close()
    place(tmp_path).chmod(mode)
    index = opened(DIGESTS, docs, tmp_path)
    assert found(index, "failover") == ["failover"]
    assert place(tmp_path).stat().st_mode & 0o777 == 0o700


@POSIX
def test_a_folder_that_others_may_write_or_that_is_a_link_is_not_used(tmp_path, opened):
    loose, real = tmp_path / "loose", tmp_path / "real"
    loose.mkdir()
    loose.chmod(0o777)
    real.mkdir(mode=0o700)
    (tmp_path / "link").symlink_to(real)
    for folder in (loose, tmp_path / "link"):
        index = opened(DIGESTS, docs, folder)
        assert found(index, "failover") == ["failover"]
        assert "from memory" in index.note
        assert not list(folder.iterdir())


@POSIX
def test_a_link_in_the_place_of_the_index_is_replaced_and_its_target_untouched(tmp_path, opened):
    folder, other = tmp_path / "search", tmp_path / "other"
    open_index(DIGESTS, docs, folder).close()
    inside = place(folder)
    inside.rename(other)
    inside.symlink_to(other)
    assert found(opened(DIGESTS, docs, folder), "failover") == ["failover"]
    assert not inside.is_symlink()
    assert (other / MANIFEST).exists()


def test_where_nothing_can_be_written_the_answer_comes_from_memory(tmp_path, monkeypatch, opened):
    (tmp_path / "file").write_text("in the way")
    index = opened(DIGESTS, docs, tmp_path / "file" / "search")
    assert found(index, "failover") == ["failover"]

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(search_folder, "flush", full)
    index = opened(DIGESTS, docs, tmp_path / "search")
    assert found(index, "failover") == ["failover"]
    assert (
        index.search("failover").note == "cannot write the search index (No space left on device); results from memory"
    )
    assert not list((tmp_path / "search").iterdir())


def test_damage_after_opening_is_mended_during_the_search(tmp_path, monkeypatch, opened):
    index = opened(DIGESTS, docs, tmp_path)
    reader = index._reader

    class Broken:
        def __getattr__(self, name):
            raise ValueError("Block tag error")

        def close(self):
            pass

    reader.close()
    index._reader = Broken()
    assert found(index, "failover") == ["failover"]
    assert "damaged (ValueError)" in index.search("failover").note
    monkeypatch.setattr(search_folder, "build", lambda *_: (_ for _ in ()).throw(OSError(30, "Read-only file system")))
    index._reader = Broken()
    assert found(index, "failover") == ["failover"]
    assert "Read-only file system" in index.note


def test_a_fault_of_the_articles_is_not_taken_for_one_of_the_index(tmp_path, opened):
    def broken(ids):
        yield DOCS[0]
        raise RuntimeError("the store is gone")

    for folder in (tmp_path, None):
        with pytest.raises(RuntimeError, match="the store is gone"):
            opened(DIGESTS, broken, folder)
    assert not list(tmp_path.iterdir())


BUILD = """
import sys; sys.path[:] = json_path
from pathlib import Path
from kb.search.engine import SearchDoc
from kb.search.index import open_index
docs = [SearchDoc(id=f"a{n}", title=f"title {n}", body="word " * 50 + f"number{n}") for n in range(60)]
print(len(open_index({doc.id: "" for doc in docs}, lambda ids: docs, Path(sys.argv[1])).search("title", 100).hits), flush=True)
"""


def child(folder):
    code = BUILD.replace("json_path", json.dumps([part for part in sys.path if part]))
    return subprocess.Popen([sys.executable, "-c", code, str(folder)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


@POSIX
def test_a_killed_build_leaves_nothing_that_is_opened_and_nothing_piles_up(tmp_path):
    for number in range(8):
        process = child(tmp_path)
        time.sleep(0.12 + 0.04 * number)
        process.send_signal(signal.SIGKILL)
        process.communicate()
        for path in tmp_path.iterdir():
            assert path.name.startswith("build-") or not damage(path)
    process = child(tmp_path)
    out, error = process.communicate()
    assert (out, error) == (b"60\n", b"")
    assert len(list(tmp_path.iterdir())) == 1


def test_builds_at_the_same_time_all_answer_and_leave_one_index(tmp_path):
    processes = [child(tmp_path) for _ in range(4)]
    for process in processes:
        out, error = process.communicate()
        assert (out, error) == (b"60\n", b"")
    assert not damage(place(tmp_path))


def test_leftovers_of_other_machines_go_with_age(tmp_path):
    old, fresh = tmp_path / "build-cafe-1-x", tmp_path / "build-cafe-1-y"
    for path in (old, fresh):
        path.mkdir()
    os.utime(old, (1, 1))
    open_index(DIGESTS, docs, tmp_path).close()
    assert not old.exists()
    assert fresh.exists()

"""The derived file: updated by row, private, opened by several at once, told while it is made."""

import os
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing, contextmanager

import msgspec
import pytest
from small_base import answer, write

from diagnose.errors import KbError
from kb.cli import run
from kb.store import postings
from kb.store.open import open_store


def test_a_change_is_seen_and_gives_what_a_fresh_build_gives(folder, cache, opened_store):
    open_store([folder], cache).close()
    write(folder, "two", "delta")
    write(folder, "four", "epsilon")
    (folder / "three" / "article.md").unlink()
    changed = opened_store([folder], cache)
    fresh = opened_store([folder], None)
    for word in ("alpha", "beta", "gamma", "delta", "epsilon"):
        assert msgspec.json.encode(answer(changed, word)) == msgspec.json.encode(answer(fresh, word))
    assert answer(changed, "delta").articles[0].id == "two"
    assert "three" not in [article.id for article in answer(changed, "gamma").articles]


def test_a_base_that_is_written_in_many_parts_is_the_same(folder, opened_store, monkeypatch):
    whole = opened_store([folder], None)
    monkeypatch.setattr(postings, "HELD", 5)
    parts = opened_store([folder], None)
    for table in ("term", "pair", "message", "prose"):
        rows = f"SELECT * FROM {table} ORDER BY 1"
        assert parts._db.execute(rows).fetchall() == whole._db.execute(rows).fetchall() != []


@pytest.fixture
def connections(monkeypatch):
    """Every connection that is made."""
    made, connect = [], sqlite3.connect

    def kept(*given, **options):
        made.append(connect(*given, **options))
        return made[-1]

    monkeypatch.setattr(sqlite3, "connect", kept)
    return made


def is_closed(connection):
    try:
        connection.execute("SELECT 1")
    except sqlite3.ProgrammingError:
        return True
    return False


@pytest.mark.parametrize(
    ("arguments", "status"),
    [(["list"], 0), (["search", "alpha"], 0), (["show", "thre"], 2), (["eval", "{cases}", "--compare", "{base}"], 0)],
)
def test_a_command_leaves_no_connection_open(folder, cache, connections, monkeypatch, tmp_path, arguments, status):
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(cache))
    cases = tmp_path / "cases.jsonl"
    cases.write_text('{"id": "c", "text": "the alpha engine", "expect": ["one"]}\n', encoding="utf-8")
    named = [argument.format(cases=cases, base=folder) for argument in arguments]
    assert run(["--kb", str(folder), *named]) == status
    assert connections
    assert all(map(is_closed, connections))


def test_a_base_that_cannot_be_opened_leaves_no_connection_open(folder, cache, connections):
    open_store([folder], cache).close()
    (path,) = cache.glob("*.sqlite")
    path.write_bytes(os.urandom(5000))
    open_store([folder], cache).close()
    write(folder, "four", "delta")

    @contextmanager
    def interrupted(count):
        raise KeyboardInterrupt
        yield

    with pytest.raises(KeyboardInterrupt):
        open_store([folder], cache, building=interrupted)
    assert len(connections) == 6  # the file made and read, twice; read once more, and one made that is not finished
    assert all(map(is_closed, connections))


def test_two_articles_with_one_id_are_told_and_the_first_is_used(folder, cache, opened_store):
    write(folder / "copy", "one", "zeta")
    store = opened_store([folder], cache)
    (fault,) = store.faults()
    assert "is taken by" in fault.what
    assert store.size == 3


def test_an_unknown_id_names_the_closest(folder, cache, opened_store):
    with pytest.raises(KbError, match="did you mean 'three'"):
        opened_store([folder], cache).article("thre")


@pytest.mark.skipif(sys.platform == "win32", reason="POSIX permissions")
def test_a_cache_that_others_may_write_or_that_is_a_link_is_refused(folder, cache, tmp_path):
    open_store([folder], cache).close()
    (path,) = cache.glob("*.sqlite")
    path.chmod(0o666)
    with pytest.raises(KbError, match="not a private file"):
        open_store([folder], cache)
    path.unlink()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(KbError, match="not a private file"):
        open_store([folder], cache)


def test_without_the_engine_every_sample_gives_the_same(root, opened_store, monkeypatch):
    """Where Hyperscan has no wheel, `re` answers: samples of four shipped articles."""
    from kb.authoring.samples import run

    monkeypatch.setitem(sys.modules, "hyperscan", None)
    store = opened_store([root / "articles"], None)
    tested = run(store, [store.article(name) for name in sorted(store.ids())[10 :: store.size // 4]], outputs=False)
    assert tested.samples > 40
    assert tested.failures == ()


def test_whoever_opens_a_base_is_told_how_many_articles_are_to_be_read_and_only_then(tmp_path):
    from contextlib import contextmanager

    from kb.store.open import open_store

    counts = []

    @contextmanager
    def building(count):
        counts.append(count)
        yield

    folder, cache = tmp_path / "base", tmp_path / "cache"
    folder.mkdir()
    cache.mkdir(mode=0o700)
    for name in ("one", "two"):
        (folder / f"{name}.md").write_text(f"# The {name} does not start\n", encoding="utf-8")
    for _ in range(2):
        open_store([folder], cache, building=building).close()
    (folder / "two.md").write_text("# The second one does not start\n", encoding="utf-8")
    open_store([folder], cache, building=building).close()
    assert counts == [2, 1]


def test_what_takes_long_is_told_while_it_lasts_and_what_does_not_is_not(monkeypatch):
    from threading import Event

    from kb.cli import output
    from kb.cli.progress import told_late

    told, heard = [], Event()
    monkeypatch.setattr(output, "tell", lambda message: (told.append(message), heard.set()))
    with told_late("a while", after=0):
        assert heard.wait(30)
    with told_late("no time at all", after=3600):
        pass
    assert told == ["a while"]


def test_the_wording_of_an_article_has_the_alternatives_of_its_patterns_apart(base):
    article = """---
id: mirror
title: The mirror is lost
signals:
  bad: {regex: '^(?:Status|State) of [Mm]irror: (?:suspended|lost)'}
  plain: {contains: Cannot reach (a|b)}
symptoms: [bad]
causes: [{id: it, title: It, likelihood: common}]
---
"""
    (wording,) = base(mirror=article).wordings(["mirror"]).values()
    assert wording.title == {"the", "mirror", "lost"}
    assert len(wording.signals["bad"]) == 4
    assert all(("suspend" in words) != ("lost" in words) for words in wording.signals["bad"])
    assert wording.signals["plain"] == (frozenset({"cannot", "reach"}),)


# --- several at once ---


def command(folder, cache, *arguments, **options):
    environment = {**os.environ, "XDG_CACHE_HOME": str(cache), "LOCALAPPDATA": str(cache)}
    call = [sys.executable, "-m", "kb", arguments[0], "--kb", str(folder), *arguments[1:]]
    return subprocess.Popen(call, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_eight_first_runs_at_once_all_answer(folder, cache):
    error = "the alpha engine could not be started by the alpha service"
    started = [command(folder, cache, "diagnose", "--format", "json", "--text", error) for _ in range(8)]
    ended = [(process.communicate(timeout=100), process.returncode) for process in started]
    assert {status for _, status in ended} == {0}
    assert len({out for (out, _), _ in ended}) == 1
    assert b"locked" not in b"".join(err for (_, err), _ in ended)
    assert [path.name for path in (cache / "kb-diagnose").iterdir()] == [
        path.name for path in (cache / "kb-diagnose").glob("kb-*.sqlite")
    ]


def test_a_file_of_another_format_is_made_again_without_a_word(folder, cache, opened_store):
    open_store([folder], cache).close()
    (path,) = cache.glob("*.sqlite")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version=1")
    data = path.read_bytes()
    path.write_bytes(data[:68] + zlib.crc32(data[:68] + data[72:]).to_bytes(4, "big") + data[72:])
    notes = []
    assert answer(opened_store([folder], cache, notes.append), "alpha").articles[0].id == "one"
    assert notes == []


def test_a_base_named_relative_or_absolute_is_indexed_once_and_told_as_named(folder, cache, monkeypatch):
    write(folder, "four", "alpha")
    (folder / "four" / "article.md").write_text("---\nid: One\n---\n# No id\n", encoding="utf-8")
    open_store([folder], cache).close()
    monkeypatch.chdir(folder.parent)
    with open_store(
        [folder.relative_to(folder.parent)], cache, building=lambda count: pytest.fail(f"{count}")
    ) as store:
        assert store.article("one").path == os.path.join("base", "one", "article.md")
        assert store.faults() and all(fault.path.startswith("base") for fault in store.faults())


def test_two_formats_of_kb_keep_a_file_each_until_one_is_old(folder, cache, monkeypatch):
    from kb.store import open as opening

    open_store([folder], cache).close()
    (mine,) = cache.glob("*.sqlite")
    for format_ in (1, 2):
        monkeypatch.setattr(opening, "FORMAT", format_)
        open_store([folder], cache).close()
    names = {path.name for path in cache.glob("*.sqlite")}
    assert mine.name in names and len(names) == 3
    os.utime(mine, (1, 1))
    write(folder, "four", "delta")
    open_store([folder], cache).close()
    assert {path.name for path in cache.glob("*.sqlite")} == names - {mine.name}

"""The derived file: swept, updated by row, rebuilt when damaged, private."""

import os
import sqlite3
import sys
from contextlib import contextmanager
from io import BytesIO

import msgspec
import pytest

from diagnose.errors import KbError
from diagnose.inputs.sources import open_inputs
from diagnose.pipeline import diagnose
from kb.cli import run
from kb.store.open import open_store

TEXT = """---
id: {id}
title: The {word} fails
signals: {{failed: {{contains: the {word} engine could not be started by the {word} service}}}}
symptoms: [failed]
causes: [{{id: off, title: It is off}}]
---
> the {word} engine could not be started by the {word} service
"""


def write(folder, name, word):
    place = folder / name
    place.mkdir(parents=True, exist_ok=True)
    (place / "article.md").write_text(TEXT.format(id=name, word=word), encoding="utf-8")


def answer(store, word):
    text = f"the {word} engine could not be started by the {word} service\n"
    return diagnose(open_inputs(["-"], BytesIO(text.encode())), store)


@pytest.fixture
def folder(tmp_path):
    for name, word in (("one", "alpha"), ("two", "beta"), ("three", "gamma")):
        write(tmp_path / "base", name, word)
    return tmp_path / "base"


@pytest.fixture
def cache(tmp_path):
    path = tmp_path / "cache"
    path.mkdir(mode=0o700)
    return path


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


@pytest.mark.parametrize("damage", ["truncate", "zero", "garbage", "empty", "flip"])
def test_a_damaged_file_is_rebuilt_and_the_answer_given(folder, cache, opened_store, damage):
    open_store([folder], cache).close()
    (path,) = cache.glob("*.sqlite")
    data = bytearray(path.read_bytes())
    changed = {
        "truncate": data[: len(data) // 3],
        "zero": bytes(len(data)),
        "garbage": os.urandom(5000),
        "empty": b"",
        "flip": data[:20] + bytes([data[20] ^ 255]) + data[21:],
    }[damage]
    path.write_bytes(changed)
    notes = []
    store = opened_store([folder], cache, notes.append)
    assert answer(store, "alpha").articles[0].id == "one"


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
    assert len(connections) == 4
    assert all(map(is_closed, connections))


def test_compiled_patterns_that_rotted_are_compiled_again(folder, cache, opened_store):
    with open_store([folder], cache) as store:
        store._db.execute("UPDATE compiled SET blob = x'00112233'")
    assert answer(opened_store([folder], cache), "beta").articles[0].id == "two"


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
    """Where Hyperscan has no wheel, `re` answers: all samples of the shipped articles."""
    from kb.authoring.samples import run

    monkeypatch.setitem(sys.modules, "hyperscan", None)
    store = opened_store([root / "articles"], None)
    tested = run(store, [store.article(name) for name in store.ids()], outputs=False)
    assert tested.samples > 200
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

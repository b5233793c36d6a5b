"""The derived file: swept, updated by row, rebuilt when damaged, private."""

import os
import random
import sqlite3
import subprocess
import sys
import zlib
from contextlib import closing, contextmanager
from io import BytesIO

import msgspec
import pytest

from diagnose.errors import KbError
from diagnose.inputs.sources import open_inputs
from diagnose.pipeline import diagnose
from kb.articles.files import find_articles
from kb.cli import run
from kb.safe_files import mark
from kb.store import postings
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


def test_a_base_that_is_written_in_many_parts_is_the_same(folder, opened_store, monkeypatch):
    whole = opened_store([folder], None)
    monkeypatch.setattr(postings, "HELD", 5)
    parts = opened_store([folder], None)
    for table in ("term", "pair", "message", "prose"):
        rows = f"SELECT * FROM {table} ORDER BY 1"
        assert parts._db.execute(rows).fetchall() == whole._db.execute(rows).fetchall() != []


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


# --- damage, edits that hide, several at once ---


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


@pytest.mark.parametrize("seed", range(60))
def test_one_byte_changed_anywhere_changes_no_answer(folder, cache, opened_store, seed):
    """One place in each sixtieth of the file."""
    open_store([folder], cache).close()
    (path,) = cache.glob("*.sqlite")
    data = bytearray(path.read_bytes())
    at = random.Random(seed).randrange(seed * len(data) // 60, (seed + 1) * len(data) // 60)
    data[at] ^= 1 << seed % 8
    path.write_bytes(data)
    notes = []
    store = opened_store([folder], cache, notes.append)
    assert "index damaged" in notes[0]
    assert answer(store, "beta").articles[0].id == "two"
    assert store.article("one").body.startswith("> the alpha engine")
    assert opened_store([folder], cache, notes.append).size == 3
    assert len(notes) == 1


def test_a_value_that_rotted_in_a_large_file_is_noticed_when_it_is_read(folder, cache, monkeypatch, capsys):
    from kb.store import derived

    monkeypatch.setattr(derived, "CHECKED_BYTES", 0)
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(cache))
    assert run(["list", "--kb", str(folder)]) == 0
    (path,) = cache.glob("*/*.sqlite")
    path.write_bytes(path.read_bytes().replace(b'"The alpha fails"', b'"The alphA fails"'))
    capsys.readouterr()
    assert run(["list", "--kb", str(folder)]) == 2
    assert "run the command again" in capsys.readouterr().err
    assert run(["list", "--kb", str(folder)]) == 0
    assert "The alpha fails" in capsys.readouterr().out


def test_an_edit_of_the_same_size_with_its_time_put_back_is_seen(folder, cache, opened_store):
    open_store([folder], cache).close()
    path = folder / "one" / "article.md"
    times = path.stat()
    path.write_text(path.read_text(encoding="utf-8").replace("It is off", "It is OFF"), encoding="utf-8")
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))
    store = opened_store([folder], cache, strict=sys.platform == "win32")
    assert store.problems(["one"])["one"].causes[0].title == "It is OFF"


def test_a_strict_sweep_knows_files_by_their_content(folder, cache, opened_store, monkeypatch):
    """As where a share keeps all times: nothing but the content tells."""
    from kb.store import open as opening

    open_store([folder], cache).close()
    before = find_articles([folder])
    path = folder / "one" / "article.md"
    path.write_text(path.read_text(encoding="utf-8").replace("It is off", "It is OFF"), encoding="utf-8")
    monkeypatch.setattr(opening, "find_articles", lambda roots: before)
    assert opened_store([folder], cache).problems(["one"])["one"].causes[0].title == "It is off"
    assert opening.damage_of([folder], cache) == [f"{path}: changed behind its size and times"]
    assert opened_store([folder], cache, strict=True).problems(["one"])["one"].causes[0].title == "It is OFF"
    assert opened_store([folder], cache).problems(["one"])["one"].causes[0].title == "It is OFF"


def test_doctor_looks_at_every_byte(folder, cache, monkeypatch, capsys):
    for variable in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(variable, str(cache))
    for command_line in (["search", "alpha"], ["doctor", "--deep"]):
        assert run([*command_line, "--kb", str(folder)]) == 0
    (path,) = cache.glob("*/*.sqlite")
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    largest = max(cache.glob("*/search/*/*"), key=lambda file: file.stat().st_size)
    largest.write_bytes(largest.read_bytes()[:-1] + b"x")
    assert run(["doctor", "--deep", "--kb", str(folder)]) == 1
    assert capsys.readouterr().out.count("made again") == 2
    assert run(["doctor", "--deep", "--kb", str(folder)]) == 0


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


def test_a_full_disk_gives_the_answer_from_memory(folder, cache, opened_store, monkeypatch):
    from kb.store import derived

    def full(*given):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(derived, "replace", full)
    notes = []
    assert answer(opened_store([folder], cache, notes.append), "alpha").articles[0].id == "one"
    assert "results from memory" in notes[0]


def test_what_a_killed_build_left_is_swept(folder, cache, opened_store):
    open_store([folder], cache).close()
    (path,) = cache.glob("*.sqlite")
    dead = subprocess.Popen(
        [sys.executable, "-c", "from kb.safe_files import mark; print(mark())"], stdout=subprocess.PIPE
    )
    writer = dead.communicate()[0].decode().strip()
    left = path.with_name(f"{path.name}.{writer}-00.tmp")
    left.write_bytes(b"half")
    mine = path.with_name(f"{path.name}.{mark()}-00.tmp")
    mine.write_bytes(b"half")
    write(folder, "four", "delta")
    opened_store([folder], cache)
    assert left.exists() == (sys.platform == "win32")
    assert mine.exists()


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


def test_a_row_that_damage_hides_in_a_large_file_is_noticed_before_the_answer(tmp_path, monkeypatch):
    from diagnose.options import Options
    from kb.ask import ask
    from kb.store import derived
    from kb.store.schema import DamagedError

    base, cache = tmp_path / "base", tmp_path / "cache"
    (base / "a").mkdir(parents=True)
    cache.mkdir(mode=0o700)
    text = "---\nid: a\ntitle: A\nsignals: {s: {contains: it is not there any more}}\nsymptoms: [s]\ncauses: [{id: c, title: C}]\n---\n"
    (base / "a" / "article.md").write_text(text, encoding="utf-8")
    open_store([base], cache).close()
    monkeypatch.setattr(derived, "CHECKED_BYTES", 0)
    with open_store([base], cache) as store:
        assert ask([], store, Options()).verdict == "unknown"
    path = next(cache.glob("*.sqlite"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("DELETE FROM term")
        connection.commit()
    with open_store([base], cache) as store, pytest.raises(DamagedError, match="not as it was written"):
        ask([], store, Options())


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


def test_a_base_that_cannot_be_written_is_read_all_the_same(folder, cache, opened_store):
    for place in (*folder.iterdir(), folder):
        place.chmod(0o555)
    try:
        assert answer(opened_store([folder], cache), "alpha").articles[0].id == "one"
    finally:
        for place in (folder, *folder.iterdir()):
            place.chmod(0o755)

"""A store that is damaged, edited behind its times, half written or on a full disk: noticed, and answered all the same."""

import os
import random
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from small_base import answer, write

from kb.articles.files import find_articles
from kb.cli import run
from kb.safe_files import mark
from kb.store.open import open_store


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


def test_a_base_that_cannot_be_written_is_read_all_the_same(folder, cache, opened_store):
    for place in (*folder.iterdir(), folder):
        place.chmod(0o555)
    try:
        assert answer(opened_store([folder], cache), "alpha").articles[0].id == "one"
    finally:
        for place in (folder, *folder.iterdir()):
            place.chmod(0o755)

"""A base out and in again: the same articles, whole or not at all, the one before kept; and files that want to do harm."""

import hashlib
import stat
import zipfile

import msgspec
import pytest

from diagnose.errors import KbError
from kb.cli import run
from kb.transfer.manifest import MANIFEST, SCHEMA, Entry, Manifest, digest_of, fits
from kb.transfer.swap import before, exchange, undo
from kb.transfer.take_in import take_in

ARTICLE = """---
id: valve-stuck
title: The valve of a tank does not open
signals:
  stuck: {contains: valve did not open within the time that it was given}
symptoms: [stuck]
causes:
  - {id: rusty, title: Rust blocks the valve}
---
# The valve
"""


@pytest.fixture
def source(tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    folder = tmp_path / "base" / "tanks" / "valve-stuck"
    (folder / "samples").mkdir(parents=True)
    (folder / "article.md").write_text(ARTICLE, encoding="utf-8")
    (folder / "samples" / "one.txt").write_text("valve did not open", encoding="utf-8")
    return tmp_path / "base"


def made(path, files, *, digest="", names=None, mode=0o100644, manifest=None):
    """A base file by hand, as bad as wanted."""
    entries = tuple(Entry(name, len(data), hashlib.sha256(data).hexdigest()) for name, data in files)
    told = Manifest(schema=SCHEMA, kb="1", articles=1, digest=digest or digest_of(entries), files=entries)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(MANIFEST, msgspec.json.encode(told) if manifest is None else manifest)
        for name, (_, data) in zip(names or [name for name, _ in files], files, strict=True):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(info, data)
    return str(path)


def test_out_and_in_again_by_the_command_line(source, tmp_path, capsys):
    one, two = str(tmp_path / "one.kbase"), str(tmp_path / "two.kbase")
    assert run(["--kb", str(source), "export", "base", one]) == 0
    digest = capsys.readouterr().out.split()[-1]
    assert run(["--kb", str(source), "export", "base", two]) == 0
    assert (tmp_path / "one.kbase").read_bytes() == (tmp_path / "two.kbase").read_bytes()
    assert run(["--kb", str(source), "export", "base", two]) == 2, "a file is not overwritten unasked"
    target = tmp_path / "there"
    assert run(["import", "base", one, "--to", str(target), "--digest", digest]) == 0
    assert (target / "tanks" / "valve-stuck" / "article.md").read_text(encoding="utf-8") == ARTICLE
    assert (target / "tanks" / "valve-stuck" / "samples" / "one.txt").is_file()
    assert run(["--kb", str(target), "show", "valve-stuck"]) == 0

    (source / "tanks" / "valve-stuck" / "article.md").write_text(ARTICLE.replace("Rust", "Lime"), encoding="utf-8")
    assert run(["--kb", str(source), "export", "base", two, "--force"]) == 0
    assert run(["import", "base", two, "--to", str(target)]) == 0
    assert "Lime" in (target / "tanks" / "valve-stuck" / "article.md").read_text(encoding="utf-8")
    assert run(["import", "base", "--undo", "--to", str(target)]) == 0
    assert "Rust" in (target / "tanks" / "valve-stuck" / "article.md").read_text(encoding="utf-8")
    assert run(["import", "base", two, "--to", str(target), "--digest", digest]) == 2
    assert run(["import", "base"]) == 2
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


@pytest.mark.parametrize(
    "name",
    [
        "../x.md",
        "/etc/x.md",
        "a/../../x.md",
        "C:/x.md",
        "a\\..\\x.md",
        "nul.md",
        "a/",
        "a//b.md",
        ".",
        "x\n.md",
        "a ",
        "a.",
    ],
)
def test_names_that_lead_elsewhere_are_refused(source, tmp_path, name):
    assert not fits(name)
    file = made(tmp_path / "bad", [(name, b"x")])
    with pytest.raises(KbError):
        take_in(file, tmp_path / "there")
    assert not (tmp_path / "there").exists()


def test_names_of_articles_fit():
    assert fits("tanks/valve-stuck/samples/symptom/one (2).txt")
    assert fits("ä/ö.md")


def test_files_that_lie_or_want_harm_change_nothing(source, tmp_path):
    target = tmp_path / "there"
    good = [("a/article.md", ARTICLE.encode())]
    take_in(made(tmp_path / "good", good), target)
    was = (target / "a" / "article.md").read_bytes()
    bomb = Entry("a/article.md", 10, "0" * 64)
    told = Manifest(schema=SCHEMA, kb="1", articles=1, digest=digest_of([bomb]), files=(bomb,))
    bad = [
        made(tmp_path / "link", good, mode=stat.S_IFLNK | 0o777),
        made(tmp_path / "digest", good, digest="0" * 64),
        made(tmp_path / "other", good, names=["b/article.md"]),
        made(tmp_path / "bomb", [("a/article.md", b"0" * (8 << 20))], manifest=msgspec.json.encode(told)),
        made(tmp_path / "json", good, manifest=b"[" * 100_000),
        made(tmp_path / "twice", [*good, ("A/article.md", b"x")]),
        made(tmp_path / "empty", [("a/readme.txt", b"x")]),
    ]
    whole = (tmp_path / "good").read_bytes()
    for number, cut in enumerate(range(0, len(whole), 40)):
        (tmp_path / f"cut{number}").write_bytes(whole[:cut])
        bad.append(str(tmp_path / f"cut{number}"))
    for file in [*bad, str(tmp_path), str(tmp_path / "none")]:
        with pytest.raises(KbError):
            take_in(file, target)
    assert (target / "a" / "article.md").read_bytes() == was
    assert not before(target).exists()
    assert not [path for path in tmp_path.iterdir() if path.name.endswith(".tmp")]


def test_own_articles_are_not_put_aside_unasked(source, tmp_path):
    file = made(tmp_path / "good", [("a/article.md", ARTICLE.encode())])
    with pytest.raises(KbError, match="no import brought"):
        take_in(file, source)
    taken = take_in(file, source, force=True)
    assert taken.kept
    assert (before(source) / "tanks" / "valve-stuck" / "article.md").is_file()


def test_without_a_swap_of_the_system_folders_are_renamed(tmp_path, monkeypatch):
    monkeypatch.setattr("kb.transfer.swap._swapped", lambda one, two: False)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        (tmp_path / name / name).touch()
    exchange(tmp_path / "one", tmp_path / "two")
    assert (tmp_path / "one" / "two").is_file()
    assert (tmp_path / "two" / "one").is_file()
    assert len(list(tmp_path.iterdir())) == 2
    with pytest.raises(KbError, match="no base before"):
        undo(tmp_path / "one")

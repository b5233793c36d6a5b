"""Files of others are read, and files written, in one way each: no pipe holds kb up, no link leads it elsewhere."""

import os
import subprocess
import sys

import pytest

from kb.safe_files import NotPlainError, aside, mark, read, write

posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


@posix
@pytest.mark.parametrize("inside", [False, True])
def test_a_pipe_is_refused_at_once(tmp_path, inside):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(NotPlainError, match="not a regular file"):
        read(tmp_path / "pipe", 10, tmp_path if inside else None)


@posix
def test_a_link_is_followed_within_its_folder_only(tmp_path):
    folder = tmp_path / "folder"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(b"secret")
    (folder / "plain").write_bytes(b"plain")
    (folder / "out").symlink_to(tmp_path / "secret")
    (folder / "in").symlink_to(folder / "plain")
    assert read(folder / "in", 10, folder) == b"plain"
    with pytest.raises(NotPlainError, match="leads out"):
        read(folder / "out", 10, folder)
    assert read(folder / "out", 10) == b"secret"  # which the user named


@posix
def test_nothing_is_written_through_a_link(tmp_path):
    (tmp_path / "to").mkdir()
    (tmp_path / "else").mkdir()
    (tmp_path / "to" / "id").symlink_to(tmp_path / "else")
    with pytest.raises(NotPlainError):
        write(tmp_path / "to" / "id" / "article.md", b"x", inside=tmp_path / "to")
    (tmp_path / "to" / "file").symlink_to(tmp_path / "target")
    with pytest.raises(NotPlainError):
        write(tmp_path / "to" / "file", b"x")
    assert os.listdir(tmp_path / "else") == []
    assert not (tmp_path / "target").exists()


def test_a_file_is_written_whole_for_its_owner_and_over_another_by_force_alone(tmp_path):
    path = tmp_path / "made" / "file"
    write(path, b"one", inside=tmp_path)
    if sys.platform != "win32":
        assert path.stat().st_mode & 0o777 == 0o600
    with pytest.raises(FileExistsError):
        write(path, b"two", force=False)
    assert path.read_bytes() == b"one"
    write(path, b"two")
    assert path.read_bytes() == b"two"
    assert os.listdir(path.parent) == ["file"]


def test_what_fails_leaves_the_old_file_and_nothing_else(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")
    with pytest.raises(OSError, match="full"), aside(path):
        raise OSError(28, "full")
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["file"]


@posix
def test_what_dead_writers_left_goes_and_what_living_ones_make_stays(tmp_path):
    call = [sys.executable, "-c", "from kb.safe_files import mark; print(mark())"]
    dead = subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()
    for name in (f"file.{dead}-0.tmp", f"file.{mark()}-0.tmp", "file.note.tmp", "other.tmp"):
        (tmp_path / name).write_bytes(b"half")
    write(tmp_path / "file", b"x")
    assert sorted(os.listdir(tmp_path)) == sorted(["file", f"file.{mark()}-0.tmp", "file.note.tmp", "other.tmp"])


@posix
@pytest.mark.timeout(100)
@pytest.mark.parametrize(
    "command",
    [
        ["import", "markdown", "{pipes}", "--to", "{to}"],
        ["import", "markdown", "{pipes}/p.jsonl", "--to", "{to}"],
        ["import", "cre", "{pipes}", "--to", "{to}"],
        ["case", "show", "{pipes}/p.md"],
        ["diagnose", "--text", "x", "--case", "{pipes}/p.md"],
        ["new", "some-id", "--from", "{pipes}/p.md", "--to", "{to}"],
        ["eval", "{pipes}/p.md"],
        ["eval", "{cases}"],
    ],
    ids=lambda command: " ".join(command[:2]),
)
def test_no_command_waits_for_a_pipe(tmp_path, command, capsys, cache_home, monkeypatch):
    from kb.cli import run

    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    pipes = tmp_path / "pipes"
    pipes.mkdir()
    for name in ("p.md", "p.yaml", "p.jsonl"):
        os.mkfifo(pipes / name)
    (tmp_path / "cases.jsonl").write_text('{"id": "a", "file": "pipes/p.md", "expect": []}\n', encoding="utf-8")
    filled = [part.format(pipes=pipes, to=tmp_path / "to", cases=tmp_path / "cases.jsonl") for part in command]
    assert run(filled) in (1, 2)
    assert capsys.readouterr().err.startswith("kb: ")


@posix
def test_an_import_reads_no_link_out_of_its_folder_and_writes_through_none(tmp_path, capsys):
    from kb.cli import run

    source, to, elsewhere = tmp_path / "from", tmp_path / "to", tmp_path / "elsewhere"
    for folder in (source, to, elsewhere):
        folder.mkdir()
    (tmp_path / "passwd.md").write_text("# root of all\n\nroot:x:0:0\n", encoding="utf-8")
    (source / "p.md").symlink_to(tmp_path / "passwd.md")
    (source / "good.md").write_text("# The pump fails\n\nThe pump of unit 3 fails to start.\n", encoding="utf-8")
    assert run(["import", "markdown", str(source), "--to", str(to)]) == 0
    assert "leads out of its folder" in capsys.readouterr().err
    assert sorted(path.name for path in to.iterdir()) == ["good"]
    (to / "good" / "article.md").unlink()
    (to / "good" / "article.md.part").symlink_to(elsewhere / "planted")
    assert run(["import", "markdown", str(source), "--to", str(to)]) == 0
    assert list(elsewhere.iterdir()) == []
    for path in (to / "good").iterdir():
        path.unlink()
    (to / "good").rmdir()
    (to / "good").symlink_to(elsewhere)
    assert run(["import", "markdown", str(source), "--to", str(to)]) == 2
    assert list(elsewhere.iterdir()) == []

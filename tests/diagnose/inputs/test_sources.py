"""Opening inputs: folders, what is no file, files that change, names, limits, progress."""

import errno
import gc
import gzip
import inspect
import os
import socket
import sys
import warnings
from io import BytesIO

import pytest

from diagnose.errors import LEFT_OUT, LIMIT
from diagnose.inputs.kinds import READERS
from diagnose.inputs.sources import InputError, Limits, _File, open_inputs, size_of

TEXT = b"2024-05-01 ERROR refused\nnext\n"
posix = pytest.mark.skipif(sys.platform == "win32", reason="POSIX files")


def read(source):
    """(text, error) of a source, or of an input that could not be opened."""
    if isinstance(source, InputError):
        return b"", source
    text = b""
    try:
        for chunk in source.chunks:
            text += chunk
    except InputError as error:
        return text, error
    return text, None


def test_a_folder_gives_the_files_below_it_in_order_and_names_its_links(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "x.log").write_bytes(TEXT)
    (tmp_path / "a.log").write_bytes(b"first")
    (tmp_path / "c").symlink_to(tmp_path / "b", target_is_directory=True)
    (tmp_path / "b" / "loop").symlink_to(tmp_path, target_is_directory=True)
    found = list(open_inputs([str(tmp_path)]))
    names = [os.path.relpath(f.where if isinstance(f, InputError) else f.name, tmp_path) for f in found]
    assert names == ["a.log", os.path.join("b", "loop"), os.path.join("b", "x.log"), "c"]
    assert [f.code for f in found if isinstance(f, InputError)] == [LEFT_OUT, LEFT_OUT]
    assert not any(f.asked for f in found if not isinstance(f, InputError))


def test_a_link_that_was_named_itself_is_followed(tmp_path):
    (tmp_path / "x.log").write_bytes(TEXT)
    (tmp_path / "l").symlink_to(tmp_path / "x.log")
    (source,) = open_inputs([str(tmp_path / "l")])
    assert source.asked
    assert read(source) == (TEXT, None)


def test_folders_far_deeper_than_the_recursion_limit_are_walked(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for _ in range(400):
        os.mkdir("d")
        os.chdir("d")
    os.chdir(tmp_path)
    limit = sys.getrecursionlimit()
    try:
        sys.setrecursionlimit(len(inspect.stack()) + 150)
        assert list(open_inputs(["d"])) == []
    finally:
        sys.setrecursionlimit(limit)


@posix
def test_what_is_no_regular_file_is_told_at_once(tmp_path, monkeypatch):
    os.mkfifo(tmp_path / "fifo")
    with socket.socket(socket.AF_UNIX) as server:
        monkeypatch.chdir(tmp_path)
        server.bind("s")
        for path, word in ((tmp_path / "fifo", "FIFO"), (tmp_path / "s", "socket"), ("/dev/zero", "character device")):
            (trouble,) = open_inputs([str(path)])
            assert word in trouble.what
            assert trouble.code == "KB-E010"
        assert {t.code for t in open_inputs([str(tmp_path)])} == {LEFT_OUT}


def test_missing_files_and_impossible_names_are_reported_and_the_rest_goes_on(tmp_path):
    (tmp_path / "good.txt").write_bytes(b"fine")
    *troubles, source = open_inputs([str(tmp_path / "none"), "a\0b", str(tmp_path / "good.txt")])
    assert [type(t) for t in troubles] == [InputError, InputError]
    assert read(source) == (b"fine", None)


@posix
@pytest.mark.skipif(not os.path.exists("/proc/self/status"), reason="needs /proc")
def test_files_without_a_size_are_read_up_to_a_limit():
    (source,) = open_inputs(["/proc/self/status"])
    assert b"Pid:" in read(source)[0]
    (source,) = open_inputs(["/proc/self/pagemap"], limits=Limits(endless=1 << 20))
    text, trouble = read(source)
    assert trouble.code == LIMIT
    assert len(text) < 2 << 20


@posix
def test_holes_of_a_sparse_file_are_not_read(tmp_path):
    with open(tmp_path / "sparse", "wb") as file:
        file.seek(1 << 40)
        file.write(b"data at the end\n")
    if os.stat(tmp_path / "sparse").st_blocks * 512 > 1 << 30:
        pytest.skip("the file system has no holes")
    (source,) = open_inputs([str(tmp_path / "sparse")])
    text, trouble = read(source)
    assert text.strip(b"\0") == b"data at the end\n"
    assert trouble is None
    assert source.again is None


def test_only_a_plain_whole_file_may_be_read_apart(tmp_path):
    (tmp_path / "x.log").write_bytes(TEXT)
    (tmp_path / "x.gz").write_bytes(gzip.compress(TEXT))
    plain, packed = open_inputs([str(tmp_path / "x.log"), str(tmp_path / "x.gz")])
    with plain.again() as file:
        assert file.read() == TEXT
    assert plain.size == len(TEXT)
    assert packed.again is None
    assert packed.size == (tmp_path / "x.gz").stat().st_size
    (cut,) = open_inputs([str(tmp_path / "x.log")], limit=5)
    assert cut.again is None


def test_a_file_that_shrinks_while_it_is_read_is_told(tmp_path):
    path = tmp_path / "x.log"
    path.write_bytes(TEXT * 100_000)
    for source in open_inputs([str(path)]):
        next(source.chunks)
        os.truncate(path, 1000)
        _, trouble = read(source)
        assert "cut while it was read" in trouble.what


def test_a_file_that_grows_is_read_as_long_as_it_was(tmp_path):
    path = tmp_path / "x.log"
    path.write_bytes(TEXT)
    for source in open_inputs([str(path)]):
        with open(path, "ab") as more:
            more.write(b"later" * 100)
        assert read(source) == (TEXT, None)


class Broken(BytesIO):
    """A disk that fails after the first read."""

    def read(self, size=-1):
        if self.tell() > 0:
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        return super().read(10)


def test_what_was_read_before_an_error_of_the_disk_is_used():
    (source,) = open_inputs(["-"], Broken(TEXT))
    text, trouble = read(source)
    assert text == TEXT[:10]
    assert trouble.bytes_read == 10


def test_a_limit_cuts_every_kind_and_says_so(tmp_path):
    (source,) = open_inputs(["-"], BytesIO(b"x" * 100), 10)
    text, trouble = read(source)
    assert text == b"x" * 10
    assert trouble.code == LIMIT
    assert "max-bytes" in str(trouble)
    (source,) = open_inputs(["-"], BytesIO(gzip.compress(os.urandom(10_000))), 5000)
    text, trouble = read(source)
    assert 3000 < len(text) < 5000
    assert trouble.code == LIMIT


@posix
@pytest.mark.parametrize("name", [b"bad\xff.log", b"two\nlines.log", b"-rf", b"esc\x1b[2J.log", "ünï.log".encode()])
def test_any_name_that_the_system_allows_is_read_and_can_be_shown(tmp_path, name):
    with open(os.path.join(os.fsencode(tmp_path), name), "wb") as file:
        file.write(TEXT)
    (source,) = open_inputs([str(tmp_path)])
    assert read(source) == (TEXT, None)
    source.name.encode("utf-8")


def test_progress_counts_the_bytes_on_disk(tmp_path):
    (tmp_path / "x.log").write_bytes(TEXT * 50_000)
    (tmp_path / "x.gz").write_bytes(gzip.compress(TEXT * 50_000))
    seen = []
    for source in open_inputs([str(tmp_path)], progress=seen.append):
        read(source)
    assert sum(seen) == size_of([str(tmp_path)]) == sum(f.stat().st_size for f in tmp_path.iterdir())
    assert size_of([str(tmp_path / "none"), "-"]) == 0


def test_files_are_closed_with_their_sources(tmp_path):
    for n in range(50):
        (tmp_path / f"{n}.log").write_bytes(TEXT)
        (tmp_path / f"{n}.gz").write_bytes(gzip.compress(TEXT))
    gc.disable()
    try:
        with open(os.devnull, "rb") as before:
            lowest = before.fileno()
        for source in open_inputs([str(tmp_path)]):
            read(source)
            del source
        with open(os.devnull, "rb") as after:
            assert after.fileno() <= lowest + 3
    finally:
        gc.enable()


def test_standard_input_may_be_asked_for_twice():
    stdin = BytesIO(TEXT)
    first, second = open_inputs(["-", "-"], stdin)
    assert read(first) == (TEXT, None)
    assert read(second) == (b"", None)


def test_every_kind_has_a_row_that_loads():
    for reader in READERS:
        assert reader.shape in ("unread", "part") or callable(reader.load())


@pytest.mark.parametrize("magic", [m for r in READERS if r.shape == "unread" for m in r.magic])
def test_kinds_that_are_not_read_are_named(magic):
    (trouble,) = open_inputs(["-"], BytesIO(magic + b"rest"))
    assert trouble.code == "KB-E017"


def test_a_terminal_is_asked_only_once_for_the_end_of_the_input():
    import io

    class Terminal(io.RawIOBase):
        """A line, then its end, then it would wait for more keys."""

        answers = iter([b"an error line\n", b""])

        def readable(self):
            return True

        def readinto(self, buffer):
            data = next(self.answers)
            buffer[: len(data)] = data
            return len(data)

    (source,) = open_inputs(["-"], io.BufferedReader(Terminal()))
    assert b"".join(source.chunks) == b"an error line\n"


def test_what_version_control_keeps_in_a_folder_is_named_once_and_read_only_where_it_is_asked_for(tmp_path):
    hooks = tmp_path / "plant" / ".git" / "hooks"
    hooks.mkdir(parents=True)
    (hooks / "a.sample").write_text("die 'failed'\n", encoding="utf-8")
    (hooks / "b.sample").write_text("die 'failed'\n", encoding="utf-8")
    (tmp_path / "plant" / "a.log").write_text("failed\n", encoding="utf-8")
    (tmp_path / "plant" / ".gitignore").write_text("*.log\n", encoding="utf-8")
    found = list(open_inputs([str(tmp_path / "plant")]))
    assert [(item.where, item.code) for item in found if isinstance(item, InputError)] == [
        (str(tmp_path / "plant" / ".git"), LEFT_OUT)
    ]
    assert len(found) == 3
    assert len(list(open_inputs([str(tmp_path / "plant" / ".git")]))) == 2


def test_a_file_that_goes_in_a_circle_of_references_is_closed_without_a_warning(tmp_path):
    (tmp_path / "x.log").write_bytes(b"a line\n")
    file = _File(str(tmp_path / "x.log"))
    file.circle = file
    descriptor = file.fileno()
    with warnings.catch_warnings(record=True) as warned:
        warnings.simplefilter("always")
        del file
        gc.collect()
    assert warned == []
    with pytest.raises(OSError):
        os.fstat(descriptor)

"""A hit in a binary file is a hit wherever the file comes from; noise is none, and what was passed over is named."""

import io
import random
import tarfile
import zipfile

import pytest

from diagnose.errors import BINARY, LIMIT
from diagnose.inputs.sources import open_inputs
from diagnose.options import Options
from diagnose.pipeline import diagnose
from diagnose.text.binary import ENOUGH, kind, unpadded
from diagnose.text.decode import sniff

ERROR = b"The RPC server is unavailable 0x800706BA\n"
ZEROS = b"\0" * 70_000
LOGS = {
    "a zero byte in a line": b"x\0y\n" + ERROR * 50,
    "zeros at the end": ERROR + ZEROS,
    "zeros at the beginning": ZEROS + ERROR,
    "zeros in the middle": b"2026-01-01 10:00:00 fine\n" * 9000 + ZEROS + ERROR,
    "zeros in a line": ERROR[:20] + b"\n" + ERROR.rstrip() + ZEROS + b"next\n",
    "UTF-16 behind zeros": b"\0" * 5000 + ERROR.decode().encode("utf-16-le"),
    "UTF-16 before zeros": ERROR.decode().encode("utf-16") + ZEROS,
    "text of another encoding": "Служба недоступна\n".encode("cp1251") + b"\0\0\0\0" + ERROR,
    "colours": b"\x1b[31mfailed\x1b[0m\0\n" + ERROR,
}


def named(folder, name, data):
    folder.mkdir(exist_ok=True)
    (folder / name).write_bytes(data)
    return folder


def in_a_folder(tmp_path, data):
    return [str(named(tmp_path / "folder", "app.log", data))], None


def in_a_tar(tmp_path, data):
    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        info = tarfile.TarInfo("app.log")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return [str(tmp_path / "a.tar")], None


def in_a_zip(tmp_path, data):
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("app.log", data)
    return [str(tmp_path / "a.zip")], None


def by_name(tmp_path, data):
    return [str(named(tmp_path, "app.log", data) / "app.log")], None


def on_standard_input(tmp_path, data):
    return ["-"], io.BytesIO(data)


@pytest.mark.parametrize("way", [in_a_folder, in_a_tar, in_a_zip, by_name, on_standard_input])
@pytest.mark.parametrize("log", LOGS)
def test_zero_bytes_hide_no_error(shipped, tmp_path, way, log):
    names, stdin = way(tmp_path, LOGS[log])
    answer = diagnose(open_inputs(names, stdin), shipped, Options())
    assert answer.causes[0].article == "rpc-server-unavailable"
    assert answer.skipped == ()


NOISE = random.Random(5).randbytes(40_000)
NOT_LOGS = {
    "a.png": b"\x89PNG\r\n\x1a\n\0\0\0\r" + ERROR,
    "prog.exe": b"MZ\x90\0\3\0\0\0" + ERROR,
    "lib.so": b"\x7fELF\2\1\1\0\0" + ERROR,
    "app.mo": b"\xde\x12\x04\x95\0\0\0\0" + ERROR,
    "app.sqlite": b"SQLite format 3\0\x10\0" + ERROR,
    "film.mp4": b"\0\0\0\x18ftypmp42\0\0" + ERROR,
    "noise.bin": b"\0" + NOISE * (3 * ENOUGH // len(NOISE)) + b"\n" + ERROR,
    "strings.bin": b"\0\1\0\2" + b"\0".join([b"could not start", ERROR.strip(), b"not found"] * 30) + b"\0",
}


@pytest.mark.parametrize("name", NOT_LOGS)
def test_what_is_no_log_gives_no_hit_and_is_named(shipped, tmp_path, name):
    folder = named(tmp_path / "folder", name, NOT_LOGS[name])
    answer = diagnose(open_inputs([str(folder)]), shipped, Options())
    assert answer.verdict == "unknown"
    assert [(item.path, item.code) for item in answer.skipped] == [(str(folder / name), BINARY)]
    assert not answer.complete


def test_a_log_beside_what_is_no_log_is_read(shipped, tmp_path):
    for name, data in NOT_LOGS.items():
        folder = named(tmp_path / "folder", name, data)
    named(folder, "app.log", b"begun\0\n" + ERROR)
    answer = diagnose(open_inputs([str(folder)]), shipped, Options())
    assert answer.causes[0].article == "rpc-server-unavailable"
    assert {item.source for item in answer.causes[0].evidence} == {str(folder / "app.log")}
    assert len(answer.skipped) == len(NOT_LOGS)


def test_text_behind_a_little_noise_counts_with_its_line_number_and_the_noise_is_named(shipped, tmp_path):
    folder = named(tmp_path / "folder", "app.log", b"begun\n" + NOISE + b"\n" + ERROR * 600)
    answer = diagnose(open_inputs([str(folder)]), shipped, Options())
    assert answer.causes[0].article == "rpc-server-unavailable"
    lines = [item.line for item in answer.causes[0].evidence]
    assert min(lines) >= NOISE.count(b"\n") + 3
    assert [item.code for item in answer.skipped] == [BINARY]


def test_a_bomb_of_zeros_is_told_as_one(shipped, tmp_path):
    with (
        zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("app.log", "w") as member,
    ):
        for _ in range(100):
            member.write(b"\0" * (1 << 20))
        member.write(b"\n" + ERROR)
    answer = diagnose(open_inputs([str(tmp_path / "a.zip")]), shipped, Options())
    assert [item.code for item in answer.skipped] == [LIMIT]


@pytest.mark.parametrize("size", [1, 2, 3, 7, 1000])
def test_padding_goes_whatever_the_chunks(size):
    data = b"\0\0\0a\n\0\0b\0\0\0c\0d\n\0\0"
    chunks = [data[at : at + size] for at in range(0, len(data), size)]
    assert b"".join(unpadded(chunks)) == b"a\nb\0c\0d\n"


def test_a_text_is_of_no_binary_kind():
    assert kind(b"2026-01-01 10:00:00 fine") == ""
    assert sniff(b"\0" * 16 + "Fehler".encode("utf-16-be"))[0] == "utf-16-be"

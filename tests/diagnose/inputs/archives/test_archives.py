"""zip and tar, inside each other and compressed: members, budgets, damage, and members that are left out alone."""

import bz2
import gzip
import io
import lzma
import struct
import tarfile
import zipfile

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.errors import DAMAGED, ENCRYPTED, LEFT_OUT, LIMIT, UNKNOWN
from diagnose.inputs.archives import zip as zip_reader
from diagnose.inputs.sources import InputError, Limits, open_inputs

TEXT = b"2024-05-01 ERROR connection refused\nnext line\n" * 30


def opened(data, tmp_path=None, **options):
    """{name: (text, error)} of all sources in `data`, read from a file where a folder is given, else from a stream."""
    if tmp_path is None:
        found = open_inputs(["-"], io.BytesIO(data), **options)
    else:
        (tmp_path / "b").write_bytes(data)
        found = open_inputs([str(tmp_path / "b")], **options)
    result = {}
    for source in found:
        if isinstance(source, InputError):
            result.setdefault(source.where.rpartition("/b")[2] or source.where, (b"", source))
            continue
        text, error = b"", None
        try:
            for chunk in source.chunks:
                text += chunk
        except InputError as trouble:
            error = trouble
        name = source.name.removeprefix(str(tmp_path / "b") if tmp_path else "-")
        result[name] = (text, error)
    return result


def zipped(members, method=zipfile.ZIP_DEFLATED, stream=False):
    file = io.BytesIO()
    target = Unseekable(file) if stream else file
    with zipfile.ZipFile(target, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


class Unseekable(io.RawIOBase):
    """What zipfile writes sizes behind the data for."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def tarred(members, form=tarfile.PAX_FORMAT, edit=None):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        if edit:
            edit(archive)
    return file.getvalue()


MEMBERS = {"dir/x.log": TEXT, "empty": b"", "y.txt": TEXT[:100]}
WHOLE = {f"!{name}": (data, None) for name, data in MEMBERS.items()}
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2]
FORMATS = [tarfile.USTAR_FORMAT, tarfile.GNU_FORMAT, tarfile.PAX_FORMAT]


@pytest.mark.parametrize("method", METHODS)
def test_the_members_of_a_zip_are_sources(tmp_path, method):
    assert opened(zipped(MEMBERS, method), tmp_path) == WHOLE
    assert opened(zipped(MEMBERS, method)) == WHOLE


@pytest.mark.parametrize("form", FORMATS)
def test_the_members_of_a_tar_are_sources(tmp_path, form):
    assert opened(tarred(MEMBERS, form), tmp_path) == WHOLE
    assert opened(gzip.compress(tarred(MEMBERS, form))) == WHOLE


def test_a_zip_that_cannot_be_sought_in_is_read_forwards():
    limits = Limits(held=100)
    assert opened(zipped(MEMBERS), limits=limits) == WHOLE
    assert opened(zipped(MEMBERS, stream=True), limits=limits) == WHOLE


def test_a_zip_behind_other_bytes_keeps_its_offsets(tmp_path):
    data = zipped(MEMBERS)
    assert opened(data[:4] + data[4:]) == WHOLE
    assert opened(zipped({"a": b"x"}) + data, tmp_path) == WHOLE


@pytest.mark.parametrize("pack", [gzip.compress, bz2.compress, lzma.compress])
def test_a_compressed_tar_is_one_layer(pack):
    inner = pack(tarred({"deep.log": gzip.compress(TEXT)}))
    found = opened(pack(tarred({"node.tar.x": inner})))
    assert found == {"!node.tar.x!deep.log": (TEXT, None)}


def test_what_is_packed_deeper_than_the_limit_is_named():
    data = TEXT
    for n in range(4):
        data = zipped({f"{n}": data})
    ((_, trouble),) = opened(data).values()
    assert trouble.code == LIMIT
    assert "3 deep" in trouble.what


def test_fifty_layers_end_at_the_limit():
    data = TEXT
    for _ in range(50):
        data = gzip.compress(data)
    ((_, trouble),) = opened(data).values()
    assert trouble.code == LIMIT


@pytest.mark.parametrize(
    "data", [zipped(MEMBERS), tarred(MEMBERS), gzip.compress(tarred(MEMBERS))], ids=["zip", "tar", "tgz"]
)
def test_a_member_that_is_left_unread_is_passed_over(data):
    names = [source.name for source in open_inputs(["-"], io.BytesIO(data))]
    assert names == [f"-!{name}" for name in MEMBERS]


def test_a_member_asked_for_after_the_next_one_is_an_error():
    big = {"a": TEXT * 1000, "b": TEXT * 1000}
    first, _ = open_inputs(["-"], io.BytesIO(tarred(big)))
    with pytest.raises(InputError, match="after the next member"):
        list(first.chunks)


def test_members_found_by_every_kind_of_cut_are_a_beginning_of_the_whole(tmp_path):
    for data in (zipped(MEMBERS), tarred(MEMBERS), gzip.compress(tarred(MEMBERS))):
        for cut in range(0, len(data), max(1, len(data) // 60)):
            found = opened(data[:cut], tmp_path)
            for name, (text, _) in found.items():
                if name in WHOLE:
                    assert WHOLE[name][0].startswith(text)
            if 600 < cut < len(data) - 1200:
                assert any(error for _, error in found.values())


def test_an_encrypted_member_is_left_out_alone(tmp_path):
    data = bytearray(zipped({"secret": TEXT, "open": TEXT}))
    data[6] |= 1
    data[data.index(b"PK\1\2") + 8] |= 1
    for found in (opened(bytes(data), tmp_path), opened(bytes(data), limits=Limits(held=10))):
        assert found["!open"] == (TEXT, None)
        assert [e.code for _, e in found.values() if e] == [ENCRYPTED]


def test_a_method_that_is_not_read_is_left_out_alone():
    found = opened(zipped({"a": TEXT}, zipfile.ZIP_LZMA))
    assert [e.code for _, e in found.values()] == [UNKNOWN]


def test_sizes_that_lie_are_told_after_the_text_was_used(tmp_path):
    data = bytearray(zipped({"a": TEXT, "b": TEXT}))
    at = data.index(b"PK\1\2")
    data[at + 24 : at + 28] = struct.pack("<I", 10)
    found = opened(bytes(data), tmp_path)
    assert found["!a"][0] == TEXT
    assert found["!a"][1].code == DAMAGED
    assert found["!b"] == (TEXT, None)


def test_a_wrong_checksum_is_told_after_the_text_was_used(tmp_path):
    data = bytearray(zipped({"a": TEXT, "b": TEXT}))
    data[data.index(b"PK\1\2") + 16] ^= 1
    found = opened(bytes(data), tmp_path)
    assert found["!a"][0] == TEXT
    assert "checksum" in found["!a"][1].what
    assert found["!b"] == (TEXT, None)


def test_overlapping_members_of_a_zip_are_left_out(tmp_path):
    data = zipped({"a": TEXT, "b": TEXT, "c": TEXT})
    second = data.index(b"PK\1\2", data.index(b"PK\1\2") + 4)
    data = bytearray(data)
    data[second + 42 : second + 46] = struct.pack("<I", 5)
    found = opened(bytes(data), tmp_path)
    assert found["!a"] == found["!c"] == (TEXT, None)
    assert "overlaps" in found["!b"][1].what


def test_a_zip_bomb_of_one_shared_member_unpacks_once(tmp_path):
    data = zipped({"a": b"\0" * 100_000})
    at = data.index(b"PK\1\2")
    end = data.index(b"PK\5\6")
    entry = data[at:end]
    many = bytearray(data[:at] + entry * 500 + data[end:])
    struct.pack_into("<HHII", many, len(many) - 22 + 8, 500, 500, len(entry) * 500, at)
    sources = list(open_inputs(["-"], io.BytesIO(bytes(many))))
    assert len([s for s in sources if not isinstance(s, InputError)]) == 1
    assert len(sources) == 500


def test_links_devices_and_sparse_files_are_left_out_alone(tmp_path):
    def edit(archive):
        for kind in (tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE, tarfile.FIFOTYPE):
            info = tarfile.TarInfo(f"kind{kind.decode()}")
            info.type, info.linkname = kind, "../../etc/passwd"
            archive.addfile(info)
        info = tarfile.TarInfo("after")
        info.size = 5
        archive.addfile(info, io.BytesIO(b"after"))

    found = opened(tarred(MEMBERS, edit=edit), tmp_path)
    assert found["!after"] == (b"after", None)
    assert sorted(e.code for _, e in found.values() if e) == [LEFT_OUT] * 5


def test_a_symbolic_link_in_a_zip_is_left_out(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        info = zipfile.ZipInfo("l")
        info.create_system, info.external_attr = 3, 0o120777 << 16
        archive.writestr(info, "/etc/passwd")
        archive.writestr("x", TEXT)
    found = opened(file.getvalue(), tmp_path)
    assert found["!x"] == (TEXT, None)
    assert found["!l"][1].code == LEFT_OUT


@pytest.mark.parametrize("name", ["../../etc/cron.d/x", "/etc/passwd", "C:\\windows\\x", "a\x1b[2Jb", "-rf", "n\new"])
def test_names_are_labels_only(tmp_path, name, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for data in (tarred({name: TEXT}), zipped({name: TEXT})):
        assert [text for text, error in opened(data).values()] == [TEXT]
    assert list(tmp_path.iterdir()) == []


def test_reading_goes_on_behind_a_damaged_tar_header(tmp_path):
    data = bytearray(tarred({"a": TEXT, "b": TEXT, "c": TEXT}, tarfile.USTAR_FORMAT))
    second = 512 + -(-len(TEXT) // 512) * 512
    data[second + 10] ^= 255
    found = opened(bytes(data), tmp_path)
    assert found["!a"] == found["!c"] == (TEXT, None)
    assert [e.code for _, e in found.values() if e] == [DAMAGED]


@pytest.mark.parametrize("size", [b"\xff" * 12, b"\x80" + b"\0" * 3 + b"\x7f" + b"\xff" * 7, b"77777777777\0"])
def test_absurd_sizes_in_a_tar_end_it_and_are_told(size):
    data = bytearray(tarred({"a": TEXT}, tarfile.GNU_FORMAT))
    data[124:136] = size
    data[148:156] = b" " * 8
    data[148:156] = b"%06o\0 " % sum(data[:512])
    found = opened(bytes(data) + tarred({"b": TEXT}))
    assert any(error for _, error in found.values())


LOW = Limits(member=200_000, total=500_000, ratio_from=300_000, members=5)


def test_a_member_that_is_too_large_is_cut_and_the_rest_is_read(tmp_path):
    for pack in (zipped, tarred):
        found = opened(pack({"big": bytes(range(256)) * 1000, "x": TEXT}), tmp_path, limits=LOW)
        text, error = found["!big"]
        assert 200_000 < len(text) <= 200_000 + (1 << 18)
        assert f"{len(text)} bytes" in error.what
        assert error.code == LIMIT
        assert found["!x"] == (TEXT, None)


def test_too_much_in_all_members_ends_the_archive():
    found = opened(tarred({str(n): TEXT * 100 for n in range(5)}), limits=Limits(total=300_000))
    assert [e.code for _, e in found.values() if e][-1] == LIMIT
    assert sum(len(text) for text, _ in found.values()) < 600_000


def test_too_many_members_end_the_archive():
    for data in (tarred({str(n): b"x" for n in range(20)}), zipped({str(n): b"x" for n in range(20)})):
        found = opened(data, limits=LOW)
        assert sum(1 for text, _ in found.values() if text) == 5
        assert [e.code for _, e in found.values() if e] == [LIMIT]


def test_a_bomb_inside_an_archive_is_stopped_by_its_ratio(tmp_path):
    bomb = bz2.compress(b"\0" * 2_000_000)
    limits = Limits(ratio_from=500_000)
    for data in (zipped({"bomb": bomb, "x": TEXT}), tarred({"bomb": bomb, "x": TEXT})):
        found = opened(data, tmp_path, limits=limits)
        assert found["!bomb"][1].code == LIMIT
        assert found["!x"] == (TEXT, None)


def test_zip64_sizes_are_read():
    wide = struct.pack("<HHQQ", 1, 16, 5, 7)
    assert zip_reader.zip64(wide, 0xFFFFFFFF, 3, 0xFFFFFFFF) == [5, 3, 7]
    assert zip_reader.zip64(b"\1\0\x10\0\1", 0xFFFFFFFF) == [0xFFFFFFFF]


@settings(max_examples=150)
@given(st.data())
def test_damaged_archives_raise_nothing_but_input_errors(data):
    packed = bytearray(data.draw(st.sampled_from([zipped(MEMBERS), tarred(MEMBERS), gzip.compress(tarred(MEMBERS))])))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(packed) - 1))
        packed[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    opened(bytes(packed), limits=LOW)


@pytest.mark.shared
@pytest.mark.parametrize("name", ["libarchive_zip_tar_samples", "cpython_archive_samples", "trojan_source"])
def test_hostile_archives_of_others_raise_nothing_but_input_errors(shared, tmp_path, name):
    with tarfile.open(shared / "data" / "hostile" / f"{name}.tar.xz") as archive:
        for member in archive:
            if member.isfile():
                data = archive.extractfile(member).read()
                opened(data, tmp_path)
                opened(data, limits=Limits(held=10))

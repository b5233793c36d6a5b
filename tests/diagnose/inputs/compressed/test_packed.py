"""Compressed inputs: every kind whole, in pieces and cut anywhere; damage, padding, bombs; with and without the extras."""

import bz2
import gzip
import io
import lzma
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.errors import DAMAGED, LIMIT, MISSING
from diagnose.inputs.compressed import gzip as gzip_reader
from diagnose.inputs.compressed import xz as xz_reader
from diagnose.inputs.sources import InputError, open_inputs
from diagnose.inputs.stream import Limits, Stream

try:
    from backports import zstd
except ImportError:
    zstd = pytest.importorskip("compression.zstd")

TEXT = "".join(f"2024-05-01T10:00:{n % 60:02} ERROR {n * 7919} connection refused\n" for n in range(2000)).encode()
KINDS = {
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstd.compress,
}
every_kind = pytest.mark.parametrize("kind", KINDS)


def read(data, **options):
    """(kind, text, error) of the one source in `data`."""
    (source,) = open_inputs(["-"], data if hasattr(data, "read") else io.BytesIO(data), **options)
    if isinstance(source, InputError):
        return "", b"", source
    text = b""
    try:
        for chunk in source.chunks:
            text += chunk
    except InputError as error:
        return source.kind, text, error
    return source.kind, text, None


class Dripping(io.BytesIO):
    """A pipe that gives a few bytes at a time."""

    def __init__(self, data, step):
        super().__init__(data)
        self.step = step

    def read(self, size=-1):
        return super().read(min(size, self.step))


@every_kind
@pytest.mark.parametrize("step", [1, 7, 4096, 1 << 20])
def test_every_kind_is_told_by_content_and_read_whole_or_in_pieces(kind, step):
    assert read(Dripping(KINDS[kind](TEXT[:20_000]), step)) == (kind, TEXT[:20_000], None)


@every_kind
def test_streams_one_after_the_other_and_padding_are_read(kind):
    pack = KINDS[kind]
    assert read(pack(TEXT) + pack(b"second\n") + b"\0" * 1000) == (kind, TEXT + b"second\n", None)


@every_kind
def test_what_follows_the_packed_data_is_counted_and_told(kind):
    found, text, trouble = read(KINDS[kind](TEXT) + b"trailing garbage")
    assert (found, text) == (kind, TEXT)
    assert "16 bytes" in trouble.what
    assert trouble.code == DAMAGED


@every_kind
def test_cut_anywhere_what_was_readable_is_used_and_the_rest_told(kind):
    packed = KINDS[kind](TEXT)
    for cut in range(20, len(packed) - 1, max(1, len(packed) // 40)):
        _, text, trouble = read(packed[:cut])
        assert TEXT.startswith(text)
        assert "truncated" in trouble.what
        assert trouble.bytes_read == len(text)


def test_half_of_a_gzip_file_gives_about_half_of_the_text():
    _, text, _ = read(gzip.compress(TEXT)[: len(gzip.compress(TEXT)) // 2])
    assert len(text) > len(TEXT) // 3


def test_a_wrong_gzip_checksum_loses_no_text():
    packed = bytearray(gzip.compress(TEXT))
    packed[-6] ^= 1
    _, text, trouble = read(bytes(packed))
    assert text == TEXT
    assert "checksum" in trouble.what


def test_damage_in_the_middle_of_gzip_data_keeps_what_came_before():
    packed = bytearray(gzip.compress(TEXT * 20))
    packed[len(packed) // 2 : len(packed) // 2 + 50] = b"\xff" * 50
    _, text, trouble = read(bytes(packed))
    assert len(text) > len(TEXT) * 5
    assert trouble.code == DAMAGED


def test_every_field_of_a_gzip_header_is_passed_over():
    packed = gzip.compress(TEXT)
    flags = 2 | 4 | 8 | 16
    header = b"\x1f\x8b\x08" + bytes((flags,)) + packed[4:10] + b"\3\0abc" + b"name\0" + b"comment\0" + b"\0\0"
    assert read(header + packed[10:]) == ("gzip", TEXT, None)


def test_without_isal_zlib_reads_the_same(monkeypatch):
    monkeypatch.setattr(gzip_reader, "_isal", None)
    packed = gzip.compress(TEXT) * 3
    assert read(packed) == ("gzip", TEXT * 3, None)
    assert read(gzip.compress(b"\0" * 3_000_000))[1] == b"\0" * 3_000_000


def test_without_a_zstandard_module_the_extra_is_named(monkeypatch):
    for name in ("compression.zstd", "backports.zstd"):
        monkeypatch.setitem(sys.modules, name, None)
    _, _, trouble = read(zstd.compress(TEXT))
    assert trouble.code == MISSING
    assert "kb-diagnose[fast]" in trouble.way_out


def test_an_old_lzma_file_is_told_by_the_end_of_its_name(tmp_path):
    for name, kind in (("x.lzma", "lzma"), ("x.bin", "plain")):
        (tmp_path / name).write_bytes(lzma.compress(TEXT, format=lzma.FORMAT_ALONE))
        (source,) = open_inputs([str(tmp_path / name)])
        assert source.kind == kind


@every_kind
def test_a_bomb_is_stopped_by_its_ratio_and_names_the_limit(kind):
    # Repeated twice, since gzip and zstd of zeros stay near a ratio of 1000.
    bomb = KINDS[kind](KINDS[kind](b"\0" * 4_000_000))
    _, text, trouble = read(bomb, limits=Limits(ratio=100, ratio_from=1 << 20))
    assert trouble.code == LIMIT
    assert "100 times" in trouble.what
    assert 1 << 20 <= len(text) < 4_000_000


def test_a_single_log_has_no_bound_but_its_ratio():
    packed = gzip.compress(TEXT * 10)
    assert read(packed, limits=Limits(member=1000, total=1000)) == ("gzip", TEXT * 10, None)


def test_packed_text_of_zero_bytes_is_an_empty_source():
    for kind, pack in KINDS.items():
        assert read(pack(b"")) == (kind, b"", None)


def test_a_decoder_that_wants_too_much_memory_is_refused():
    packed = bytearray(lzma.compress(TEXT, format=lzma.FORMAT_ALONE, filters=[{"id": lzma.FILTER_LZMA1, "preset": 0}]))
    packed[1:5] = (1 << 30).to_bytes(4, "little")
    with pytest.raises(InputError, match=r"[Mm]emory"):
        list(xz_reader.unpack(Stream("x.lzma", [bytes(packed)], Limits())))


@settings(max_examples=200)
@given(st.data())
def test_damaged_data_raises_nothing_but_input_errors(data):
    packed = bytearray(KINDS[data.draw(st.sampled_from(sorted(KINDS)))](TEXT[:3000]))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, max(0, len(packed) - 1)))
        packed[at : at + data.draw(st.integers(0, 4))] = data.draw(st.binary(max_size=4))
    read(bytes(packed), limits=Limits(ratio_from=1 << 20))

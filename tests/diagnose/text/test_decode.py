"""Bytes in any encoding, or in several, to the same lines."""

import re
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.text.decode import looks_binary, sniff, to_utf8, valid_utf8

ERRORS = [f"{n:02} {text}" for n, text in enumerate([
    "DCOM was unable to communicate with the computer fe01.contoso.com using any of the configured protocols.",
    "The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)",
    "connect ECONNREFUSED 10.0.0.1:5432",
    "ssh: connect to host web01 port 22: Connection timed out",
    "write /var/lib/data: no space left on device",
    "java.net.UnknownHostException: db.internal: Name or service not known",
    "x509: certificate has expired or is not yet valid",
    "FATAL: password authentication failed for user \"app\"",
    "Event ID: 10028",
    "HTTP Error 503.0 - Service Unavailable",
    "Access is denied. (0x80070005)",
    "OOMKilled: exit code 137",
    "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)",
    "ERROR 1045 (28000): Access denied for user 'root'@'localhost'",
    "Could not load file or assembly 'System.Core'",
    "kernel: EXT4-fs error (device sda1): bad header/extent",
    "TypeError: Cannot read properties of undefined (reading 'id')",
    "ModuleNotFoundError: No module named 'yaml'",
    "Fehler beim Öffnen der Datei",
    "État du service : arrêté",
])]  # fmt: skip
ENCODINGS = [
    "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "cp1252", "latin-1",
]  # fmt: skip
BIG_ENDIAN_MARKED = b"\xfe\xff"
TEXT = "\n".join(ERRORS) + "\n"


def lines(data, cuts=()):
    """The lines of `data` as the diagnosis sees them, read in pieces cut at `cuts`."""
    encoding, mark = sniff(data)
    data = data[mark:]
    places = sorted(min(cut, len(data)) for cut in cuts)
    chunks = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    return [line.decode() for line in valid_utf8(b"".join(to_utf8(chunks, encoding))).split(b"\n")]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_twenty_errors_in_ten_encodings_are_the_same_lines(encoding, end):
    data = TEXT.replace("\n", end).encode(encoding)
    assert lines(data) == [*ERRORS, ""]
    assert lines(data, range(len(data))) == [*ERRORS, ""]


def test_a_big_endian_mark_is_read():
    assert lines(BIG_ENDIAN_MARKED + TEXT.encode("utf-16-be")) == [*ERRORS, ""]


MIXED = [
    (a, b)
    for a, b in product(["utf-8", "utf-16", "utf-16-le", "utf-16-be", "cp1252"], repeat=2)
    if not (a.startswith("utf-16") and b.startswith("utf-16") and a != b)
]


@pytest.mark.parametrize(("first", "second"), MIXED)
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_an_encoding_may_change_on_the_way_and_back(first, second, end):
    text = TEXT.replace("\n", end)
    data = text.encode(first) + text.encode(second) + text.encode(first)
    assert lines(data) == [*ERRORS * 3, ""]
    assert lines(data, range(len(data))) == [*ERRORS * 3, ""]


@given(st.data())
def test_where_chunks_are_cut_makes_no_difference(data):
    parts = data.draw(
        st.lists(
            st.tuples(st.sampled_from(["utf-8", "utf-16", "utf-16-be", "cp1252"]), st.sampled_from(ERRORS)), max_size=8
        )
    )
    raw = b"".join((text + "\r\n").encode(encoding) for encoding, text in parts)
    cuts = data.draw(st.lists(st.integers(0, 1500), max_size=6))
    assert lines(raw, cuts) == lines(raw)


@given(st.text(st.sampled_from("a\r\n"), max_size=40), st.lists(st.integers(0, 40), max_size=5))
def test_line_ends_are_the_same_wherever_chunks_are_cut(text, cuts):
    wanted = re.sub("\r{0,2}\n|\r", "\n", text)
    assert "\n".join(lines(text.encode(), cuts)) == wanted


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_ideographs_that_hold_the_byte_of_a_line_end_do_not_end_a_line(encoding):
    text = "error: 今日上海错误 9001\n上\n日上\n接続エラー\n"
    assert lines(text.encode(encoding)) == text.split("\n")


@pytest.mark.parametrize(("first", "second"), [("utf-16-le", "utf-8"), ("utf-8", "utf-16-le"), ("utf-8", "utf-16-be")])
def test_cyrillic_text_may_change_its_encoding(first, second):
    text = "Ошибка подключения: порт 9001\r\nвторая строка\r\n"
    assert lines(text.encode(first) + text.encode(second)) == [*text.split("\r\n")[:2] * 2, ""]


def test_utf_16_after_a_line_without_an_end_begins_where_it_begins():
    assert lines(b"last line" + "appended\r\nmore\r\n".encode("utf-16-le")) == ["last lineappended", "more", ""]


def test_a_nul_byte_in_8_bit_text_stays_a_byte():
    text = "message\0\nnext line\nwith\0one\n"
    assert lines(text.encode()) == text.split("\n")


def test_text_in_a_windows_page_keeps_its_utf_8_neighbours():
    assert lines("für “x”\n".encode() + "für “x”\n".encode("cp1252")) == ["für “x”", "für “x”", ""]


@given(st.binary(max_size=300))
def test_any_bytes_give_valid_utf_8(data):
    lines(data, [7, 50])


def test_plain_text_passes_without_a_copy():
    chunk = b"2024-05-01 ERROR refused by peer"
    (passed,) = to_utf8([chunk], "utf-8")
    assert passed is chunk


def test_a_line_of_utf_16_beyond_all_bounds_is_passed_on_in_pieces():
    pieces = list(to_utf8(["ab".encode("utf-16-le") * 100_000] * 20, "utf-16-le"))
    assert len(pieces) > 2
    assert b"".join(pieces) == b"ab" * 2_000_000


def test_binary_data_is_told_from_utf_16():
    assert looks_binary(b"\x7fELF\0\0\0\1abc")
    assert not looks_binary("Fehler im System".encode("utf-16-le"))
    assert not looks_binary(b"begun in UTF-8\n" + "Fehler im System\r\n".encode("utf-16-le"))

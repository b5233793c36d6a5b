"""Bytes to hits: encodings, line ends, blocks cut anywhere, excerpts of large inputs."""

from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.inputs.sources import InputError, open_inputs
from diagnose.scan.hits import SALIENT, SALIENT_REGEX, WHOLE
from diagnose.scan.merging import scan_source
from diagnose.scan.patterns import (
    Pattern,
    ReMatcher,
    compile_patterns,
    literal,
    load_patterns,
    required_literal,
    trimmed,
)
from diagnose.text.blocks import blocks
from diagnose.text.decode import looks_binary, sniff, to_utf8

NEEDLE = "Could not find a compatible interface with the server"
PATTERNS = [
    Pattern(SALIENT, SALIENT_REGEX, True, True),
    Pattern(1, literal(NEEDLE)),
    Pattern(2, r"port[ =](?P<port>\d+)\b"),
]


@pytest.fixture(params=[compile_patterns, ReMatcher], ids=["hyperscan", "re"])
def matcher(request):
    return request.param(PATTERNS)


def scanned(matcher, *chunks, encoding="utf-8"):
    return scan_source("x", blocks(to_utf8(chunks, encoding)), matcher)


def lines_of(scan, number=1):
    return [hit.line for hit in scan.hits if hit.number == number]


def test_a_hit_is_found_on_its_line_with_its_count(matcher):
    scan = scanned(matcher, f"a\n{NEEDLE}\nb\n{NEEDLE} {NEEDLE}\n".encode())
    assert lines_of(scan) == [2, 4]
    assert scan.counts[1] == 2
    assert scan.lines == 4


@given(st.data())
def test_the_same_hits_whole_byte_by_byte_and_cut_anywhere(data):
    matcher = ReMatcher(PATTERNS)
    text = f"first\r\n{NEEDLE}\r\nport 9001\rlast port=1\n".encode()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
    parts = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    whole = scanned(matcher, text)
    assert scanned(matcher, *parts).hits == whole.hits
    assert scanned(matcher, *(text[i : i + 1] for i in range(len(text)))).hits == whole.hits
    assert lines_of(whole, 2) == [3, 4]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\r\r\n"])
def test_every_line_end_gives_the_same_lines(matcher, end):
    scan = scanned(matcher, end.join(["a", "", NEEDLE, "z"]).encode())
    assert lines_of(scan) == [3]


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "cp1252"]
)
def test_encodings_are_told_by_mark_or_by_nul_bytes(matcher, encoding):
    data = f"Ein Fehler ist aufgetreten\n{NEEDLE}\n".encode(encoding)
    name, mark = sniff(data)
    assert lines_of(scanned(matcher, data[mark:], encoding=name)) == [2]


def test_text_in_a_windows_page_is_shown_as_it_was_meant(matcher):
    scan = scanned(matcher, f"\x93{NEEDLE}\x94 f\xfcr\n".encode("latin-1"))
    assert scan.hits[0].quote.decode() == f"“{NEEDLE}” für"


def test_typographic_quotes_and_escape_sequences_do_not_hide_a_message(matcher):
    text = NEEDLE.replace("compatible", "\x1b[31mcompatible\x1b[0m").replace(" with", "\u00a0with")
    assert lines_of(scanned(matcher, text.encode())) == [1]


def test_a_match_never_crosses_a_line_in_the_counted_lines(matcher):
    scan = scanned(matcher, b"port\n9001\nport 9001\n")
    assert lines_of(scan, 2) == [3]


def test_a_large_input_keeps_excerpts_around_hits_only(matcher):
    filler = b"ordinary line of no interest\n" * 60_000
    scan = scanned(matcher, filler, f"before\n{NEEDLE}\nafter\n".encode(), filler)
    assert len(filler) > WHOLE
    assert lines_of(scan) == [60_002]
    (excerpt,) = scan.excerpts
    assert excerpt.line <= 60_001
    assert NEEDLE.encode() == excerpt.lines[60_002 - excerpt.line]
    assert b"after" in excerpt.lines


def test_a_line_of_many_megabytes_is_scanned_in_bounded_pieces(matcher):
    def chunks():
        for _ in range(20):
            yield b"x" * (1 << 18)
        yield NEEDLE.encode()

    scan = scan_source("x", blocks(chunks()), matcher)
    assert lines_of(scan) == [1]
    assert scan.cut_lines > 0


def test_a_dumped_matcher_finds_the_same(matcher):
    again = load_patterns(matcher.dump())
    assert scanned(again, f"{NEEDLE}\n".encode()).hits == scanned(matcher, f"{NEEDLE}\n".encode()).hits
    with pytest.raises(ValueError, match=r"damaged|engine"):
        load_patterns(matcher.dump()[:40])


def test_the_engine_names_the_pattern_that_it_refuses():
    with pytest.raises(ValueError, match="pattern 7"):
        compile_patterns([Pattern(5, "a"), Pattern(7, "(?=x)y"), Pattern(8, "b")])


@pytest.mark.parametrize(
    ("regex", "kept"), [("foo.*", "foo"), ("foo.+", "foo."), ("foo.*$", "foo"), (r"foo\.*", r"foo\.*"), (".*", ".*")]
)
def test_what_follows_a_pattern_to_the_line_end_is_dropped(regex, kept):
    assert trimmed(regex) == kept


def test_the_longest_literal_that_must_be_there_is_found():
    assert required_literal(r"address \[net\.tcp://(?P<host>[^:]+)?") == "address [net.tcp://"
    assert required_literal("a|b") == ""


def test_missing_files_are_reported_and_the_rest_goes_on(tmp_path):
    good = tmp_path / "good.txt"
    good.write_text("fine")
    missing, source = open_inputs([str(tmp_path / "none"), str(good)])
    assert isinstance(missing, InputError)
    assert b"".join(source.chunks) == b"fine"


def test_a_limit_cuts_the_input_and_says_so():
    (source,) = open_inputs(["-"], BytesIO(b"x" * 100), 10)
    got = []
    with pytest.raises(InputError, match="max-bytes"):
        got.extend(source.chunks)
    assert b"".join(got) == b"x" * 10


def test_binary_data_is_told_from_utf_16():
    assert looks_binary(b"\x7fELF\0\0\0\1abc")
    assert not looks_binary("Fehler im System".encode("utf-16-le"))

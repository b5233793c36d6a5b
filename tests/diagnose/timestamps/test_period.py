"""Only the lines of a span of time: from, up to, around; lines without a time go with the line before."""

import pytest

from diagnose.inputs.sources import open_inputs
from diagnose.scan.intake import Setup, read_all
from diagnose.scan.patterns import Pattern, compile_patterns
from diagnose.text.blocks import blocks
from diagnose.timestamps.clock import parse_time
from diagnose.timestamps.period import Period

NOW = 1_800_000_000.0
T = "2026-11-21 "


def at(text):
    return parse_time(T + text, NOW, None)


def kept(text, since=None, until=None, size=64):
    span = Period(at(since) if since else None, at(until) if until else None, NOW)
    found = list(span.within(blocks([text.encode()], size)))
    lines = {}
    for block in found:
        for index, line in enumerate(block.data.splitlines()):
            lines[block.line + index] = line.decode()
    return lines, sum(block.left_out for block in found)


LOG = "".join(f"{T}10:{minute:02}:00 line {minute}\n    more of {minute}\n" for minute in range(60))


@pytest.mark.parametrize("size", [16, 64, 1000, 1 << 18])
def test_lines_keep_their_numbers_and_the_others_are_counted(size):
    lines, left_out = kept(LOG, "10:20", "10:29", size)
    assert list(lines) == list(range(41, 61))
    assert lines[41].endswith("line 20")
    assert lines[60] == "    more of 29"
    assert left_out == 100


def test_an_open_end_keeps_all_on_its_side():
    assert list(kept(LOG, since="10:59")[0]) == [119, 120]
    assert list(kept(LOG, until="10:00")[0]) == [1, 2]


def test_text_without_times_is_kept():
    lines, left_out = kept("no clock\nin here\n", "10:20", "10:29")
    assert list(lines) == [1, 2]
    assert left_out == 0


def test_a_block_on_the_edge_of_the_span_is_judged_line_by_line():
    text = f"{T}09:05:00 a\n{T}10:50:00 b\n{T}10:06:00 c\n{T}10:20:00 d\n{T}10:07:00 e\n"
    assert list(kept(text, "10:00", "10:10", 1 << 18)[0]) == [3, 5]


def test_a_source_without_times_is_told(tmp_path):
    path = tmp_path / "a.log"
    path.write_text("port 1\n", encoding="utf-8")
    matcher = compile_patterns([Pattern(1, "port")])
    found = read_all(open_inputs([str(path)]), matcher, Setup(threads=1, span=Period(1.0, 2.0, NOW)))
    assert "have no times" in found.warnings[0]
    assert found.scans[0].counts == {1: 1}


def test_left_out_lines_are_told_with_the_input(tmp_path):
    path = tmp_path / "a.log"
    path.write_text(LOG, encoding="utf-8")
    matcher = compile_patterns([Pattern(1, "line")])
    span = Period(at("10:20"), at("10:29"), NOW)
    found = read_all(open_inputs([str(path)]), matcher, Setup(threads=1, span=span))
    (item,) = found.inputs
    assert (item.lines, item.left_out, item.bytes) == (120, 100, len(LOG))
    assert found.scans[0].counts == {1: 10}
    assert found.scans[0].hits[0].line == 41

"""Adding parts is associative: any grouping of them gives the same, edges and bounded samples included."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.scan import merging
from diagnose.scan.hits import scan_part
from diagnose.scan.merging import Merged, scan_source, source_scan
from diagnose.scan.patterns import Pattern, compile_patterns
from diagnose.text.blocks import blocks

MATCHER = compile_patterns([Pattern(0, "error|fail", True, False), Pattern(1, "port=[0-9]"), Pattern(2, "refused")])
LINES = st.lists(
    st.sampled_from(["nothing", "error one", "fail two", "port=1", "x port=2 refused", "refused", "error y", ""]),
    max_size=40,
)


def part(lines):
    return scan_part(blocks(["".join(f"{line}\n" for line in lines).encode()]), MATCHER)


def merged(parts):
    total = Merged()
    for one in parts:
        total.add(one)
    return total.part()


@pytest.fixture(autouse=True, scope="module")
def narrow():
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "_MOST", {True: 3, False: 2})
        patch.setattr(merging, "WIDE", 2)
        yield


@settings(max_examples=150, deadline=None, derandomize=True)
@given(st.lists(LINES, min_size=2, max_size=6), st.data())
def test_any_grouping_of_parts_gives_the_same(texts, data):
    parts = [part(lines) for lines in texts]
    grouped = list(parts)
    while len(grouped) > 1:
        at = data.draw(st.integers(0, len(grouped) - 2))
        grouped[at : at + 2] = [merged(grouped[at : at + 2])]
    assert merged(parts) == merged(grouped)


def test_a_window_goes_on_over_the_edge_as_far_as_it_would_have():
    lines = [f"plain {'abcdefghij'[n % 10] * (n + 1)}" for n in range(80)]
    lines[38] = "port=1"
    whole = scan_source("x", blocks(["\n".join([*lines, ""]).encode()]), MATCHER).excerpts
    for edge in (10, 37, 39, 42, 60):
        both = source_scan("x", merged([part(lines[:edge]), part(lines[edge:])]), whole=0).excerpts
        assert [(e.line, len(e.lines)) for e in both] == [(7, 64)]
        assert set(both[0].lines) <= set(whole[0].lines)


def test_an_empty_part_behind_an_open_line_takes_no_line_away():
    opened = scan_part(blocks([b"one\ntwo"]), MATCHER)
    assert merged([opened, part([])]).lines == 2

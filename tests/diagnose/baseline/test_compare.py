"""What is new against a baseline: shapes, rarity, words of failure, bounds."""

from io import BytesIO

import pytest

from diagnose.baseline import compare
from diagnose.baseline.compare import Comparison
from diagnose.baseline.shapes import shape
from diagnose.errors import InputError
from diagnose.inputs.sources import open_inputs


def sources(*texts):
    for text in texts:
        yield from open_inputs(["-"], BytesIO(text if isinstance(text, bytes) else text.encode()))


def compared(good, *bad, most=50):
    comparison = Comparison(sources(good))
    for source in comparison.watched(sources(*bad)):
        for _ in source.chunks:
            pass
    return comparison, comparison.new_lines(most)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2026-11-21 09:14:31,204 worker 7 took 12 ms", "2026-12-01 10:00:00,001 worker 12 took 9 ms"),
        ("Nov 21 09:14:31 host app[12]: hello", "Dec  1 10:00:00 host app[7]: hello"),
        ("GET /a/17?id=9 from 10.0.0.1:8080", "GET /a/4?id=1234 from 192.168.7.1:99"),
        ("id 3f2b8c1e-0000-4a5b-9d3e-1234567890ab done", "id 0a2b8c1e-1111-4a5b-9d3e-aa34567890ab done"),
        ("  Indented  TEXT", "indented text"),
    ],
)
def test_lines_that_differ_in_values_have_one_shape(one, other):
    assert shape(one.encode()) == shape(other.encode()) != b""


@pytest.mark.parametrize(("one", "other"), [("worker 1 began", "worker 1 ended"), ("größe", "grösse")])
def test_lines_that_differ_in_words_have_two(one, other):
    assert shape(one.encode()) != shape(other.encode())


@pytest.mark.parametrize("line", ["", "   ", "-----", "2026-11-21 09:14:31", "{", "12 34"])
def test_a_line_without_a_word_has_none(line):
    assert shape(line.encode()) == b""


def test_failures_come_first_and_the_rare_before_the_frequent():
    bad = "same 2\n" + "often new\n" * 3 + "rarely new\n" + "it failed often\n" * 2 + "it failed once\nsame 3\n"
    comparison, new = compared("same 1\n", bad)
    assert [item.quote for item in new] == ["it failed once", "it failed often", "rarely new", "often new"]
    assert [(item.line, item.count) for item in new] == [(8, 1), (6, 2), (5, 1), (2, 3)]
    assert comparison.common == 2
    assert [item.quote for item in compared("same 1\n", bad, most=1)[1]] == ["it failed once"]


def test_sources_pass_whole_and_lines_are_those_of_each(monkeypatch):
    comparison = Comparison(sources("a\n"))
    first, second = comparison.watched(sources("a\nb new", "c new\r\n"))
    assert b"".join(first.chunks) == b"a\nb new"
    assert b"".join(second.chunks) == b"c new\r\n"
    assert [(item.quote, item.line) for item in comparison.new_lines(9)] == [("b new", 2), ("c new", 1)]


def test_utf_16_is_compared_by_its_text():
    good = "worker 1 began\r\n".encode("utf-16")
    _, new = compared(good, "worker 2 began\r\nworker 2 schläft\r\n".encode("utf-16"))
    assert [item.quote for item in new] == ["worker 2 schläft"]


def test_without_overlap_and_without_a_baseline_that_says_something():
    comparison, _ = compared("one thing\n", "another\n")
    assert (comparison.common, comparison.new) == (0, 1)
    assert compared("", "another\n")[0].known == set()


def test_memory_is_bounded(monkeypatch):
    monkeypatch.setattr(compare, "MOST_NEW", 3)
    monkeypatch.setattr(compare, "MOST_SHAPES", 2)
    comparison, _ = compared("a b\nc d\ne f\n", "\n".join(f"word{'x' * n} here" for n in range(1, 9)))
    assert (len(comparison.known), comparison.new) == (2, 3)


def test_a_baseline_that_cannot_be_read_is_kept_as_a_trouble(tmp_path):
    comparison = Comparison(open_inputs([str(tmp_path / "none")]))
    assert [type(trouble) for trouble in comparison.troubles] == [InputError]

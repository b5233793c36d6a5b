"""Chunks read as one file: whatever is asked for, nothing is lost, doubled or out of order, and trouble comes at its place."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.errors import InputError
from diagnose.inputs.feed import Feed

CHUNKS = st.lists(st.binary(max_size=9) | st.sampled_from([b"\n", b"a\nb", b""]), max_size=8)
ASKED = st.lists(
    st.tuples(st.sampled_from(["some", "exactly", "skip", "peek", "line"]), st.integers(1, 12)), max_size=20
)


def first_line(data, longest):
    end = data.find(b"\n") + 1
    return data[: min(end, longest) if end else longest]


@given(CHUNKS, ASKED)
def test_every_way_of_reading_gives_the_next_bytes(chunks, asked):
    feed, left, whole = Feed(chunks), b"".join(chunks), len(b"".join(chunks))
    for way, count in asked:
        got = getattr(feed, way)(count)
        if way == "skip":
            assert got == min(count, len(left))
            left = left[got:]
            continue
        if way == "some":
            assert bool(got) == bool(left)
            assert len(got) <= count
        expected = {"some": left[: len(got)], "line": first_line(left, count)}.get(way, left[:count])
        assert got == expected
        left = left if way == "peek" else left[len(got) :]
        assert feed.offset == whole - len(left)
    assert b"".join(feed.rest()) == left


def broken():
    yield b"ab\ncd"
    raise InputError("log", "ends early", "fetch it again")


def test_trouble_is_raised_after_all_that_came_before_it_and_again():
    feed = Feed(broken())
    assert feed.peek(100) == b"ab\ncd"
    assert feed.trouble is not None
    assert feed.line(100) == b"ab\n"
    assert feed.exactly(2) == b"cd"
    for _ in range(2):
        with pytest.raises(InputError, match="ends early"):
            feed.some()


def test_what_was_put_back_comes_first_also_where_the_chunk_is_gone():
    feed = Feed([b"abc", b"def"])
    assert feed.exactly(4) == b"abcd"
    feed.back(b"bcd")
    assert (feed.offset, feed.exactly(9)) == (1, b"bcdef")


def test_a_window_that_others_have_read_past_is_told_not_filled_with_their_bytes():
    feed = Feed([b"abcd", b"efgh"])
    window = feed.window(6, "x.tar!a")
    assert next(window) == b"abcd"
    feed.skip(1)
    with pytest.raises(InputError, match="asked for after the next member"):
        next(window)

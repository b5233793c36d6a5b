"""What jc refuses, in whatever way, becomes no row."""

import jc
import pytest
from jc.exceptions import ParseError

from diagnose.outputs.parsing.with_jc import rows


def test_a_listing_gives_its_rows_and_a_single_record_one():
    text = "               total        used        free      shared  buff/cache   available\nMem:  100  50  20  1  30  50\n"
    assert [row["total"] for row in rows("free", text)] == [100]


@pytest.mark.parametrize("error", [ValueError, KeyError, IndexError, RecursionError, ParseError])
def test_any_error_of_the_library_is_no_row(monkeypatch, error):
    def refuse(*_, **__):
        raise error("damaged")

    monkeypatch.setattr(jc, "parse", refuse)
    assert rows("free", "Mem:") == []


@pytest.mark.parametrize(
    ("made", "kept"), [({"a": 1}, [{"a": 1}]), ([{"a": 1}, "noise", None], [{"a": 1}]), ("text", [])]
)
def test_only_records_are_rows(monkeypatch, made, kept):
    monkeypatch.setattr(jc, "parse", lambda *_, **__: made)
    assert rows("free", "Mem:") == kept

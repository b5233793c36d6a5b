"""Nothing that a terminal obeys, or an eye does not see, is left in neutral text."""

from __future__ import annotations

import json
import random
import sys
import time
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.text.sanitize import clip, neutral

SHARED = Path(__file__).parents[3].parent / "shared"
SHOWN = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}


def active(text: str) -> set[str]:
    return {ch for ch in text if unicodedata.category(ch) in SHOWN}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("\x1b]52;c;aGk=\x07", "\\x1b]52;c;aGk=\\x07"),
        ("\x9b2J", "\\x9b2J"),
        ("a\rb\x08c", "a\\x0db\\x08c"),
        ("adm\u202enimda", "adm\\u202enimda"),
        ("po\u200bol\u00ad", "po\\u200bol\\xad"),
        ("\U000e0041", "\\U000e0041"),
        ("\ud800", "\\ud800"),
        ("a\u2028b", "a\\u2028b"),
        ("one\ntwo", "one\\x0atwo"),
        ("a\tb", "a    b"),
    ],
)
def test_what_acts_or_hides_is_shown_as_an_escape(text: str, expected: str) -> None:
    assert neutral(text) == expected


def test_line_feeds_stay_only_where_asked_for() -> None:
    assert neutral("one\ntwo\r\n\x1b", newlines=True) == "one\ntwo\\x0d\n\\x1b"


@pytest.mark.parametrize("text", ["", "plain text", "Größe 5 µm – “Pool”", "日本語", "a\u00a0b", "\\x1b"])
def test_ordinary_text_of_any_language_stays_as_it_is(text: str) -> None:
    assert neutral(text) == text


def test_every_character_there_is_ends_up_printable() -> None:
    everything = "".join(map(chr, range(sys.maxunicode + 1)))
    assert active(neutral(everything)) == set()


@given(st.text(st.characters(), max_size=200), st.booleans())
def test_neutral_text_is_stable_and_can_be_encoded(text: str, newlines: bool) -> None:
    once = neutral(text, newlines=newlines)
    assert active(once) <= ({"\n"} if newlines else set())
    assert neutral(once, newlines=newlines) == once
    once.encode("utf-8")


@given(st.text(max_size=50), st.integers(min_value=0, max_value=60))
def test_a_clipped_text_fits_and_tells_that_it_was_cut(text: str, limit: int) -> None:
    cut = clip(text, limit)
    assert len(cut) <= limit
    if len(text) <= limit:
        assert cut == text
    elif limit:
        assert cut.endswith("…") and text.startswith(cut[:-1])


def test_a_quote_is_clipped_to_400_characters() -> None:
    assert clip("x" * 400) == "x" * 400
    assert clip("x" * 401) == "x" * 399 + "…"


@pytest.mark.shared
def test_no_terminal_payload_survives_in_any_mix() -> None:
    payloads = json.loads((SHARED / "data/hostile/own_terminal_payloads.json").read_text(encoding="utf-8"))
    texts = ["".join(map(chr, one["codepoints"])) for one in payloads]
    assert len(texts) >= 30
    dice = random.Random(20_000)
    spice = [
        chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Cc", "Cf", "Zl", "Zp"}
    ]
    until = time.monotonic() + 5.0
    for done in range(20_000):
        pieces = dice.choices(texts, k=3) + dice.choices(spice, k=5) + ["host01"]
        dice.shuffle(pieces)
        assert active(neutral("".join(pieces))) == set()
        if time.monotonic() > until:
            assert done > 1_000  # even a busy machine gets this far
            break

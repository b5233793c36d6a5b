"""Regexes that are compiled at their first use."""

import pickle
import re

import pytest

from diagnose.text.late import late


def test_it_is_compiled_at_its_first_use_and_once(monkeypatch):
    made, plain = [], re.compile
    monkeypatch.setattr(re, "compile", lambda pattern, flags=0: made.append(pattern) or plain(pattern, flags))
    word = late(r"W(\w+)", re.IGNORECASE)
    assert not made
    assert word.pattern == r"W(\w+)"
    assert not made
    assert word.search("a word")[1] == "ord"
    assert word.sub("x", "wa wb") == "x x"
    assert word.flags & re.IGNORECASE
    assert made == [r"W(\w+)"]


def test_it_has_what_a_regex_has_and_no_more():
    with pytest.raises(AttributeError):
        late("a").seek("a")
    with pytest.raises(re.error):
        late("(").match("a")
    assert pickle.loads(pickle.dumps(late("a+"))).fullmatch("aa")

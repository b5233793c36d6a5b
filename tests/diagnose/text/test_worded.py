"""Patterns behind words: the words let no match get lost."""

import pytest

from diagnose.answer.leftover import _SALIENT, _TELLING
from diagnose.checks.not_run import _REFUSING
from diagnose.text.worded import WordedPattern
from kb.store.background import readings

EVERY = [_SALIENT, *(pattern for pattern, _ in _TELLING), *(pattern for _, pattern in _REFUSING)]


@pytest.mark.parametrize("worded", EVERY, ids=lambda worded: worded.words[0])
def test_every_reading_of_a_pattern_holds_one_of_its_words(worded):
    texts = readings(worded.pattern, most=20_000)
    assert texts and all(worded.may_match(text.lower()) for text in texts)


def test_without_one_of_the_words_the_regex_is_not_even_compiled():
    worded = WordedPattern("alpha|beta", r"\bbeta \d+")
    assert worded.search("gamma 12", "gamma 12") is None
    assert "regex" not in vars(worded)
    found = worded.search("beta 12", "beta 12")
    assert found and found[0] == "beta 12"

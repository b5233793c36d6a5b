"""Every field of an article is explained."""

import pytest

from diagnose.errors import KbError
from kb.articles.fields import _lines, explained, fields


def test_every_field_has_a_sentence_and_every_sentence_a_field():
    told = {line.split("\t")[1] for line in _lines()}
    used = {field.told for field in fields()}
    assert all(field.told.endswith(".") for field in fields())
    assert told == used


def test_a_field_is_found_by_path_and_by_name():
    (seconds,) = explained("checks.cost.seconds")
    assert (seconds.takes, seconds.default) == ("a number", 10.0)
    assert [field.path for field in explained("on")] == ["causes.remediation.on", "checks.on"]
    (title,) = explained("title")[:1]
    assert title.required


def test_what_may_be_written_is_told():
    takes = {field.path: field.takes for field in fields()}
    assert takes["causes.likelihood"] == "one of: common, rare, uncommon, very-common"
    assert takes["checks"] == "by name: a mapping"
    assert takes["checks.read_only"] == "true or false"
    assert takes["causes.evidence"] == "a list of mappings"


def test_a_field_that_does_not_exist_is_told_with_the_nearest():
    with pytest.raises(KbError, match="did you mean 'severity'"):
        explained("severty")

"""How rare a pattern is in ordinary logs."""

import pytest

from kb.store.background import MOST_READINGS, rate, readings, regex_rate


@pytest.mark.parametrize(
    ("regex", "texts"),
    [
        ("(?:result|error) 8524", {"result 8524", "error 8524"}),
        (r"^\s*(?P<host>[\w.]+): refused$", {"  : refused"}),
        ("time(?:d out|out)?", {"time", "timed out", "timeout"}),
        ("[Ee]rror x", {"error x"}),
        (r"a.{0,40}b\d+", {"a b "}),
        (r"disk \(C:\) full", {"disk (C:) full"}),
        ("refused|denied", {"refused", "denied"}),
    ],
)
def test_a_pattern_is_read_as_the_texts_it_wants(regex, texts):
    assert set(readings(regex)) == texts


def test_alternatives_have_the_words_around_them():
    assert regex_rate("(?:result|error) 8524") == max(rate("result 8524"), rate("error 8524"))
    assert regex_rate("(?:result|error) 8524") < rate("error") / 100


def test_a_pattern_is_as_common_as_its_most_common_alternative():
    assert regex_rate("reconciliation ledger stale|error") == rate("error")
    assert regex_rate("(?:reconciliation ledger )?error") == rate("error")


def test_the_name_of_a_group_is_no_word():
    assert regex_rate(r"error (?P<sidecar>\d+)") == rate("error")


def test_many_alternatives_stay_few_readings():
    regex = "(?:a|bb|cc|dd)" * 12 + " ledger"
    assert len(readings(regex)) <= MOST_READINGS
    assert regex_rate(regex) <= rate("ledger")


def test_a_number_that_varies_in_logs_is_rare_where_a_pattern_names_it():
    assert rate("KB5004442") < rate("KB") / 1000
    assert rate("KB5004442") <= rate("KB 5004") * 10
    assert rate("to 192.0.2.17") < rate("to") / 1000
    assert rate("-2147024784") < rate("1722") / 1000
    assert rate("6b3b8d23-fa8d-40b9-8dbd-b950333e2c52") < rate("1722") / 1000
    assert regex_rate(r"KB\d{7}") == rate("KB")  # any number will do

"""What is read of articles: filled in with given values, and one clear error for what is not there."""

import pytest

from diagnose.errors import KbError
from diagnose.options import Options
from diagnose.pipeline import paste
from kb.service import reading
from kb.service.bases import Desk

NAME = "pool-failover-dcom-error"


@pytest.fixture(scope="module")
def desk(seed):
    return Desk(seed)


def test_an_article_is_filled_in(desk):
    read = reading.article(desk, NAME, {"target_fe": "fe09.contoso.com"}, "linux", html=True)
    first = read.checks[0].commands[0]
    assert (first.platform, first.missing) == ("linux", ())
    assert "fe09.contoso.com" in first.command
    assert {value.name: value.value for value in read.values}["target_fe"] == "fe09.contoso.com"
    assert "<h1" in read.html
    plain = reading.article(desk, NAME, {})
    assert "target_fe" in plain.checks[0].missing
    assert not plain.html


def test_a_value_that_is_none_of_its_type_is_refused(desk):
    with pytest.raises(KbError, match="host name"):
        reading.article(desk, NAME, {"target_fe": "-oProxyCommand=x"})


@pytest.mark.parametrize("name", ["no-such", "../../etc/passwd", "", "\ud800", "a" * 10_000])
def test_what_is_not_there_is_said(desk, name):
    with pytest.raises(reading.NotThereError):
        reading.article(desk, name, {})
    with pytest.raises(reading.NotThereError):
        reading.why(desk, name, paste("x"), Options())


def test_search_codes_and_lists(desk):
    assert reading.search(desk, "failover").hits[0].id == NAME
    with pytest.raises(KbError):
        reading.search(desk, "a" * 5000)
    assert reading.code(desk, "0x800706BA").readings[0].reading.name == "RPC_S_SERVER_UNAVAILABLE"
    assert reading.code(desk, "KB-E014").readings[0].articles == ()
    assert not reading.code(desk, "zzz").readings
    assert [row.id for row in reading.listed(desk, product="LYNC")] == [NAME]
    assert not reading.listed(desk, tag="no such tag")


def test_why_hides_secrets(desk):
    text = "password=Sommer2026! Could not find a compatible interface with the server."
    found = reading.why(desk, NAME, paste(text), Options(explain=True))
    assert "Sommer2026" not in str(found)
    assert any(signal.state == "found" for signal in found.signals)

"""Links that sign in once, cookies, the field of forms: what is not signed here, by this start, counts for nothing."""

import pytest
from msgspec.structs import replace

from kb.serve.settings import Settings
from kb.serve.signing import SIGNED_IN, OwnCounter, Signing

SETTINGS = Settings(roots=(), token="t" * 43, start="a")


@pytest.fixture
def signing():
    return Signing(SETTINGS, OwnCounter())


def test_a_link_signs_in_once(signing):
    code = signing.code()
    assert signing.take(code)
    assert not signing.take(code)
    assert signing.take(signing.code())


@pytest.mark.parametrize("code", ["", "0", "0-", "-1-x", "0-x", "٠-x", "99-abc", "0" * 300, "1e1-a"])
def test_what_is_no_link_signs_nobody_in(signing, code):
    assert not signing.take(code)


def test_another_start_or_token_voids_all(signing):
    for other in (replace(SETTINGS, start="b"), replace(SETTINGS, token="u" * 43)):
        foreign = Signing(other, OwnCounter())
        assert not signing.take(foreign.code())
        assert not signing.session(foreign.cookie(0), 1)
        assert not signing.made_here(foreign.form("x"), "x")


def test_a_cookie_is_good_for_its_time_and_its_forms_alone(signing):
    one, two = signing.cookie(1000), signing.cookie(1000)
    session = signing.session(one, 1001)
    assert session
    assert session != signing.session(two, 1001)
    assert not signing.session(one, 1000 + SIGNED_IN)
    assert signing.made_here(signing.form(session), session)
    assert not signing.made_here(signing.form(session), signing.session(two, 1001))
    assert not signing.made_here("", "")


@pytest.mark.parametrize("cookie", ["", ".", "..", "a.1.b", "a.99999999999.x", "\u0661.2.3", "x" * 500])
def test_what_is_no_cookie_is_no_session(signing, cookie):
    assert signing.session(cookie, 0) == ""


def test_a_changed_cookie_is_none(signing):
    cookie = signing.cookie(0)
    name, _, sign = cookie.split(".")
    assert not signing.session(f"{name}.99999999999.{sign}", 1)

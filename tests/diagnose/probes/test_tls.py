"""TLS probes against servers with good and bad certificates, made for the test."""

from __future__ import annotations

import datetime
import ssl
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loopback import HERE, closing, endless, resetting, saying, serving, silent

from diagnose.outputs.base import STATES
from diagnose.probes import run_probe
from diagnose.probes.network.certificate import read_certificate

trustme = pytest.importorskip("trustme")
LONG_AGO = datetime.datetime(2020, 5, 17, 12, 30, tzinfo=datetime.timezone.utc)  # noqa: UP017


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def trusted(authority, tmp_path, monkeypatch):
    """The system trusts the authority of the tests."""
    if sys.platform == "win32":
        pytest.skip("the trusted authorities of Windows are not chosen by a variable")
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))


def showing(certificate):
    """A server that shows `certificate`, then hangs up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    certificate.configure_cert(context)

    def talk(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(1)

    return talk


def tls(port, *name):
    return run_probe("tls", ["localhost", port, *name], limits=HERE)


def test_a_good_certificate_is_ok_and_tells_its_dates(authority, trusted):
    with serving(showing(authority.issue_cert("localhost", common_name="localhost"))) as port:
        result = tls(port)
    assert result.outcome == "ok"
    assert "subject localhost" in result.detail
    assert "names localhost" in result.detail
    assert "valid 20" in result.detail


def test_an_expired_certificate_is_expired_and_tells_since_when(authority, trusted):
    bad = authority.issue_cert("localhost", not_before=LONG_AGO - datetime.timedelta(days=90), not_after=LONG_AGO)
    with serving(showing(bad)) as port:
        result = tls(port)
    assert result.outcome == "expired"
    assert "to 2020-05-17 12:30:00" in result.detail


def test_a_certificate_for_another_name_is_a_name_mismatch_and_tells_its_names(authority, trusted):
    with serving(showing(authority.issue_cert("pool01.contoso.com", "10.0.0.12"))) as port:
        result = tls(port)
    assert result.outcome == "name-mismatch"
    assert "pool01.contoso.com" in result.detail
    assert "10.0.0.12" in result.detail


def test_the_name_to_be_verified_may_be_another_than_the_one_to_connect_to(authority, trusted):
    with serving(showing(authority.issue_cert("pool01.contoso.com"))) as port:
        assert tls(port, "pool01.contoso.com").outcome == "ok"


def test_an_unknown_authority_is_untrusted(authority, trusted):
    with serving(showing(trustme.CA(organization_name="Somebody else").issue_cert("localhost"))) as port:
        result = tls(port)
    assert result.outcome == "untrusted"
    assert "Somebody else" in result.detail


@pytest.mark.parametrize(
    ("talk", "outcomes"),
    [
        (saying(b"220 mail.contoso.com ESMTP\r\n"), {"tls-error"}),
        (saying(b"\x00" * 64), {"tls-error"}),
        (endless(b"\xff" * 4096), {"tls-error", "reset"}),
        (closing, {"tls-error", "reset"}),
        (resetting, {"reset", "tls-error"}),
        (silent, {"no-response"}),
    ],
)
def test_a_server_that_speaks_no_tls_is_told_from_one_that_stays_silent(talk, outcomes):
    with serving(talk) as port:
        assert tls(port).outcome in outcomes <= STATES


def test_a_certificate_cannot_write_to_the_terminal(authority, trusted):
    bad = authority.issue_cert("localhost", common_name="a\x1b]52;c;aGk=\x07\u202eb", not_after=LONG_AGO, not_before=LONG_AGO - datetime.timedelta(days=1))  # fmt: skip
    with serving(showing(bad)) as port:
        assert tls(port).detail.isprintable()


@given(st.data())
def test_a_damaged_certificate_raises_nothing(data):
    der = ssl.PEM_cert_to_DER_cert(GOOD)
    assert read_certificate(der) is not None
    at = data.draw(st.integers(0, len(der) - 1))
    read_certificate(der[:at] + data.draw(st.binary(max_size=4)) + der[at + data.draw(st.integers(0, 4)) :])
    read_certificate(data.draw(st.binary(max_size=200)))


GOOD = trustme.CA().issue_cert("fe02.contoso.com", "10.0.0.12", "::1").cert_chain_pems[0].bytes().decode()


def test_what_the_certificate_says_is_read_as_openssl_reads_it(tmp_path):
    path = tmp_path / "one.pem"
    path.write_text(GOOD, encoding="ascii")
    theirs = ssl._ssl._test_decode_cert(str(path))
    ours = read_certificate(ssl.PEM_cert_to_DER_cert(GOOD))

    def utc(text):
        return datetime.datetime.fromtimestamp(ssl.cert_time_to_seconds(text), datetime.timezone.utc)  # noqa: UP017

    assert ours.ends == utc(theirs["notAfter"]).strftime("%Y-%m-%d %H:%M:%S")
    assert ours.begins == utc(theirs["notBefore"]).strftime("%Y-%m-%d %H:%M:%S")
    assert ours.names[:2] == ("fe02.contoso.com", "10.0.0.12")
    assert ours.names[2] == "::1"

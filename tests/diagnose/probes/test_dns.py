"""Names as this machine resolves them: how many addresses, none, or no answer."""

from __future__ import annotations

import socket

import pytest

from diagnose.probes import ProbeLimits, run_probe


@pytest.fixture
def resolving(monkeypatch):
    def to(*addresses):
        rows = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: rows)

    return to


def ask():
    return run_probe("dns", ["fe02.contoso.com"], limits=ProbeLimits())


def test_every_address_is_named_once_and_the_first_is_the_one(resolving):
    resolving("10.0.0.1", "10.0.0.2", "10.0.0.1")
    result = ask()
    assert (result.outcome, result.detail, result.address) == ("resolved", "10.0.0.1, 10.0.0.2", "10.0.0.1")


def test_of_many_addresses_the_rest_is_counted(resolving):
    resolving(*(f"10.0.0.{number}" for number in range(1, 21)))
    assert ask().detail.endswith("10.0.0.8 and 12 more")


def test_a_name_without_an_address_is_no_data(resolving):
    resolving()
    assert (ask().outcome, ask().detail) == ("no-data", "the name has no address")


@pytest.mark.parametrize(
    ("error", "outcome"), [("EAI_NONAME", "name-error"), ("EAI_AGAIN", "timeout"), ("EAI_FAIL", "")]
)
def test_what_the_resolver_says_decides(monkeypatch, error, outcome):
    def refuse(*_, **__):
        raise socket.gaierror(getattr(socket, error), "said by the resolver")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert (ask().outcome, ask().detail) == (outcome, "said by the resolver")


def test_a_name_that_no_resolver_takes_is_a_name_error(monkeypatch):
    def refuse(*_, **__):
        raise UnicodeError("label too long")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert ask().outcome == "name-error"

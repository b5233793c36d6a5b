"""HTTP probes: the status of a server, with and without TLS, and every way not to get one."""

from __future__ import annotations

import ssl

import pytest
from loopback import HERE, closing, resetting, saying, serving, silent

from diagnose.probes import run_probe
from diagnose.probes.network import http

trustme = pytest.importorskip("trustme")


def ask(talk, *path):
    with serving(talk) as port:
        return run_probe("http", ["127.0.0.1", port, *path], limits=HERE)


@pytest.mark.parametrize(
    ("answer", "outcome", "detail"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "ok", "HTTP status 200 OK"),
        (b"HTTP/1.0 302 Found\r\nLocation: /x\r\n\r\n", "ok", "HTTP status 302 Found"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "connected", "HTTP status 503 Service Unavailable"),
        (b"HTTP/2 404\r\n\r\n", "connected", "HTTP status 404"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "", "not an answer in HTTP: SSH-2.0-OpenSSH_9.2"),
    ],
)
def test_the_status_decides(answer, outcome, detail):
    result = ask(saying(answer))
    assert (result.outcome, result.detail) == (outcome, detail)


@pytest.mark.parametrize(
    ("talk", "outcomes"),
    [(silent, {"no-response"}), (closing, {"no-response", "reset"}), (resetting, {"no-response", "reset"})],
)
def test_a_server_that_does_not_answer_is_told_by_how_it_did_not(talk, outcomes):
    assert ask(talk).outcome in outcomes


def test_one_head_is_sent_with_the_path_and_no_more():
    heard = []

    def talk(connection):
        heard.append(connection.recv(4096))
        connection.sendall(b"HTTP/1.1 204 No Content\r\n\r\n")

    assert ask(talk, "/health check").outcome == "ok"
    assert heard[0].startswith(b"HEAD /health%20check HTTP/1.1\r\nHost: 127.0.0.1:")


def test_on_the_ports_of_tls_the_status_comes_through_it_whatever_the_certificate(monkeypatch):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    trustme.CA().issue_cert("another.example").configure_cert(context)

    def talk(connection):
        with context.wrap_socket(connection, server_side=True) as secured:
            secured.recv(4096)
            secured.sendall(b"HTTP/1.1 401 Unauthorized\r\n\r\n")

    with serving(talk) as port:
        monkeypatch.setattr(http, "TLS_PORTS", frozenset({port}))
        result = run_probe("http", ["127.0.0.1", port], limits=HERE)
    assert (result.outcome, result.detail) == ("connected", "HTTP status 401 Unauthorized")
    with serving(saying(b"plain text\r\n")) as port:
        monkeypatch.setattr(http, "TLS_PORTS", frozenset({port}))
        assert run_probe("http", ["127.0.0.1", port], limits=HERE).outcome == "tls-error"

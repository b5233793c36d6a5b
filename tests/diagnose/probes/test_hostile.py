"""Thirty servers that mean harm: every probe ends in time with one line that no terminal obeys."""

from __future__ import annotations

import pytest
from loopback import HERE, closing, dripping, endless, resetting, saying, serving, silent

from diagnose.outputs.base import STATES
from diagnose.probes import run_probe

SERVERS = {
    "hangs up": closing,
    "resets": resetting,
    "says nothing": silent,
    "drips a banner": dripping(b"A"),
    "drips a status": dripping(b"HTTP/1.1 200"),
    "drips headers": dripping(b"HTTP/1.1 200 OK\r\nX: y\r\n"),
    "drips a TLS record": dripping(b"\x16\x03\x03\x40\x00\x02"),
    "drips newlines": dripping(b"\r"),
    "endless text": endless(b"A" * 65536),
    "endless lines": endless(b"\n" * 65536),
    "endless zeros": endless(bytes(65536)),
    "endless headers": endless(b"HTTP/1.1 200 OK\r\n" * 1000),
    "endless TLS alerts": endless(b"\x15\x03\x03\x00\x02\x01\x00" * 1000),
    "endless TLS records": endless(b"\x16\x03\x03\x40\x00" + b"\x02" * 16384),
    "endless escapes": endless(b"\x1b[2J" * 1000),
    "clipboard": saying(b"\x1b]52;c;aGk=\x07\n"),
    "clears the screen": saying(b"HTTP/1.1 200 \x1b[2J\x1b[H\n"),
    "title": saying(b"HTTP/1.1 503 \x1b]0;owned\x07\n"),
    "C1 controls": saying(b"HTTP/1.1 200 \x9b2J\x9d52;c;\x9c\n"),
    "backspaces": saying(b"HTTP/1.1 500 OK\x08\x08\x08\x08\n"),
    "bidi": saying("HTTP/1.1 200 \u202eKO\n".encode()),
    "no status": saying(b"SSH-2.0-OpenSSH_9.6\r\n"),
    "long status": saying(b"HTTP/1.1 200 " + b"O" * 100_000 + b"\n"),
    "huge number": saying(b"HTTP/1.1 99999999999999999999 OK\n"),
    "negative number": saying(b"HTTP/1.1 -200 OK\n"),
    "zeros": saying(bytes(1000)),
    "all bytes": saying(bytes(range(256)) * 4),
    "redirect": saying(b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\n\r\n"),
    "endless body": saying(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n" + b"A" * 100_000),
    "TLS record of the greatest length": saying(b"\x16\x03\x03\xff\xff" + b"\x02" * 70_000),
}


@pytest.mark.parametrize("server", SERVERS)
def test_no_server_stalls_or_fools_a_probe(server):
    assert len(SERVERS) == 30
    with serving(SERVERS[server]) as port:
        for kind in ("tcp", "tls", "http"):
            result = run_probe(kind, ["127.0.0.1", port], limits=HERE)
            assert result.seconds < 4 * HERE.seconds
            assert result.outcome in STATES | {""}
            assert result.detail.isprintable()
            assert len(result.detail) <= 300
            if kind == "tcp":
                assert result.outcome == "connected"


@pytest.mark.parametrize(
    ("answer", "outcome", "detail"),
    [
        (b"HTTP/1.1 200 OK\r\n\r\n", "ok", "HTTP status 200 OK"),
        (b"HTTP/1.0 302 Found\r\nLocation: http://elsewhere/\r\n\r\n", "ok", "HTTP status 302 Found"),
        (b"HTTP/1.1 503 Service Unavailable\r\n\r\n", "connected", "HTTP status 503 Service Unavailable"),
        (b"SSH-2.0-OpenSSH_9.6\r\n", "", "not an answer in HTTP: SSH-2.0-OpenSSH_9.6"),
    ],
)
def test_the_status_of_an_http_server_is_told_and_no_redirect_followed(answer, outcome, detail):
    connections = []

    def talk(connection):
        connections.append(connection.recv(1000))
        connection.sendall(answer)

    with serving(talk) as port:
        result = run_probe("http", ["127.0.0.1", port, "/health"], limits=HERE)
    assert (result.outcome, result.detail) == (outcome, detail)
    assert len(connections) == 1
    assert connections[0].startswith(b"HEAD /health HTTP/1.1\r\nHost: 127.0.0.1:")

"""What comes over a real socket: requests of every kind, slow and broken ones, many at once, clients that leave."""

import json
import socket

import pytest

TOKEN = "t" * 43


def said(port, request, timeout=20):
    """All that the server says to the bytes of `request`, until it closes."""
    with socket.create_connection(("127.0.0.1", port), timeout) as sock:
        sock.sendall(request)
        answer = b""
        try:
            while piece := sock.recv(65536):
                answer += piece
                head, _, body = answer.partition(b"\r\n\r\n")
                length = [line for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
                if length and len(body) >= int(length[0].partition(b":")[2]):
                    break
        except ConnectionResetError:
            pass
        return answer


def status(answer):
    return int(answer.split(None, 2)[1]) if answer.startswith(b"HTTP/1.1 ") else 0


def request(port, line="GET / HTTP/1.1", body=b"", **headers):
    told = {"Host": f"127.0.0.1:{port}", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = [line, *(f"{name}: {value}" for name, value in told.items()), "", ""]
    return "\r\n".join(lines).encode() + body


def test_a_request_is_answered(port):
    assert status(said(port, request(port))) == 200


@pytest.mark.parametrize(
    ("raw", "wanted"),
    [
        (b"GET / HTTP/1.1\r\n\r\n", (400,)),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", (400, 421)),
        (b"GET / HTTP/1.1\r\nHost: localhost:1\tx\r\n\r\n", (400, 421)),
        (b"GET http://evil.example/ HTTP/1.1\r\nHost: evil.example\r\n\r\n", (421,)),
        (b"nonsense\r\n\r\n", (400,)),
        (b"\x16\x03\x01\x02\x00\x01\x00", (0, 400)),
        (b"GET / HTTP/1.1\r\nHost: x\r\nA: " + b"b" * 200_000 + b"\r\n\r\n", (400, 431)),
        (
            b"POST /signin HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
            (400, 421),
        ),
        (b"POST /signin HTTP/1.1\r\nHost: x\r\nContent-Length: -5\r\n\r\n", (400,)),
        (b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: upgrade\r\n\r\n", (421,)),
    ],
)
def test_a_broken_request_is_refused(port, raw, wanted):
    assert status(said(port, raw)) in wanted


def test_a_head_that_does_not_come_is_not_waited_for(port):
    assert said(port, b"") == b""
    assert said(port, b"GET / HTTP/1.1\r\nHo") == b""
    assert said(port, request(port, Connection="keep-alive") + b"GET / HT").count(b"HTTP/1.1 200") == 1


def test_many_silent_connections_keep_nobody_out(port):
    silent = [socket.create_connection(("127.0.0.1", port)) for _ in range(200)]
    try:
        assert status(said(port, request(port))) == 200
    finally:
        for sock in silent:
            sock.close()


def test_a_body_that_trickles_is_given_up(port, monkeypatch):
    from kb.serve import bodies

    monkeypatch.setattr(bodies, "WHOLE_WITHIN", 0.2)
    head = request(
        port,
        "POST /api/v1/diagnose HTTP/1.1",
        Content_Type="application/json",
        Content_Length=100,
        Authorization=f"Bearer {TOKEN}",
    )
    answer = said(port, head + b"{")
    assert status(answer) == 408
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["status"] == 408


def test_a_client_that_leaves_in_the_middle_leaves_no_thread_behind(port):
    head = request(
        port,
        "POST /api/v1/diagnose HTTP/1.1",
        Content_Type="application/octet-stream",
        Content_Length=1 << 20,
        Authorization=f"Bearer {TOKEN}",
    )
    for _ in range(5):  # more than there are threads
        with socket.create_connection(("127.0.0.1", port)) as sock:
            sock.sendall(head + b"error\n" * 100)
    whole = request(port, "GET /api/v1/health HTTP/1.1", Authorization=f"Bearer {TOKEN}")
    assert status(said(port, whole)) == 200


def test_a_port_in_use_is_one_clear_error(port):
    from diagnose.errors import KbError
    from kb.serve.server import listening

    with pytest.raises(KbError) as caught:
        listening("127.0.0.1", port)
    assert "--port" in caught.value.way_out


@pytest.mark.shared
def test_the_known_kinds_of_request_to_local_servers(port, shared):
    """Each with the status that its list asks for."""
    cases = json.loads((shared / "data" / "hostile" / "own_local_server_cases.json").read_text("utf-8"))
    wrong = []
    for case in cases:
        lines = [f"{case['method']} {case['path'].replace('/api/', '/api/v1/')} HTTP/1.1"]
        for name, values in case["headers"].items():
            for value in [values] if isinstance(values, str) else values:
                lines.append(f"{name}: {value.replace(':8765', f':{port}')}")
        answer = said(port, ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1"))
        got, wanted = status(answer), str(case["expect"])
        fits = got == int(wanted) if wanted.isdigit() else 400 <= got < 500
        if not fits or b"access-control" in answer.lower():
            wrong.append((case["name"], got, wanted))
    assert wrong == []
    assert len(cases) >= 29

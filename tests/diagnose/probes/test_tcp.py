"""TCP probes against real sockets in each state."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import time

import pytest
from loopback import HERE, closing, endless, saying, serving, silent

from diagnose.probes import ProbeLimits, run_probe


def tcp(host: str, port: str, limits: ProbeLimits = HERE) -> tuple[str, str]:
    result = run_probe("tcp", [host, port], limits=limits)
    return result.outcome, result.address


@pytest.mark.parametrize("talk", [closing, silent, saying(b"\x1b]52;c;aGk=\x07garbage\n"), endless(b"A" * 4096)])
def test_a_port_that_accepts_is_connected_whatever_it_says(talk):
    with serving(talk) as port:
        assert tcp("127.0.0.1", port) == ("connected", "127.0.0.1")


def test_nothing_is_sent():
    heard = []
    with serving(lambda connection: heard.append(connection.recv(100))) as port:
        tcp("127.0.0.1", port)
    assert heard == [b""]


def test_a_closed_port_is_refused():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
    assert tcp("127.0.0.1", port) == ("refused", "127.0.0.1")


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux drops what a full backlog has no room for")
def test_a_port_that_stays_silent_times_out():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        at = listener.getsockname()
        waiting = [socket.socket() for _ in range(4)]
        for one in waiting:
            one.setblocking(False)
            one.connect_ex(at)
        time.sleep(0.05)
        start = time.monotonic()
        assert tcp("127.0.0.1", str(at[1]))[0] == "timeout"
        assert time.monotonic() - start < 5  # a hang, not a speed
        for one in waiting:
            one.close()


IN_A_NAMESPACE = """
import json, subprocess
from diagnose.probes import ProbeLimits, run_probe
for line in ("link set lo up", "link add v0 type veth peer name v1", "addr add 10.99.0.1/24 dev v0", "link set v0 up",
             "link set v1 up", "neigh add 10.99.0.2 lladdr 02:00:00:00:00:02 nud permanent dev v0",
             "route add unreachable 10.98.0.0/24"):
    subprocess.run(["ip", *line.split()], check=True)
print(json.dumps([run_probe("tcp", [host, "9001"], limits=ProbeLimits(seconds=0.5)).outcome
                  for host in ("10.99.0.2", "10.98.0.2", "10.97.0.2")]))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="network namespaces are Linux's")
def test_a_filtered_address_times_out_and_one_without_a_route_is_unreachable(root, needs_tool):
    needs_tool("ip")
    done = subprocess.run(
        [needs_tool("unshare"), "-rn", sys.executable, "-c", IN_A_NAMESPACE],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr or "CalledProcessError" in done.stderr:
        pytest.skip("this machine allows no network namespace")
    assert json.loads(done.stdout) == ["timeout", "unreachable", "unreachable"]


def test_a_name_that_does_not_exist_is_a_name_error(monkeypatch):
    def unknown(*_, **__):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    assert tcp("fe02.contoso.com", "9001") == ("name-error", "")


def test_a_slow_resolver_is_left_behind(monkeypatch):
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: time.sleep(3))
    result = run_probe("dns", ["fe02.contoso.com"], limits=ProbeLimits(seconds=0.1))
    assert result.outcome == "timeout"
    assert result.seconds < 2


def resolving(monkeypatch, *addresses: str) -> list[str]:
    """Names have these addresses; gives the list of connections that are tried."""
    tried: list[str] = []

    def found(host, *_, **__):
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in addresses]

    def refuse(address, timeout=None):
        tried.append(address[0])
        raise ConnectionRefusedError(111, "refused")

    monkeypatch.setattr(socket, "getaddrinfo", found)
    monkeypatch.setattr(socket, "create_connection", refuse)
    return tried


# link-local (the metadata services of clouds), multicast, broadcast, unspecified, reserved, in all their coats
FORBIDDEN = [
    *("169.254.169.254", "169.254.0.1", "169.254.170.2", "fe80::1", "fe80::a9fe:a9fe", "febf::1", "fe80::1%eth0"),
    *("::ffff:169.254.169.254", "64:ff9b::a9fe:a9fe", "2002:a9fe:a9fe::1"),
    *("224.0.0.1", "239.255.255.250", "233.1.2.3", "ff02::1", "ff05::2", "ff0e::1", "::ffff:224.0.0.1"),
    *("255.255.255.255", "::ffff:255.255.255.255", "64:ff9b::ffff:ffff"),
    *("0.0.0.0", "0.1.2.3", "::", "::ffff:0.0.0.0", "0.255.255.255"),
    *("240.0.0.1", "250.1.2.3", "::ffff:240.0.0.1"),
]
OWN = ["127.0.0.1", "127.1.2.3", "127.255.255.254", "::1", "::ffff:127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::1"]


@pytest.mark.parametrize("address", FORBIDDEN + OWN)
@pytest.mark.parametrize("kind", ["tcp", "tls", "http"])
def test_a_name_that_leads_to_a_forbidden_address_is_not_asked(monkeypatch, kind, address):
    tried = resolving(monkeypatch, address)
    result = run_probe(kind, ["fe02.contoso.com", "80"], limits=ProbeLimits())
    assert (result.outcome, tried) == ("", [])
    assert result.detail.startswith("not asked: ")


@pytest.mark.parametrize("address", FORBIDDEN)
def test_naming_a_forbidden_host_does_not_allow_it(monkeypatch, address):
    tried = resolving(monkeypatch, address)
    run_probe("tcp", ["fe02.contoso.com", "80"], limits=ProbeLimits(named=frozenset({"fe02.contoso.com"})))
    assert tried == []


@pytest.mark.parametrize("address", OWN)
def test_a_named_host_may_be_this_machine(monkeypatch, address):
    tried = resolving(monkeypatch, address)
    run_probe("tcp", ["fe02.contoso.com", "80"], limits=ProbeLimits(named=frozenset({"FE02.contoso.com"})))
    assert tried == [address]


def test_a_name_is_resolved_once_and_its_first_address_is_tried_once(monkeypatch):
    tried = resolving(monkeypatch, "10.0.0.12", "10.0.0.13")
    result = run_probe("tcp", ["fe02.contoso.com", "80"], limits=ProbeLimits())
    assert (result.outcome, result.address, tried) == ("refused", "10.0.0.12", ["10.0.0.12"])


@pytest.mark.parametrize(
    ("kind", "arguments"),
    [
        *(("tcp", [host, "80"]) for host in ("-oProxyCommand=x", "a;b", "a b", "", "127.1", "0x7f000001", "2130706433")),
        *(("tcp", ["fe02", port]) for port in ("0", "65536", " 80", "٩", "9_001", "1" * 5000)),
        ("tcp", ["fe02"]), ("tcp", ["fe02", "80", "1"]), ("ftp", ["fe02"]), ("tcp", []),
        ("service", ["--version"]), ("service", ["a|b"]), ("file", ["../../etc/passwd"]), ("disk", ["relative"]),
        ("http", ["fe02", "80", "/\r\nHost: x"]),
    ],
)  # fmt: skip
def test_what_is_not_plainly_of_its_type_is_not_asked(monkeypatch, kind, arguments):
    tried = resolving(monkeypatch, "10.0.0.12")
    result = run_probe(kind, arguments, limits=ProbeLimits())
    assert (result.outcome, tried) == ("", [])
    assert "not asked" in result.detail

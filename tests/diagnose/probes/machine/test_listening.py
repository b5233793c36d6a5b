"""Listening ports as each system tells of them."""

import sys

import pytest

from diagnose.probes import ProbeLimits, run_probe
from diagnose.probes.machine import listening

BSD = """\
Active Internet connections (including servers)
Proto Recv-Q Send-Q  Local Address          Foreign Address        (state)
tcp4       0      0  127.0.0.1.5432         *.*                    LISTEN
tcp46      0      0  *.8080                 *.*                    LISTEN
tcp4       0      0  10.0.0.5.61022         10.0.0.9.443           ESTABLISHED
udp4       0      0  *.5353                 *.*
"""


@pytest.mark.parametrize(
    ("port", "outcome", "detail"),
    [
        ("5432", "listening", "on 127.0.0.1"),
        ("8080", "listening", "on *"),
        ("61022", "none", "nothing listens on TCP 61022 of this machine"),
        ("5353", "none", "nothing listens on TCP 5353 of this machine"),
    ],
)
def test_netstat_of_macos(monkeypatch, port, outcome, detail):
    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(listening, "output_of", lambda command, _: (0, BSD if command[0] == "netstat" else ""))
    result = run_probe("listening", [port], limits=ProbeLimits())
    assert (result.outcome, result.detail) == (outcome, detail)


@pytest.mark.skipif(sys.byteorder != "little", reason="the tables below are those of a little-endian machine")
def test_the_tables_of_linux_in_both_families(tmp_path):
    head = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
    row = "   0: {} {} {} 00000000:00000000 00:00000000 00000000     0        0 20339 1\n"
    four, six = tmp_path / "tcp", tmp_path / "tcp6"
    four.write_text(
        head + row.format("0100007F:2329", "00000000:0000", "0A") + row.format("0500000A:E1A4", "0900000A:01BB", "01")
    )
    six.write_text(head + row.format("00000000000000000000000001000000:0016", "0" * 32 + ":0000", "0A"))
    assert list(listening.linux_table(str(four))) == [("127.0.0.1", "9001")]
    assert list(listening.linux_table(str(six))) == [("::1", "22")]
    assert list(listening.linux_table(str(tmp_path / "gone"))) == []

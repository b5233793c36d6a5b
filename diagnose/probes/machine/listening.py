"""Does something on this machine listen on a TCP port? Reads the kernel's table; nothing is bound or connected."""

from __future__ import annotations

import re
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, ProbeLimits
from diagnose.probes.machine.process import output_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_LISTEN = "0A"  # TCP_LISTEN in include/net/tcp_states.h
# State names of netstat are translated on Windows; a listening socket is one whose other end has port 0.
_WINDOWS = re.compile(r"^\s*TCP\s+(\S+):(\d+)\s+\S+:0\s", re.MULTILINE)
_BSD = re.compile(r"^tcp\S*\s+\d+\s+\d+\s+(\S+)\.(\d+)\s+\S+\s+LISTEN\b", re.MULTILINE)


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    port = arguments[0]
    addresses = sorted({address for address, number in _listeners(limits) if number == port})
    if not addresses:
        return Answer("none", f"nothing listens on TCP {port} of this machine")
    return Answer("listening", f"on {', '.join(addresses[:8])}")


def _listeners(limits: ProbeLimits) -> Iterator[tuple[str, str]]:
    if sys.platform == "linux":
        for table in ("/proc/net/tcp", "/proc/net/tcp6"):
            yield from linux_table(table)
    elif sys.platform == "win32":
        yield from _WINDOWS.findall(output_of(("netstat.exe", "-ano", "-p", "TCP"), limits)[1])
        yield from _WINDOWS.findall(output_of(("netstat.exe", "-ano", "-p", "TCPv6"), limits)[1])
    else:
        yield from _BSD.findall(output_of(("netstat", "-an", "-p", "tcp"), limits)[1])


def linux_table(path: str) -> Iterator[tuple[str, str]]:
    """Address and port of every listening socket in a table of the kernel (proc(5))."""
    try:
        lines = Path(path).read_text("ascii").splitlines()[1:]
    except OSError:  # a kernel without IPv6
        return
    for line in lines:
        _, local, _, state, *_ = line.split()
        if state == _LISTEN:
            address, _, port = local.partition(":")
            yield _address(address), str(int(port, 16))


def _address(digits: str) -> str:
    """Words of 32 bits in the byte order of the machine."""
    raw = b"".join(int(digits[i : i + 8], 16).to_bytes(4, sys.byteorder) for i in range(0, len(digits), 8))
    return socket.inet_ntop(socket.AF_INET if len(raw) == 4 else socket.AF_INET6, raw)

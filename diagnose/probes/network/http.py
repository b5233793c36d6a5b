"""Which status does an HTTP server answer with? One HEAD; no body is read, no redirect followed, nothing kept."""

from __future__ import annotations

import re
import socket
import ssl
import time
from typing import TYPE_CHECKING

from diagnose.probes.base import Answer, Failed, ProbeLimits, dial, said, state_of, target

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST = 256  # bytes of an answer; the status stands in the first line
TLS_PORTS = frozenset({"443", "8443"})
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: ([^\r\n]*))?")


def probe(arguments: Sequence[str], limits: ProbeLimits) -> Answer:
    """`connected` is a server that answers with an error of its own (4xx, 5xx), `ok` any other status."""
    host, port = arguments[:2]
    path = arguments[2] if len(arguments) > 2 else "/"
    address = target(host, limits)
    deadline = time.monotonic() + limits.seconds
    with dial(address, port, limits) as plain:
        try:
            head = _head(_secured(plain, host) if port in TLS_PORTS else plain, host, port, path, deadline)
        except TimeoutError:
            raise Failed("no-response", "connected, but no answer in time", address) from None
        except ssl.SSLError as error:
            raise Failed("tls-error", said(error.reason or error), address) from None
        except OSError as error:
            raise Failed(state_of(error), said(error.strerror or error), address) from None
    return _read(head, address)


def _secured(plain: socket.socket, host: str) -> socket.socket:
    """Not verified: the question is the status, and the certificate is that of the probe `tls`."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context.wrap_socket(plain, server_hostname=host)


def _head(connection: socket.socket, host: str, port: str, path: str, deadline: float) -> bytes:
    at = f"[{host}]" if ":" in host else host
    request = (
        f"HEAD {path.replace(' ', '%20')} HTTP/1.1\r\nHost: {at}:{port}\r\nUser-Agent: kb\r\nConnection: close\r\n\r\n"
    )
    with connection:
        connection.sendall(request.encode("ascii"))
        head = b""
        while b"\n" not in head and len(head) < MOST:
            left = deadline - time.monotonic()
            if left <= 0:
                raise TimeoutError
            connection.settimeout(left)
            piece = connection.recv(MOST - len(head))
            if not piece:
                break
            head += piece
    return head


def _read(head: bytes, address: str) -> Answer:
    if not head:
        return Answer("no-response", "connected, but closed without an answer", address)
    status = _STATUS.match(head)
    if status is None:
        return Answer("", said(f"not an answer in HTTP: {head[:60].decode('latin-1')}"), address)
    text = said(f"HTTP status {status[1].decode()} {(status[2] or b'').decode('latin-1')}")
    return Answer("connected" if status[1] >= b"400" else "ok", text, address)

"""What every probe shares: its limits, its addresses, and the state that an error of the network has.

A probe takes typed arguments and `Limits` and gives an `Answer`: a state of `diagnose.outputs.base.STATES` (empty:
unclear) and a detail for people. It asks once, changes nothing, and never raises for what the network does.
"""

from __future__ import annotations

import errno
import ipaddress
import socket
import threading
from typing import NamedTuple

from msgspec import Struct

from diagnose.text.sanitize import clip, neutral

LONGEST_DETAIL = 300


class ProbeLimits(Struct, frozen=True):
    """Bounds of probing: `seconds` for one probe, hosts in all, probes a second.

    `named` are hosts that the user named: only then may an address be this machine's own.
    """

    seconds: float = 3.0
    targets: int = 16
    per_second: float = 5.0
    named: frozenset[str] = frozenset()


class Answer(NamedTuple):
    """How one probe came out. `address` is the one it connected to."""

    outcome: str
    detail: str = ""
    address: str = ""


class Failed(Exception):
    """A probe that ended before its question was asked: `answer` says how."""

    def __init__(self, outcome: str, detail: str, address: str = "") -> None:
        super().__init__(outcome, detail)
        self.answer = Answer(outcome, detail, address)


_NUMBERS = {
    "refused": ("ECONNREFUSED",),
    "timeout": ("ETIMEDOUT",),
    "unreachable": ("EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN", "ENETDOWN", "EADDRNOTAVAIL"),
    "reset": ("ECONNRESET", "ECONNABORTED", "EPIPE"),
}
# On Windows the errors of sockets have numbers of their own: WSAECONNREFUSED stands beside ECONNREFUSED.
_STATES = {
    getattr(errno, prefix + name): state
    for state, names in _NUMBERS.items()
    for name in names
    for prefix in ("", "WSA")
    if hasattr(errno, prefix + name)
}
# Where a platform has one number for several of them, the last one counts.
_LOOKUPS = {"EAI_ADDRFAMILY": "no-data", "EAI_NODATA": "no-data", "EAI_AGAIN": "timeout", "EAI_NONAME": "name-error"}
_LOOKUP_STATES = {getattr(socket, name): state for name, state in _LOOKUPS.items() if hasattr(socket, name)}


def state_of(error: OSError) -> str:
    """The state that an error of a connection shows; empty where it shows none (a local firewall, no sockets left)."""
    if isinstance(error, TimeoutError):
        return "timeout"
    return _STATES.get(error.errno or 0, "")


def said(text: object) -> str:
    """What something from outside said, as one line that no terminal obeys."""
    return clip(neutral(" ".join(str(text).split())), LONGEST_DETAIL)


def resolve(host: str, limits: ProbeLimits) -> list[str]:
    """The addresses of `host`, in the order of the system, within the limit of time; raises `Failed`."""
    found: list[object] = []

    def ask() -> None:
        try:
            found.append(socket.getaddrinfo(host, None, type=socket.SOCK_STREAM))
        except (OSError, UnicodeError) as error:
            found.append(error)

    # The resolver of the system knows no deadline: it is left behind in a thread that does not keep the process.
    thread = threading.Thread(target=ask, daemon=True)
    thread.start()
    thread.join(limits.seconds)
    result = found[0] if found else None
    if result is None:
        raise Failed("timeout", f"no answer about the name within {limits.seconds:g} s")
    if isinstance(result, socket.gaierror):
        raise Failed(_LOOKUP_STATES.get(result.errno or 0, ""), said(result.strerror or result))
    if isinstance(result, Exception):
        raise Failed("name-error", "not a name that can be looked up")
    assert isinstance(result, list)
    return list(dict.fromkeys(str(entry[4][0]).split("%")[0] for entry in result))


def target(host: str, limits: ProbeLimits) -> str:
    """The one address of `host` to connect to; raises `Failed` where there is none or it must not be asked."""
    addresses = resolve(host, limits)
    if not addresses:
        raise Failed("no-data", "the name has no address")
    address = addresses[0]
    why = refusal(address)
    if why:
        raise Failed("", f"not asked: {address} is {why}", address)
    if _plain(address).is_loopback and host.casefold() not in {name.casefold() for name in limits.named}:
        raise Failed("", f"not asked: {address} is this machine; name it with --target {host}", address)
    return address


def refusal(address: str) -> str:
    """Why nobody may be probed at this address; empty if one may."""
    plain = _plain(address)
    kinds = {
        "a link-local address": plain.is_link_local,
        "a multicast address": plain.is_multicast,
        "the broadcast address": str(plain) == "255.255.255.255",
        "an unspecified address": plain.is_unspecified or (plain.version == 4 and plain.packed[0] == 0),
        "a reserved address": plain.version == 4 and plain.is_reserved,
    }
    return next((why for why, true in kinds.items() if true), "")


def is_loopback(host: str) -> bool:
    """Whether `host`, as written, is this machine."""
    name = host.casefold().rstrip(".")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return _plain(name).is_loopback
    except ValueError:
        return False


def _plain(address: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An address without the coats of IPv6 around one of IPv4 (mapped, 6to4, NAT64): they lead to the same machine."""
    plain = ipaddress.ip_address(address)
    if isinstance(plain, ipaddress.IPv6Address):
        if plain in ipaddress.ip_network("64:ff9b::/96"):
            return ipaddress.IPv4Address(plain.packed[-4:])
        return plain.ipv4_mapped or plain.sixtofour or plain
    return plain


def connect(host: str, port: str, limits: ProbeLimits) -> tuple[socket.socket, str]:
    """A TCP connection to the one address of `host`, and that address; raises `Failed`."""
    address = target(host, limits)
    return dial(address, port, limits), address


def dial(address: str, port: str, limits: ProbeLimits) -> socket.socket:
    """A TCP connection to `address`; raises `Failed`."""
    try:
        return socket.create_connection((address, int(port)), timeout=limits.seconds)
    except OSError as error:
        raise Failed(state_of(error), said(error.strerror or error), address) from None

"""Address and port as netstat and ss print them, and the states of a TCP connection in the languages of netstat.

Takes words, gives values. Knows nothing of lines.
"""

from __future__ import annotations

import re
from functools import lru_cache

from msgspec import Struct

from diagnose.outputs.base import address, host, port
from diagnose.outputs.parsing.echo import PORTS

_COLON = re.compile(r"(.*):(\d{1,5}|\*|[A-Za-z][\w+.-]{0,30})")
_DOT = re.compile(r"(.*)\.(\d{1,5}|\*|[A-Za-z][\w+-]{0,30})")
_ANY = frozenset({"0.0.0.0", "::", "[::]", "*"})  # noqa: S104

LISTENING, SYN_SENT, ESTABLISHED = "LISTENING", "SYN_SENT", "ESTABLISHED"

# RFC 9293 3.3.2 and what Windows (BOUND, DELETE_TCB), Linux, macOS, ss and PowerShell call them.
_ENGLISH = {
    LISTENING: ("LISTEN", "LISTENING"),
    ESTABLISHED: ("ESTABLISHED", "ESTAB"),
    SYN_SENT: ("SYN_SENT", "SYN-SENT", "SynSent"),
    "SYN_RECEIVED": ("SYN_RECEIVED", "SYN_RECV", "SYN-RECV", "SYN_RCVD", "SynReceived"),
    "TIME_WAIT": ("TIME_WAIT", "TIME-WAIT", "TimeWait"),
    "CLOSE_WAIT": ("CLOSE_WAIT", "CLOSE-WAIT", "CloseWait"),
    "FIN_WAIT_1": ("FIN_WAIT_1", "FIN_WAIT1", "FIN-WAIT-1", "FinWait1"),
    "FIN_WAIT_2": ("FIN_WAIT_2", "FIN_WAIT2", "FIN-WAIT-2", "FinWait2"),
    "LAST_ACK": ("LAST_ACK", "LAST-ACK", "LastAck"),
    "CLOSING": ("CLOSING",),
    "CLOSED": ("CLOSED", "CLOSE"),
    "BOUND": ("BOUND",),
    "UNKNOWN": ("UNKNOWN", "UNCONN", "DELETE_TCB", "DeleteTCB"),
}
# German Windows translates the states; French, Italian, Spanish, Portuguese and others are those of net-tools.
_TRANSLATED = {
    LISTENING: (
        "ABHÖREN",
        "ABHOEREN",
        "À L'ÉCOUTE",
        "ÉCOUTE",
        "IN ASCOLTO",
        "ESCUCHAR",
        "ESCUCHANDO",
        "OUÇA",
        "受信待ち",
    ),
    ESTABLISHED: (
        "HERGESTELLT",
        "VERBUNDEN",
        "ÉTABLI",
        "ÉTABLIE",
        "STABILITO",
        "ESTABLECIDO",
        "ESTABELECIDA",
        "確立済み",
    ),
    SYN_SENT: ("SYN_GESENDET",),
    "SYN_RECEIVED": ("SYN_EMPFANGEN",),
    "TIME_WAIT": ("WARTEND",),
    "CLOSE_WAIT": ("SCHLIESSEN_WARTEN",),
    "FIN_WAIT_1": ("FIN_WARTEN_1",),
    "FIN_WAIT_2": ("FIN_WARTEN_2",),
}
_STATES = {
    word.casefold(): name for table in (_ENGLISH, _TRANSLATED) for name, words in table.items() for word in words
}
# LISTENING where umlauts were lost on the way through a code page.
_MANGLED = re.compile(r"ABH.{1,2}REN", re.IGNORECASE)

OUTCOMES = {LISTENING: "listening", ESTABLISHED: "connected", SYN_SENT: "timeout"}


class Endpoint(Struct, frozen=True):
    """`host` as printed, `port` as a number or empty where it is a name that is not known; `any` for a wildcard."""

    host: str
    port: str
    any: bool

    def subject(self) -> dict[str, str]:
        """What it names: "address" or "host", and "port"; a wildcard has no address."""
        at = "" if self.any or self.host in _ANY else address(self.host)
        named = "" if at or self.host in _ANY else host(self.host)
        found = {"host": named, "address": at, "port": self.port}
        return {key: value for key, value in found.items() if value}


@lru_cache(maxsize=4096)
def endpoint(word: str, dotted: bool = False) -> Endpoint | None:
    """`10.0.0.1:443`, `[::1]:443`, `:::443`, `fe02:https`, `*:*`; on macOS and BSD `10.0.0.1.443`, `*.443`."""
    for pattern in (_DOT,) if dotted else (_COLON, _DOT):
        found = pattern.fullmatch(word)
        if found and (found[1] in _ANY or address(found[1]) or host(found[1])):
            if pattern is _COLON and ":" in found[1] and not (address(found[1]) or found[1] in _ANY):
                continue
            number = PORTS.get(found[2].lower(), found[2])
            wild = found[1] in _ANY and number in ("0", "*")
            return Endpoint(found[1], port(number), wild)
    return None


def tcp_state(word: str, peer: Endpoint | None) -> str:
    """The English name of a state; a word of another language is LISTENING where the peer is a wildcard; else empty.

    A wildcard alone does not tell, for the word may be cut off or BOUND: so no beginning of an English state passes.
    """
    folded = word.casefold()
    if folded in _STATES:
        return _STATES[folded]
    if _MANGLED.fullmatch(word):
        return LISTENING
    cut = any(known.startswith(folded) for known in _STATES)
    return LISTENING if peer is not None and peer.any and not cut and not word.isascii() else ""

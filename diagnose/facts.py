"""Typed facts: which captured text is plainly a host, a port, a path, and which one wins when several were seen.

Takes captures of signals and values given by the user; gives values that may enter a command, and the conflicts among
them. Nothing is repaired, resolved or guessed: what is not plainly of its type is refused, so that the check is the
first lock and the quoting of a shell (see commands) only the second.

Knows nothing of shells, templates or where a capture came from.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING, NamedTuple

from diagnose.diagnosis import Conflict
from diagnose.model import Param, ParamType, Place
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

# What a refused value should have been: the reason beside an unfilled slot.
EXPECTED: dict[ParamType, str] = {
    "host": "a host name (ASCII or punycode), an IPv4 or an IPv6 address",
    "ip": "an IPv4 or IPv6 address",
    "port": "a number from 1 to 65535, digits only",
    "path": "an absolute path (C:\\... or /...) in ASCII, without '..', quotes, wildcards or characters of a shell",
    "service": "a service name of letters, digits, blanks and . _ - $ @",
    "user": "a plain user, DOMAIN\\user or user@domain",
    "name": "a plain name of letters, digits, blanks and . _ : / \\ @ + $ -",
}

LONGEST = 253  # of a DNS name (RFC 1035 2.3.4); no other kind needs more, and a longer "value" is a paragraph
KEPT = 1000  # distinct values remembered for one parameter; a log may hold millions
SHOWN = 20  # values named in a conflict

_LABEL = r"[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?"
_DNS = late(rf"{_LABEL}(?:\.{_LABEL})*\.?")
# A last label that is a number makes readers of addresses take the name for one (inet_aton, WHATWG URL 3.5):
# 127.1, 2130706433 and 0x7f000001 are all this machine.
_NUMERIC_END = late(r"(?:.*\.)?(?:[0-9]+|0[xX][0-9A-Fa-f]*)\.?")
_PORT = late(r"[1-9][0-9]{0,4}")
# No wildcards, quotes, $ % ! ^ & | < > ; ` : each means something to a shell even where another one quotes it. Blanks,
# parentheses, ~ and braces are in real paths (C:\Program Files (x86), PROGRA~1, {GUID}) and every quoting carries them.
_IN_PATH = "A-Za-z0-9._()+@=,#~{}-"
_WINDOWS_PATH = late(rf"[A-Za-z]:\\(?:[{_IN_PATH}](?:[ \\{_IN_PATH}]*[{_IN_PATH}])?)?")
_POSIX_PATH = late(rf"/(?:[{_IN_PATH}](?:[ :/{_IN_PATH}]*[:/{_IN_PATH}])?)?")
_SERVICE = late(r"[A-Za-z0-9_](?:[A-Za-z0-9 ._@$-]*[A-Za-z0-9._@$-])?")
_ACCOUNT = r"[A-Za-z0-9_](?:[A-Za-z0-9._-]*[A-Za-z0-9_$])?"
_USER = late(
    rf"[A-Za-z0-9_][A-Za-z0-9 ._-]*\\[A-Za-z0-9_](?:[A-Za-z0-9 ._$-]*[A-Za-z0-9_$])?"  # NT SERVICE\MSSQL$RTCLOCAL
    rf"|{_ACCOUNT}(?:@{_LABEL}(?:\.{_LABEL})*)?"
)
_NAME = late(r"[A-Za-z0-9_](?:[A-Za-z0-9 ._:/\\@+$-]*[A-Za-z0-9_$+])?")
_CLIMBS = late(r"(?:^|[\\/])\.\.(?:[\\/]|$)")

_QUOTES = {"'": "'", '"': '"', "“": "”", "‘": "’", "„": "“”", "‚": "‘’", "«": "»", "”": "”", "’": "’"}


def unquoted(raw: str) -> str:
    """A capture without the one pair of straight or typographic quotes around it: `“pool01”` is pool01.

    `''` (a name that was cut out) becomes the empty string. Quotes that do not pair stay, and are refused later.
    """
    if len(raw) >= 2 and raw[-1] in _QUOTES.get(raw[0], ""):
        return raw[1:-1]
    return raw


def _climbs(raw: str) -> bool:
    # A doubled separator is a network path to some reader of it: \\host\share and //host/share send credentials.
    return bool(_CLIMBS.search(raw)) or "\\\\" in raw or "//" in raw


def _host(raw: str) -> bool:
    return _address(raw) or (bool(_DNS.fullmatch(raw)) and not _NUMERIC_END.fullmatch(raw))


def _address(raw: str) -> bool:
    # A zone id (fe80::1%eth0) names an interface of another machine, and % is a variable in cmd.
    if "%" in raw:
        return False
    try:
        ipaddress.ip_address(raw)
    except ValueError:
        return False
    return True


def _port(raw: str) -> bool:
    return bool(_PORT.fullmatch(raw)) and int(raw) <= 65535


def _path(raw: str) -> bool:
    return bool(_WINDOWS_PATH.fullmatch(raw) or _POSIX_PATH.fullmatch(raw)) and not _climbs(raw)


def _service(raw: str) -> bool:
    return bool(_SERVICE.fullmatch(raw))


def _user(raw: str) -> bool:
    return bool(_USER.fullmatch(raw))


def _name(raw: str) -> bool:
    return bool(_NAME.fullmatch(raw)) and not _climbs(raw)


TYPES: dict[ParamType, Callable[[str], bool]] = {
    "host": _host,
    "ip": _address,
    "port": _port,
    "path": _path,
    "service": _service,
    "user": _user,
    "name": _name,
}


def typed(kind: ParamType, raw: str) -> str | None:
    """`raw` if it is plainly of this type, a folder without the backslash at its end, else None.

    Only printable ASCII passes (names in other scripts come as punycode), at most 253 characters, and nothing that
    starts with a dash: it would be read as an option. Quotes are not taken off here, see `unquoted`.
    """
    if kind == "path" and len(raw) > len("C:\\"):
        raw = raw.removesuffix("\\")  # before a closing quote, Windows programs read it as escaping that quote
    if not 0 < len(raw) <= LONGEST or not raw.isascii() or not raw.isprintable():
        return None
    return raw if raw[0] != "-" and TYPES[kind](raw) else None


class _Seen:
    """One value of one parameter, in all its spellings."""

    __slots__ = ("places", "spellings")

    def __init__(self) -> None:
        self.spellings: dict[str, int] = {}
        self.places: set[tuple[str, int]] = set()

    def add(self, spelling: str, at: Place) -> None:
        self.spellings[spelling] = self.spellings.get(spelling, 0) + 1
        self.places.add((at.source, at.line))

    def absorb(self, other: _Seen) -> None:
        for spelling, times in other.spellings.items():
            self.spellings[spelling] = self.spellings.get(spelling, 0) + times
        self.places |= other.places

    def best(self) -> str:
        """The longest spelling (a full name rather than a short one), then the most frequent, then the first."""
        return max(self.spellings, key=lambda text: (len(text.rstrip(".")), self.spellings[text]))


def _identity(kind: ParamType, value: str) -> str:
    """What two spellings of the same thing share. Case tells nothing apart but paths on POSIX."""
    if kind in ("host", "ip") and _address(value):
        return str(ipaddress.ip_address(value))
    if kind == "path" and value.startswith("/"):
        return value
    return value.casefold().rstrip(".") if kind == "host" else value.casefold()


def _join_short_names(groups: dict[str, _Seen]) -> dict[str, _Seen]:
    """pool01 and pool01.contoso.com are one host; with several such full names, the short one goes to the most seen."""
    full: dict[str, str] = {}
    for name, seen in groups.items():
        short, dot, _ = name.partition(".")
        if dot and not _address(name) and (short not in full or len(seen.places) > len(groups[full[short]].places)):
            full[short] = name
    for short, name in full.items():
        if short in groups:
            groups[name].absorb(groups[short])
    # Order is that of the first sight of any spelling.
    order = {full.get(name, name): None for name in groups}
    return {name: groups[name] for name in order}


def _ranked(kind: ParamType, captures: Iterable[tuple[str, Place]]) -> tuple[str, ...]:
    """The distinct values, the one on most lines first, then the one seen first."""
    groups: dict[str, _Seen] = {}
    for value, at in captures:
        key = _identity(kind, value)
        if key not in groups:
            if len(groups) >= KEPT:
                continue
            groups[key] = _Seen()
        groups[key].add(value, at)
    if kind == "host":
        groups = _join_short_names(groups)
    ranked = sorted(groups.values(), key=lambda seen: -len(seen.places))
    return tuple(seen.best() for seen in ranked)


class MergedFacts(NamedTuple):
    """The value used for each parameter that has one, every parameter that had several, and those with a mere default."""

    values: dict[str, str]
    conflicts: tuple[Conflict, ...]
    assumed: frozenset[str] = frozenset()


def merge(
    candidates: Iterable[tuple[str, str, Place]], params: Mapping[str, Param], given: Mapping[str, str]
) -> MergedFacts:
    """One value for each parameter: what the user gave, else what most lines say, else the default.

    `candidates` are captures as they stood in the text: (parameter, value, place); quotes around them are taken off,
    what is then not plainly of its type counts as not captured, and so do names that `params` does not know. The
    same value counts once a line, however many signals captured it.

    A value the user gave is taken as it is or not at all: if it is not of its type, the parameter stays empty rather
    than silently taking another value; say so with `refused`. Conflicts name captures only, best first, at most 20.
    """
    captures: dict[str, list[tuple[str, Place]]] = {}
    for name, raw, at in candidates:
        param = params.get(name)
        value = typed(param.type, unquoted(raw)) if param is not None else None
        if value is not None:
            captures.setdefault(name, []).append((value, at))

    values: dict[str, str] = {}
    conflicts: list[Conflict] = []
    for name, param in params.items():
        if name in given:
            found: tuple[str, ...] = (given[name],)
        else:
            found = _ranked(param.type, captures.get(name, ())) or (param.default,)
        value = typed(param.type, found[0])
        if value is not None:
            values[name] = value
        if len(found) > 1:
            conflicts.append(Conflict(parameter=name, values=found[:SHOWN]))
    assumed = frozenset(name for name in values if name not in given and not captures.get(name))
    return MergedFacts(values, tuple(conflicts), assumed)


def refused_values(params: Mapping[str, Param], given: Mapping[str, str]) -> dict[str, str]:
    """Parameters whose given value is not of its type, with what was expected: a wrong call, to be told."""
    return {
        name: EXPECTED[params[name].type]
        for name, raw in given.items()
        if name in params and typed(params[name].type, raw) is None
    }

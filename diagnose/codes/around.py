"""What a number behind "error" or "status" is: the words around it decide, else the system that wrote the text.

Takes a line, where a number stands in it and the system; gives the kinds that it may be read as: none for a number of a
program's own (a severity, an alert of TLS, an error of MySQL), several where nothing tells. Knows no names of codes.

Sources: "Error: 18456, Severity: 14, State: 8" of SQL Server's log; "(provider: ..., error: 26 - ...)" of SqlClient, whose
number is one of SNI; "ERROR 1045 (28000)" of MySQL; strerror(3) of glibc and of the BSDs.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from diagnose.codes.meanings import EXITS, HTTP
from diagnose.codes.neighbours import NEAR, other_than_code
from diagnose.text.late import late

if TYPE_CHECKING:
    from diagnose.model import Platform

LAST_ERRNO = 133  # of Linux; a kernel writes them with a minus
SMALL = 0xFF  # up to here, numbers are errors of Windows, of Unix, exit codes and much else

# What strerror says for a number on Linux, in lower case.
STRERROR = {
    1: "operation not permitted", 2: "no such file or directory", 4: "interrupted system call", 5: "input/output error",
    7: "argument list too long", 11: "resource temporarily unavailable", 12: "cannot allocate memory",
    13: "permission denied", 16: "device or resource busy", 17: "file exists", 19: "no such device",
    20: "not a directory", 21: "is a directory", 22: "invalid argument", 23: "too many open files in system",
    24: "too many open files", 26: "text file busy", 27: "file too large", 28: "no space left on device",
    30: "read-only file system", 32: "broken pipe", 36: "file name too long", 39: "directory not empty",
    95: "operation not supported", 98: "address already in use", 99: "cannot assign requested address",
    100: "network is down", 101: "network is unreachable", 103: "software caused connection abort",
    104: "connection reset by peer", 107: "transport endpoint is not connected", 110: "connection timed out",
    111: "connection refused", 112: "host is down", 113: "no route to host", 115: "operation now in progress",
    116: "stale file handle", 122: "disk quota exceeded",
}  # fmt: skip
# The same errors by the numbers of macOS and the BSDs.
OF_BSD = {
    35: 11, 48: 98, 49: 99, 51: 101, 53: 103, 54: 104, 57: 107, 60: 110, 61: 111, 63: 36, 64: 112, 65: 113, 66: 39,
}  # fmt: skip

# Errors of Windows that SQL Server's clients and setup pass on; their other small numbers are of their own.
_PASSED_ON = frozenset({2, 5, 53, 64, 67, 109, 121, 233})
_SQL_SERVER = late(r"SQL ?Server|SqlClient|SqlException|\bODBC\b", re.IGNORECASE)
_PROVIDER = late(r"(?:\(\w+ ?: ?[^():]{3,60}|Interfaces|Provider|-Netzwerkschnittstellen), ?\w+ ?: ?$")
_STATUS = late(r"\bstatus(?:[ _-]?code)?\W{0,3}$", re.IGNORECASE)
_EXIT = late(
    r"\b(?:exit(?:ed|s)?|rc|ret(?:urn(?:ed)?)?)(?:[ _-]?(?:code|status|value))?\b[^\w\n]?[\w ]{0,12}\W{0,4}$"
    r"|\bcode=(?:killed|dumped), status=$",
    re.IGNORECASE,
)
# What is no failure over HTTP.
_WENT_WELL = frozenset((*range(200, 207), 301, 302, 303, 304, 307, 308))
_ANSWER = late(r"\bHTTP(?![A-Za-z]).{0,45}$|\brespon(?:se|ded)\b.{0,30}$|\breply-code\W{0,3}$", re.IGNORECASE)
_DATABASE = late(r"mysql|mariadb|\bORA-\d{5}|\bSQL(?:Exception|STATE)\b|vendor ?code", re.IGNORECASE)


class SeenNumber(NamedTuple):
    """A number of a line, what stands close before and after it, the whole line, and the system of the text."""

    number: int
    before: str
    after: str
    line: str
    platform: Platform | None


def kinds_of(line: str, start: int, end: int, platform: Platform | None = None) -> tuple[tuple[str, ...], bool]:
    """The kinds (`http`, `errno`, `win32`, `exit`) that the number at `start` to `end` may be of, most plausible first,
    and whether words tell so, rather than the system alone."""
    digits = line[start:end]
    if digits.strip("0") == "" or digits[0] == "0" or other_than_code(line, start, end):
        return (), True
    seen = SeenNumber(int(digits), line[max(0, start - NEAR) : start], line[end : end + NEAR], line, platform)
    kinds = next((kinds for applies, kinds in _RULES if applies(seen)), None)
    return (_by_system(seen), False) if kinds is None else (kinds, True)


def errno_of(number: int, line: str) -> int:
    """The number that Linux has for the error of a line that says its words: macOS and the BSDs count otherwise."""
    same = OF_BSD.get(number)
    return same if same is not None and STRERROR[same] in line.lower() else number


def of_windows(line: str, start: int, end: int) -> bool:
    """Whether words before a number say that it is an error of Windows."""
    return _windows_word(SeenNumber(0, line[max(0, start - NEAR) : start], line[end : end + NEAR], line, None))


def _by_system(seen: SeenNumber) -> tuple[str, ...]:
    if seen.platform is None:
        return ("win32", "errno")
    return ("win32",) if seen.platform == "windows" else ("errno",)


def _own(seen: SeenNumber) -> bool:
    """Whether it is a number of the program's own, which no table here holds."""
    small = seen.number <= SMALL and seen.number not in _PASSED_ON
    return bool(
        re.match(r" ?\([0-9A-Z]{5}\)", seen.after)  # ERROR 1045 (28000): MySQL, with its SQLSTATE
        or re.match(r" ?, ?\w+ ?: ?\d+, ?\w+ ?: ?\d", seen.after)  # Error: 18456, Severity: 14, State: 8
        or re.search(r": ?\d+, ?\w+ ?: ?$", seen.before)  # ... and its last number
        or _PROVIDER.search(seen.before)
        or (small and _SQL_SERVER.search(seen.line))
        or re.match(r"[ -]\d\.\d{1,3}\.\d", seen.after)  # 550 5.7.1: SMTP
        or re.match(r", ?State\b", seen.after)  # Error Number:1205,State:51 of SqlClient
        or (999 < seen.number < 10_000 and _DATABASE.search(seen.line))
        or re.search(r"\balert\b.{0,20}$|\bTLS protocol defined\b.{0,20}$", seen.before, re.IGNORECASE)
        or re.search(
            r"\bverif(?:y|ication)\b[ \w]*\W{0,4}(?:num=|code: )?$", seen.before, re.IGNORECASE
        )  # of a certificate
        or re.search(r"\bSIP/2\.0\b|\bgrpc\b", seen.before, re.IGNORECASE)
    )


def _http(seen: SeenNumber) -> bool:
    if seen.number not in HTTP:
        return False
    phrase = re.match(r"\W{1,4}([A-Za-z]+)", seen.after)
    return bool(
        _ANSWER.search(seen.before)
        or _STATUS.search(seen.before)
        or re.match(r"\.\d{1,2}\b", seen.after)  # a substatus of IIS
        or (phrase and phrase[1].lower() in {HTTP[seen.number].split()[0].lower(), "server"} - {"not", "request"})
    )


def _answered(seen: SeenNumber) -> bool:
    """Whether it is the status of an answer over HTTP that tells of no failure."""
    return bool(
        (seen.number in _WENT_WELL and _STATUS.search(seen.before))
        or (99 < seen.number < 600 and _ANSWER.search(seen.before))
    )


def _negative(seen: SeenNumber) -> bool:
    return re.search(r"(?:^|[\s=:(\[])-$", seen.before) is not None


def _exit(seen: SeenNumber) -> bool:
    return seen.number <= SMALL and _EXIT.search(seen.before) is not None


def _errno_said(seen: SeenNumber) -> bool:
    lowered = seen.line.lower()
    return STRERROR.get(seen.number, "\n") in lowered or errno_of(seen.number, lowered) != seen.number


def _ends_in(pattern: str) -> Callable[[SeenNumber], bool]:
    compiled = late(pattern + r"\W{0,4}(?:(?:code|number|no|nr|is|was)\W{1,4}){0,2}$", re.IGNORECASE)
    return lambda seen: compiled.search(seen.before) is not None


_windows_word = _ends_in(r"\b(?:win32(?: error)?|winerror|system(?: error|fehler)|erreur syst.me)")
_unix_word, _rust_word = _ends_in(r"\berr(?:no|code)"), _ends_in(r"\bos error")

# The first that applies decides; where none does, the system.
_RULES: tuple[tuple[Callable[[SeenNumber], bool], tuple[str, ...]], ...] = (
    (_http, ("http",)),
    (_own, ()),
    (_answered, ()),
    (lambda seen: _negative(seen) and (seen.number > LAST_ERRNO or seen.platform == "windows"), ()),
    (lambda seen: re.match(r"\.\d", seen.after) is not None, ()),  # a version
    (_windows_word, ("win32",)),
    (lambda seen: _unix_word(seen) and seen.number < 10_000, ("errno",)),
    (lambda seen: _rust_word(seen) and seen.number <= LAST_ERRNO and seen.platform != "windows", ("errno",)),
    (lambda seen: _exit(seen) and seen.number in EXITS, ("exit",)),
    (_exit, ()),
    (_errno_said, ("errno",)),
    (_negative, ("errno",)),
    (lambda seen: seen.number in HTTP, ("http",)),
    (lambda seen: seen.number > SMALL, ("win32",)),
)

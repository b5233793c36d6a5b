"""The command line that stands above an output: its prompt, its words, and what they name.

Takes a `Paste` and the names of a command; gives `Echo`es in order. Knows nothing of what a command prints.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Container, Mapping, Sequence
from itertools import product

from msgspec import Struct

from diagnose.outputs.base import host, port
from diagnose.outputs.parsing.paste import BREAK, WRAP, Paste, soft

MOST_LINES = 4  # a command line wraps over no more than this
MOST_ECHOES = 10_000
LONGEST = 2000  # characters of a command line that are read

# `PS C:\>`, `C:\x>`, `user@host:~$`, `[root@host ~]#`, `%`, nothing; the end of a prompt that was itself wrapped.
_PROMPT = re.compile(r"(?:.{0,200}[>$#%❯λ] ?)?(?:sudo |time |& |\()?")
_PROMPT_ALONE = re.compile(
    r"(?:\[[^\]]{1,80}\]:? ?)?(?:PS )?[A-Za-z]:\\[^>]{0,200}>|PS [^>]{0,200}>|[\w.-]{1,64}@[\w.-]{1,64}[^$#%]{0,120}[$#%]"
    r"|[$#] |\[[\w.-]{1,64}@[^\]]{1,120}\][$#]"
)
_WORD = re.compile(r""" *(?:"([^"]*)"|'([^']*)'|([|;&]+|[<>]|\d?>+(?:&\d)?)|([^\s"'|;&<>]+))""")
_PARAMETER = re.compile(r"-[A-Za-z]")


class Echo(Struct, frozen=True):
    """A command line from line index `first` to `last`, after the command's name, in every way its wraps can be read."""

    first: int
    last: int
    readings: tuple[str, ...]


def anycase(name: str) -> str:
    """A pattern for `name` in upper and lower case; unlike the flag it still lets the search skip to a first letter."""
    return "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else re.escape(c) for c in name)


def is_prompt(line: str) -> bool:
    """Whether a line begins with a shell's prompt."""
    return bool(_PROMPT_ALONE.match(line.lstrip()))


def echoes(paste: Paste, names: Sequence[str], stop: re.Pattern[str]) -> list[Echo]:
    """Command lines of a command; `stop` matches the beginning of lines that the command prints."""
    found: dict[int, Echo] = {}
    for name in names:
        for hit in _pattern(name).finditer(paste.flat.text):
            start = paste.flat.start(hit.start())
            if _PROMPT.fullmatch(paste.flat.text, start, hit.start()):
                found.setdefault(start, _echo(paste, hit.start(), hit.end(), stop))
            if len(found) >= MOST_ECHOES:
                break
    return [found[start] for start in sorted(found)]


_PATTERNS: dict[str, re.Pattern[str]] = {}


def _pattern(name: str) -> re.Pattern[str]:
    if name not in _PATTERNS:
        _PATTERNS[name] = soft(anycase(name) + r"(?:\.[eE][xX][eE])?(?=[ )]|$)")
    return _PATTERNS[name]


def _echo(paste: Paste, at: int, offset: int, stop: re.Pattern[str]) -> Echo:
    flat = paste.flat
    text = flat.text
    pieces: list[str] = []
    first = last = flat.line(at)
    for _ in range(MOST_LINES):
        end = _line_end(text, offset)
        pieces.append(text[offset:end])
        last = flat.line(max(at, end - 1))
        following = text[end + 1 : _line_end(text, end + 1)]
        if text[end : end + 1] not in (WRAP, BREAK) or not following or stop.match(following) or is_prompt(following):
            break
        apart = text[end] == BREAK
        if apart and not (flat.line(end + 1) == last + 1 and _PARAMETER.match(following)):
            break
        pieces.append(BREAK if apart else WRAP)
        offset = end + 1
    return Echo(first, last, _readings("".join(pieces)[:LONGEST]))


def _line_end(text: str, offset: int) -> int:
    limit = min(len(text), offset + LONGEST)
    return min(
        (end for end in (text.find(WRAP, offset, limit), text.find(BREAK, offset, limit)) if end >= 0), default=limit
    )


def _readings(tail: str) -> tuple[str, ...]:
    pieces = tail.replace(BREAK, " ").split(WRAP)
    made = []
    for joints in product(("", " "), repeat=len(pieces) - 1):
        made.append("".join(piece + joint for piece, joint in zip(pieces, (*joints, ""), strict=True)))
    return tuple(dict.fromkeys(made))


def words(reading: str) -> list[str]:
    """The words of a command up to a pipe, a redirection or the next command; quotes taken off."""
    found = []
    for double, single, operator, bare in _WORD.findall(reading):
        if operator:
            break
        found.append(double or single or bare)
    return found


def named(echo: Echo | None, parse: Callable[[str], dict[str, str] | None]) -> dict[str, str]:
    """What a command line names, by the readings that `parse` accepts; what they do not agree on is left out."""
    if echo is None:
        return {}
    read = [result for result in map(parse, echo.readings) if result is not None]
    if not read:
        return {}
    return {key: value for key, value in read[0].items() if all(other.get(key) == value for other in read)}


def understood(echo: Echo, parse: Callable[[str], dict[str, str] | None]) -> bool:
    """Whether a line is a command line at all and not prose that begins with its name."""
    return any(parse(reading) is not None for reading in echo.readings)


def above(paste: Paste, commands: Sequence[Echo], first: int) -> Echo | None:
    """The command line right above line index `first`, with nothing but blank lines between."""
    i = bisect_left(commands, first, key=lambda command: command.last) - 1
    if i < 0 or any(paste[k].strip() for k in range(max(commands[i].last + 1, first - 50), first)):
        return None
    return commands[i] if first - commands[i].last <= 50 else None


# Services by the names that people use for their ports (IANA).
PORTS = {"http": "80", "https": "443", "smtp": "25", "ssh": "22", "ftp": "21", "telnet": "23", "domain": "53"}
PORTS |= {"pop3": "110", "imap": "143", "imaps": "993", "ldap": "389", "ldaps": "636", "rdp": "3389", "mysql": "3306"}


def host_port(reading: str, valued: str = "") -> dict[str, str] | None:
    """`HOST [PORT]` after options; those whose letter is in `valued` have a value. None for anything else."""
    rest: list[str] = []
    taken = iter(words(reading))
    for word in taken:
        if word.startswith("-") and len(word) > 1:
            if word[-1] in valued and not word.startswith("--"):
                next(taken, None)
        else:
            rest.append(word.rstrip(")"))
    if not 1 <= len(rest) <= 2 or not host(rest[0]):
        return None
    if len(rest) == 1:
        return {"host": rest[0]}
    number = port(PORTS.get(rest[1].lower(), rest[1]))
    return {"host": rest[0], "port": number} if number else None


def cmdlet(reading: str, parameters: Mapping[str, str], switches: Container[str] = ()) -> dict[str, str] | None:
    """The parameters of a PowerShell command by the names that `parameters` gives them ("" drops one).

    Names may be cut short as PowerShell allows. The first word without a name is called "1", and so on. None for an
    unknown parameter: then this is no call of the command.
    """
    found: dict[str, str] = {}
    taken = iter(words(reading))
    for word in taken:
        if not _PARAMETER.match(word):
            found[str(sum(key.isdigit() for key in found) + 1)] = word.split(")")[0]
            continue
        name, _, value = word[1:].lower().partition(":")
        name = name.rstrip(")")
        full = name if name in parameters else next((p for p in parameters if p.startswith(name)), None)
        if full is None and not (name in switches or name in COMMON):
            return None
        if full is not None:
            value = word.partition(":")[2] or next(taken, "")
            found[parameters[full]] = value.split(")")[0]
        elif COMMON.get(name):
            next(taken, None)
    found.pop("", None)
    return found


# Parameters that every cmdlet has: True for those with a value.
COMMON = {"verbose": False, "debug": False, "warningaction": True, "erroraction": True, "ea": True, "wa": True}

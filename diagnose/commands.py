"""Commands filled in and quoted for their shell: a template of an article and typed values become one line to copy.

Takes templates with `${name}` slots, the parameters they may name and the values found; gives one line of printable
ASCII and the names of the slots that are still open, shown as `<name>`. Nothing is ever run here.

Every value passes its type (see facts) before it is quoted, and a slot at a place where quoting cannot hold it stays
open: inside quotes, as the word that is run, as the target of a redirection. `template_faults` tells an author so.

Knows nothing of articles, evidence or terminals. The PowerShell rules are those of its tokenizer (CharTraits.cs).
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

from diagnose.facts import typed
from diagnose.model import Command, Param, ParamType, Platform, Shell
from diagnose.neutral import neutral

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

# Shells in the order they are shown on their platforms.
PLATFORMS: dict[Shell, tuple[Platform, ...]] = {
    "powershell": ("windows",),
    "cmd": ("windows",),
    "bash": ("linux", "macos"),
}

_SLOT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_-]{0,63})\}")
# A text that is read by a second shell or program loses the quotes of the first: only values that need none may enter.
_READ_TWICE = re.compile(
    r"(?i)\b(?:eval|xargs|ssh|watch|wsl|psexec|iex|invoke-expression|powershell|pwsh|\w*sh\s+-\w*c|su\s.*-c|cmd(?:\.exe)?\s+/\w)\b"
)
_PLAIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:/@-]*")

_POWERSHELL_QUOTES = "'\u2018\u2019\u201a\u201b"  # CharTraits.cs, IsSingleQuote: each of the five ends a '...' string
_POWERSHELL_BARE = re.compile(r"[A-Za-z_][A-Za-z0-9._:-]*|[0-9]{1,3}(?:\.[0-9]{1,3}){3}|[1-9][0-9]{0,4}")
_POWERSHELL_WORD = re.compile(r"[A-Za-z0-9._:/\\=+?-]*")  # text around a slot that means only itself
_POWERSHELL_BARE_WORD = re.compile(r"[A-Za-z_/\\][A-Za-z0-9._:/\\-]*")
_POWERSHELL_PARAMETER = re.compile(r"-[A-Za-z]+:")
_POWERSHELL_COMMAND = re.compile(r"\s*(?!(?:if|elseif|while|until|switch|foreach|for|in|return|throw|exit)\b)[A-Za-z]\S*\s")
_POWERSHELL_ENDS = frozenset(" \t(){};|&,")
_CMD_BARE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._:\\-]*")
_CMD_SPECIAL = frozenset('%!^&|<>"')


def quoted_bash(value: str) -> str:
    return shlex.quote(value)


def quoted_powershell(value: str) -> str:
    """Bare where it is one word that no rule of the tokenizer touches, else in single quotes, all five kinds doubled.

    A word that starts with a digit is a number to PowerShell (1e3, 0x10, 1kb) unless it is a dotted address.
    """
    if _POWERSHELL_BARE.fullmatch(value):
        return value
    return "'" + "".join(ch * 2 if ch in _POWERSHELL_QUOTES else ch for ch in value) + "'"


def quoted_cmd(value: str) -> str | None:
    """In double quotes where needed; None for what those do not hold: variables are replaced inside them too.

    A leading slash would be read as an option whatever the quotes; backslashes before the closing quote are doubled
    for the C runtime, which reads the line (Microsoft C/C++: "Parsing C command-line arguments").
    """
    if not _CMD_SPECIAL.isdisjoint(value) or value.startswith("/"):
        return None
    if _CMD_BARE.fullmatch(value):
        return value
    return f'"{value}{"\\" * (len(value) - len(value.rstrip("\\")))}"'


class _Rules(NamedTuple):
    """What of a shell's grammar decides whether a slot stands where a quoted word may stand."""

    quoted: Callable[[str], str | None]
    quotes: str
    escape: str
    escapes_in: str  # the quotes inside which `escape` works
    separators: str  # a new command or a new expression begins
    glue: str  # characters that change the meaning of a quote right after them
    prefixes: frozenset[str]  # words that are followed by the word that is run


_RULES: dict[Shell, _Rules] = {
    "bash": _Rules(
        quoted=quoted_bash,
        quotes="'\"`",
        escape="\\",
        escapes_in='"`',
        separators=";|&",
        glue="$",
        prefixes=frozenset("sudo exec env command time nohup then do else if while until ! . source".split()),
    ),
    "powershell": _Rules(
        quoted=quoted_powershell,
        quotes="'\"",
        escape="`",
        escapes_in='"',
        separators=";|&=,",
        glue="$@",
        prefixes=frozenset({"."}),
    ),
    "cmd": _Rules(
        quoted=quoted_cmd,
        quotes='"',
        escape="^",
        escapes_in="",
        separators="&|",
        glue="%!",
        prefixes=frozenset({"call", "start", "do", "else", "@"}),
    ),
}


class _Slot(NamedTuple):
    name: str
    start: int
    end: int
    quote: str  # the quote it stands in, or empty
    opened_by: str  # the separator or bracket before its command, or empty
    head: str  # the text of its command before it


def _scan(template: str, rules: _Rules) -> tuple[list[_Slot], str]:
    """The slots in order, and the quote that is still open at the end. An escaped `${` is text, not a slot."""
    slots: list[_Slot] = []
    outer: list[int] = []
    quote, begin, at = "", 0, 0
    while at < len(template):
        ch = template[at]
        found = _SLOT.match(template, at) if ch == "$" else None
        if found:
            slots.append(_Slot(found[1], at, found.end(), quote, template[max(begin - 1, 0) : begin], template[begin:at]))
            at = found.end()
            continue
        if ch == rules.escape and (not quote or quote in rules.escapes_in):
            at += 2
            continue
        if quote:
            quote = "" if ch == quote else quote
        elif ch in rules.quotes:
            quote = ch
        elif ch in "({":
            outer.append(begin)
            begin = at + 1
        elif ch in ")}":
            begin = outer.pop() if outer else at + 1
        elif ch in rules.separators:
            begin = at + 1
        at += 1
    return slots, quote


def _is_run(slot: _Slot, shell: Shell) -> bool:
    """True where the value would be, or would be part of, the word that the shell runs."""
    words = slot.head.split()
    if words and not slot.head[-1].isspace():
        glued = words.pop()
        if re.match(r"\w+=", glued):
            return False
    if any(word not in _RULES[shell].prefixes and not re.match(r"\w+=", word) for word in words):
        return False
    # Elsewhere in PowerShell a quoted word that opens a statement is a string, and is only printed.
    return shell != "powershell" or slot.opened_by == "&" or "." in words


def _misplaced(slot: _Slot, template: str, shell: Shell) -> str:
    """Why no quoting can hold a value at this place, or an empty string."""
    before = template[: slot.start]
    if slot.quote:
        return "stands inside quotes; take the quotes away, values are quoted when they are filled in"
    if before[-1:] and before[-1:] in _RULES[shell].glue:
        return f"stands right after {before[-1]!r}"
    if before.rstrip().endswith(("<", ">")):
        return "would name a file to read from or to write to"
    if shell == "powershell" and "--%" in before:
        return "stands after --%, where PowerShell does not take quotes off"
    if _is_run(slot, shell):
        return "would be run as a command"
    return ""


def _one_line(template: str) -> bool:
    return template.isascii() and template.isprintable()


def _unreadable(template: str, shell: Shell) -> bool:
    """A text that `_scan` would misread. Bash's $'...' has escapes of its own."""
    return shell == "bash" and re.search(r"\$['\"]", template) is not None


def template_faults(template: str, params: Mapping[str, Param], shell: Shell) -> tuple[str, ...]:
    """What is wrong with a command template, one line each, for the author; empty if nothing is."""
    text = template.strip()
    faults: list[str] = []
    if "\n" in text or "\r" in text:
        faults.append("is more than one line; write one command a line")
    if any(not _one_line(ch) for ch in text if ch not in "\r\n"):
        strange = next(ch for ch in text if ch not in "\r\n" and not _one_line(ch))
        faults.append(f"holds {neutral(strange)!r} (U+{ord(strange):04X}); only printable ASCII can be copied safely")
    if _unreadable(text, shell):
        faults.append("holds $'...' or $\"...\"; write plain quotes")
    slots, quote = _scan(text, _RULES[shell])
    if quote:
        faults.append(f"has an unbalanced {quote}")
    for slot in slots:
        if slot.name not in params:
            faults.append(f"has a slot ${{{slot.name}}} that params does not declare; write ${slot.name} for a variable of the shell")
        reason = _misplaced(slot, text, shell)
        if reason:
            faults.append(f"has a slot ${{{slot.name}}} that {reason}")
    if "${" in _SLOT.sub("", text):
        faults.append("holds a ${ that is no slot; a slot is ${name}")
    return tuple(dict.fromkeys(faults))


def _bracketed(value: str, kind: ParamType, before: str, after: str) -> str:
    """An IPv6 address before a port or in a URL stands in brackets (RFC 3986 3.2.2)."""
    if kind in ("host", "ip") and ":" in value and (before.endswith("//") or after.startswith(":")):
        return f"[{value}]"
    return value


def _values(
    slots: list[_Slot], template: str, params: Mapping[str, Param], values: Mapping[str, str], shell: Shell
) -> list[str | None]:
    """The typed value of each slot, not yet quoted; None where the slot must stay open."""
    twice = _READ_TWICE.search(template) is not None
    filled: list[str | None] = []
    for slot in slots:
        param = params.get(slot.name)
        value = typed(param.type, values.get(slot.name, "")) if param else None
        if value is not None and param is not None:
            value = _bracketed(value, param.type, template[: slot.start], template[slot.end :])
            if (
                (twice and not _PLAIN.fullmatch(value))
                or _misplaced(slot, template, shell)
                or _RULES[shell].quoted(value) is None
            ):
                value = None
        filled.append(value)
    return filled


def _words(slots: list[_Slot], template: str) -> list[tuple[int, int, list[int]]]:
    """Words of PowerShell that hold slots: (start, end, indexes of the slots)."""
    words: list[tuple[int, int, list[int]]] = []
    for index, slot in enumerate(slots):
        start, end = slot.start, slot.end
        if words and words[-1][1] >= end:
            words[-1][2].append(index)
            continue
        while start and template[start - 1] not in _POWERSHELL_ENDS:
            start -= 1
        while end < len(template) and (_SLOT.match(template, end) or template[end] not in _POWERSHELL_ENDS):
            found = _SLOT.match(template, end)
            end = found.end() if found else end + 1
        words.append((start, end, [index]))
    return words

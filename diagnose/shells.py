"""Shells: how a value is quoted for each, and where in a command line a quoted value may stand.

Takes a command template with `${name}` slots and plain values; gives the slots, why one of them is misplaced, and the
line with values in. Three small grammars, no more than it takes to know quotes, commands and words apart.

Knows nothing of types, parameters or articles (see commands). The PowerShell rules are those of its tokenizer
(CharTraits.cs) and of about_Parsing; those of cmd are its variables and the argument rules of the C runtime.
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diagnose.model import Shell

SLOT = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_-]{0,63})\}")

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
    return '"' + value + "\\" * (len(value) - len(value.rstrip("\\"))) + '"'


class Rules(NamedTuple):
    """What of a shell's grammar decides whether a slot stands where a quoted word may stand."""

    quoted: Callable[[str], str | None]
    quotes: str
    escape: str
    escapes_in: str  # the quotes inside which `escape` works
    separators: str  # a new command or a new expression begins
    glue: str  # characters that change the meaning of a quote right after them
    prefixes: frozenset[str]  # words that are followed by the word that is run


RULES: dict[Shell, Rules] = {
    "bash": Rules(
        quoted=quoted_bash,
        quotes="'\"`",
        escape="\\",
        escapes_in='"`',
        separators=";|&",
        glue="$",
        prefixes=frozenset("sudo exec env command time nohup then do else if while until ! . source".split()),
    ),
    "powershell": Rules(
        quoted=quoted_powershell,
        quotes="'\"",
        escape="`",
        escapes_in='"',
        separators=";|&=,",
        glue="$@",
        prefixes=frozenset({"."}),
    ),
    "cmd": Rules(
        quoted=quoted_cmd,
        quotes='"',
        escape="^",
        escapes_in="",
        separators="&|",
        glue="%!",
        prefixes=frozenset({"call", "start", "do", "else", "@"}),
    ),
}


class Slot(NamedTuple):
    name: str
    start: int
    end: int
    quote: str  # the quote it stands in, or empty
    opened_by: str  # the separator or bracket before its command, or empty
    head: str  # the text of its command before it


def scan(template: str, shell: Shell) -> tuple[list[Slot], str]:
    """The slots in order, and the quote that is still open at the end. An escaped `${` is text, not a slot."""
    rules = RULES[shell]
    slots: list[Slot] = []
    outer: list[int] = []
    quote, begin, at = "", 0, 0
    while at < len(template):
        ch = template[at]
        found = SLOT.match(template, at) if ch == "$" else None
        if found:
            slots.append(Slot(found[1], at, found.end(), quote, template[max(begin - 1, 0) : begin], template[begin:at]))
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


def _is_run(slot: Slot, shell: Shell) -> bool:
    """True where the value would be, or would be part of, the word that the shell runs."""
    words = slot.head.split()
    if words and not slot.head[-1].isspace():
        glued = words.pop()
        if re.match(r"\w+=", glued):
            return False
    if any(word not in RULES[shell].prefixes and not re.match(r"\w+=", word) for word in words):
        return False
    # Elsewhere in PowerShell a quoted word that opens a statement is a string, and is only printed.
    return shell != "powershell" or slot.opened_by == "&" or "." in words


def misplaced(slot: Slot, template: str, shell: Shell) -> str:
    """Why no quoting can hold a value at this place, or an empty string."""
    before = template[: slot.start]
    if slot.quote:
        return "stands inside quotes; take the quotes away, values are quoted when they are filled in"
    if before[-1:] and before[-1:] in RULES[shell].glue:
        return f"stands right after {before[-1]!r}"
    if before.rstrip().endswith(("<", ">")):
        return "would name a file to read from or to write to"
    if shell == "powershell" and "--%" in before:
        return "stands after --%, where PowerShell does not take quotes off"
    if _is_run(slot, shell):
        return "would be run as a command"
    return ""


def _words(slots: Sequence[Slot], template: str) -> list[tuple[int, int, list[int]]]:
    """Words of PowerShell that hold slots: (start, end, indexes of the slots)."""
    words: list[tuple[int, int, list[int]]] = []
    for index, slot in enumerate(slots):
        start, end = slot.start, slot.end
        if words and words[-1][1] >= end:
            words[-1][2].append(index)
            continue
        while start and template[start - 1] not in _POWERSHELL_ENDS:
            start -= 1
        while end < len(template) and (SLOT.match(template, end) or template[end] not in _POWERSHELL_ENDS):
            found = SLOT.match(template, end)
            end = found.end() if found else end + 1
        words.append((start, end, [index]))
    return words


def _powershell_word(template: str, start: int, end: int, slots: Sequence[Slot], values: Sequence[str]) -> str:
    """One word with its slots filled, quoted as a whole: 'a'b would be two arguments, the quote having ended one."""
    parameter = _POWERSHELL_PARAMETER.match(template, start)  # -Name:value keeps its name outside
    begin = parameter.end() if parameter and parameter.end() <= slots[0].start else start
    text, at = "", begin
    for slot, value in zip(slots, values, strict=True):
        text += template[at : slot.start] + value
        at = slot.end
    text += template[at:end]
    alone = begin == slots[0].start and end == slots[0].end
    is_argument = _POWERSHELL_COMMAND.match(slots[0].head) is not None
    bare = _POWERSHELL_BARE if alone else _POWERSHELL_BARE_WORD
    if (is_argument and bare.fullmatch(text)) or (alone and _POWERSHELL_NUMBER.fullmatch(text)):
        return template[start:begin] + text
    return template[start:begin] + _in_single_quotes(text)


def _filled_powershell(template: str, slots: Sequence[Slot], values: Sequence[str | None]) -> str:
    line, at = "", 0
    for start, end, members in _words(slots, template):
        inside = [slots[index] for index in members]
        known = [value for index in members if (value := values[index]) is not None]
        around = SLOT.sub("", template[start:end])
        line += template[at:start]
        if len(known) == len(members) and _POWERSHELL_WORD.fullmatch(around):
            line += _powershell_word(template, start, end, inside, known)
        else:
            line += _each_quoted(template[start:end], iter([values[index] for index in members]), _powershell_literal)
        at = end
    return line + template[at:]


def _powershell_literal(value: str) -> str:
    """For places whose mode is not known: a bare word would be a command where an expression is expected."""
    return value if _POWERSHELL_NUMBER.fullmatch(value) else _in_single_quotes(value)


def _each_quoted(text: str, values: Iterator[str | None], quoted: Callable[[str], str | None]) -> str:
    def replace(found: re.Match[str]) -> str:
        value = next(values)
        done = None if value is None else quoted(value)
        return f"<{found[1]}>" if done is None else done

    return SLOT.sub(replace, text)

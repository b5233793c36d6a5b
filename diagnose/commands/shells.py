"""Shells: how a value is quoted for each, and where in a command line a quoted value may stand.

Takes a command template with `${name}` slots and plain values; gives the slots, why one of them is misplaced, and the
line with the values in. Three small grammars, no more than it takes to tell quotes, commands and words apart.

Knows nothing of types, parameters or articles (see commands). The rules of PowerShell are those of its tokenizer
(CharTraits.cs) and of about_Parsing; those of cmd are its variables and the argument rules of the C runtime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from diagnose.templates import SLOT
from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from diagnose.model import Shell


_PS_QUOTES = "'\u2018\u2019\u201a\u201b"  # CharTraits.cs, IsSingleQuote: each of the five ends a '...' string
_PS_NUMBER = late(r"[1-9][0-9]{0,4}")  # the same number and the same text, in every mode
_PS_BARE = late(rf"[A-Za-z_][A-Za-z0-9._:-]*|[0-9]{{1,3}}(?:\.[0-9]{{1,3}}){{3}}|{_PS_NUMBER.pattern}")
_PS_AROUND = late(r"[A-Za-z0-9._:/\\=+?@-]*")  # text beside a slot that stands for itself; @ not as the first
_PS_BARE_WORD = late(r"[A-Za-z_/\\][A-Za-z0-9._:/\\-]*")
_PS_PARAMETER = late(r"-[A-Za-z]+:")
_PS_KEY = late(r"\w+=")
_PS_KEYWORDS = "if|elseif|while|until|switch|foreach|for|in|return|throw|exit"
_PS_COMMAND = late(rf"\s*(?!(?:{_PS_KEYWORDS})\b)[A-Za-z]\S*\s")
_PS_ENDS = frozenset(" (){};|&,")  # of a word
_CMD_BARE = late(r"[A-Za-z0-9_][A-Za-z0-9._:\\-]*")
_CMD_SPECIAL = frozenset('%!^&|<>"')
_BASH_PREFIXES = ("sudo", "exec", "env", "command", "time", "nohup", "then", "do", "else", "if", "while", "until")
# What takes its next word for a command of its own, whichever shell reads the line.
_RUNS_NEXT = late(
    r"(?i)(?:^|\s)(?:eval|xargs|watch|iex|invoke-expression|start-process|saps"
    r"|\w*sh\s+-\w*c|cmd(?:\.exe)?\s+/\w|-command|-encodedcommand)\s*$"
)
_ASSIGNMENT = late(r"\w+=")


def quoted_powershell(value: str) -> str:
    """As an argument: bare where no rule of the tokenizer touches the word, else in single quotes.

    A word that starts with a digit is a number to PowerShell (1e3, 0x10, 1kb) unless it is a dotted address.
    """
    return value if _PS_BARE.fullmatch(value) else _in_single_quotes(value)


def _in_single_quotes(value: str) -> str:
    return "'" + "".join(ch * 2 if ch in _PS_QUOTES else ch for ch in value) + "'"


def quoted_cmd(value: str) -> str | None:
    """In double quotes where needed; None for what those do not hold: cmd replaces variables inside them too.

    A leading slash would be an option whatever the quotes. Backslashes before the closing quote are doubled for the
    C runtime, which splits the line (Microsoft C++, "Parsing C command-line arguments").
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
    separators: str  # after them a new command or expression begins
    glue: str  # characters that change what a quote right after them means
    prefixes: frozenset[str]  # words followed by the word that is run


def _posix_quoted(value: str) -> str:
    import shlex

    return shlex.quote(value)


RULES: dict[Shell, Rules] = {
    "bash": Rules(
        quoted=_posix_quoted,
        quotes="'\"`",
        escape="\\",
        escapes_in='"`',
        separators=";|&",
        glue="$",
        prefixes=frozenset((*_BASH_PREFIXES, "!", ".", "source")),
    ),
    "powershell": Rules(
        quoted=quoted_powershell,
        quotes="'\"",
        escape="`",
        escapes_in='"',
        separators=";|&=,",
        glue="$@",
        prefixes=frozenset("."),
    ),
    "cmd": Rules(
        quoted=quoted_cmd,
        quotes='"',
        escape="^",
        escapes_in="",
        separators="&|",
        glue="%!",
        prefixes=frozenset(("call", "start", "do", "else", "@")),
    ),
}


class Slot(NamedTuple):
    name: str
    start: int
    end: int
    quote: str  # the quote it stands in, or empty
    opened_by: str  # the separator or bracket before its command, or empty
    head: str  # its command up to here
    table: bool  # whether it stands in @{...}, where PowerShell takes `key=value`


def scan(template: str, shell: Shell) -> tuple[list[Slot], str]:
    """The slots in order, and the quote that is still open at the end. An escaped `${` is text, not a slot."""
    rules = RULES[shell]
    slots: list[Slot] = []
    outer: list[tuple[int, bool]] = []
    quote, begin, at, table = "", 0, 0, False
    while at < len(template):
        ch = template[at]
        found = SLOT.match(template, at) if ch == "$" else None
        if found:
            opened_by = template[max(begin - 1, 0) : begin]
            slots.append(Slot(found[1], at, found.end(), quote, opened_by, template[begin:at], table))
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
            outer.append((begin, table))
            begin, table = at + 1, template[max(at - 1, 0) : at + 1] == "@{"
        elif ch in ")}":
            begin, table = outer.pop() if outer else (at + 1, False)
        elif ch in rules.separators:
            begin = at + 1
        at += 1
    return slots, quote


def _is_run(slot: Slot, shell: Shell) -> bool:
    """True where the value would be, or be part of, the word that the shell runs."""
    if _RUNS_NEXT.search(slot.head):
        return True
    words = slot.head.split()
    if words and not slot.head[-1].isspace() and _ASSIGNMENT.match(words.pop()):
        return False
    if any(word not in RULES[shell].prefixes and not _ASSIGNMENT.match(word) for word in words):
        return False
    # Elsewhere in PowerShell a quoted word that opens a statement is a string, and only printed.
    return shell != "powershell" or slot.opened_by == "&" or "." in words


def misplaced(slot: Slot, template: str, shell: Shell) -> str:
    """Why no quoting can hold a value at this place, or an empty string."""
    before = template[: slot.start]
    if slot.quote:
        return "stands inside quotes; take the quotes away, values are quoted when they are filled in"
    if before and before[-1] in RULES[shell].glue:
        return f"stands right after {before[-1]}"
    if before.rstrip().endswith(("<", ">")):
        return "would name a file to read from or to write to"
    if shell == "powershell" and "--%" in before:
        return "stands after --%, where PowerShell takes no quotes off"
    if _is_run(slot, shell):
        return "would be run as a command"
    return ""


def filled(template: str, slots: Sequence[Slot], values: Sequence[str | None], shell: Shell) -> str:
    """The line with each slot replaced by its quoted value, or by `<name>` where the value is None."""
    if shell == "powershell":
        return _filled_powershell(template, slots, values)
    return _each_quoted(template, 0, len(template), slots, values, RULES[shell].quoted)


def _each_quoted(
    template: str,
    start: int,
    end: int,
    slots: Sequence[Slot],
    values: Sequence[str | None],
    quoted: Callable[[str], str | None],
) -> str:
    line = ""
    for slot, value in zip(slots, values, strict=True):
        done = None if value is None else quoted(value)
        line += template[start : slot.start] + (f"<{slot.name}>" if done is None else done)
        start = slot.end
    return line + template[start:end]


def _filled_powershell(template: str, slots: Sequence[Slot], values: Sequence[str | None]) -> str:
    line, at = "", 0
    for start, end, first, last in _words(template, slots):
        inside, known = slots[first:last], values[first:last]
        around = _each_quoted(template, start, end, inside, [""] * len(inside), str)
        plain = _PS_AROUND.fullmatch(around) and template[start] != "@"
        fill = _as_one_word if plain and None not in known else _as_literals
        line += template[at:start] + fill(template, start, end, inside, known)
        at = end
    return line + template[at:]


def _words(template: str, slots: Sequence[Slot]) -> list[tuple[int, int, int, int]]:
    """The words that hold slots: start, end, and the range of their slots."""
    words: list[tuple[int, int, int, int]] = []
    for index, slot in enumerate(slots):
        if words and words[-1][1] == slot.start:
            start, _, first, _ = words.pop()
        else:
            start, first = slot.start, index
            floor = words[-1][1] if words else 0
            while start > floor and template[start - 1] not in _PS_ENDS:
                start -= 1
        end = slot.end
        while end < len(template) and template[end] not in _PS_ENDS and not SLOT.match(template, end):
            end += 1
        words.append((start, end, first, index + 1))
    return words


def _as_one_word(template: str, start: int, end: int, slots: Sequence[Slot], values: Sequence[str | None]) -> str:
    """Quoted as a whole: a quoted string that opens a word ends it, so that 'a'b would be two arguments."""
    named = (
        _PS_KEY if slots[0].table else _PS_PARAMETER
    )  # -Name:value and @{Name=value} keep the name outside the quotes
    parameter = named.match(template, start)
    begin = parameter.end() if parameter and parameter.end() <= slots[0].start else start
    text = _each_quoted(template, begin, end, slots, values, str)
    alone = begin == slots[0].start and end == slots[0].end
    bare = _PS_BARE if alone else _PS_BARE_WORD
    if _PS_COMMAND.match(slots[0].head) and bare.fullmatch(text):
        return template[start:begin] + text
    return template[start:begin] + (_literal(text) if alone else _in_single_quotes(text))


def _as_literals(template: str, start: int, end: int, slots: Sequence[Slot], values: Sequence[str | None]) -> str:
    return _each_quoted(template, start, end, slots, values, _literal)


def _literal(value: str) -> str:
    """For places whose mode is not known: where an expression is expected, a bare word would be run as a command."""
    return value if _PS_NUMBER.fullmatch(value) else _in_single_quotes(value)

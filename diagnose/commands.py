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



"""Commands filled in and quoted for their shell: a template of an article and typed values become one line to copy.

Takes templates with `${name}` slots, the parameters they may name and the values found; gives one line of printable
ASCII and the names of the slots that are still open, shown as `<name>`. Nothing is ever run here.

Every value passes its type (see facts) before it is quoted (see shells), and a slot at a place where no quoting can
hold a value stays open: inside quotes, as the word that is run, as the target of a redirection. `template_faults`
tells an author so. Knows nothing of evidence, of terminals or of what a command does.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from diagnose.commands.shells import RULES, Slot, filled, misplaced, scan
from diagnose.diagnosis import Command
from diagnose.facts import typed
from diagnose.model import Param, ParamType, Platform, Shell
from diagnose.templates import SLOT
from diagnose.text.late import late
from diagnose.text.sanitize import neutral

if TYPE_CHECKING:
    from collections.abc import Mapping

# Platforms in the order they are shown, and on each its shells.
_SHELLS: dict[Platform, tuple[Shell, ...]] = {
    "windows": ("powershell", "cmd"),
    "linux": ("bash",),
    "macos": ("bash",),
}

# A text that a second shell or another machine's shell reads has lost the quotes of the first: there, only values
# that need no quotes anywhere may stand.
_READ_TWICE = late(
    r"(?i)\b(?:eval|xargs|ssh|watch|wsl|psexec|iex|invoke-expression|powershell|pwsh"
    r"|\w*sh\s+-\w*c|su\s.*-c|cmd(?:\.exe)?\s+/\w)\b"
)
_NEEDS_NO_QUOTES = late(r"[A-Za-z0-9_:/][A-Za-z0-9._:/@-]*")


def shell_platform(shell: Shell) -> tuple[Platform, ...]:
    """The platforms on which a command for this shell is offered."""
    return tuple(platform for platform, shells in _SHELLS.items() if shell in shells)


def _fits_one_line(template: str) -> bool:
    return template.isascii() and template.isprintable()


def _misread(template: str, shell: Shell) -> bool:
    # $'...' has escapes of its own (bash manual, ANSI-C quoting), which `scan` does not know.
    return shell == "bash" and re.search(r"\$['\"]", template) is not None


def template_faults(template: str, params: Mapping[str, Param], shell: Shell) -> tuple[str, ...]:
    """What is wrong with a command template, for its author: each a phrase that follows "the command ...".

    Blanks and line ends around it are no fault. Where there is a fault, `fill` leaves slots open rather than guess.
    """
    text = template.strip()
    faults: list[str] = []
    if "\n" in text or "\r" in text:
        faults.append("is more than one line; write one command a line")
    strange = "".join(ch for ch in text if ch not in "\r\n" and not _fits_one_line(ch))
    if strange:
        faults.append(f"holds U+{ord(strange[0]):04X} ({neutral(strange[0])}); a command is printable ASCII only")
    if _misread(text, shell):
        faults.append("holds $'...' or $\"...\"; write plain quotes")
    slots, quote = scan(text, shell)
    if quote:
        faults.append(f"has an unbalanced {quote}")
    for slot in slots:
        if slot.name not in params:
            faults.append(f"has a slot ${{{slot.name}}} that params does not declare")
        reason = misplaced(slot, text, shell)
        if reason:
            faults.append(f"has a slot ${{{slot.name}}} that {reason}")
    if "${" in SLOT.sub("", text):
        faults.append("holds a ${ that opens no slot; a slot is ${name}, a variable of the shell $name")
    return tuple(dict.fromkeys(faults))


def _bracketed(value: str, kind: ParamType, before: str, after: str) -> str:
    """An IPv6 address before a port or in a URL stands in brackets (RFC 3986 3.2.2)."""
    if kind in ("host", "ip") and ":" in value and (before.endswith("//") or after.startswith(":")):
        return f"[{value}]"
    return value


def _value(slot: Slot, template: str, param: Param | None, raw: str, shell: Shell) -> str | None:
    """The value for a slot, not yet quoted; None where it is missing, not of its type, or cannot stand there."""
    value = typed(param.type, raw) if param is not None else None
    if param is None or value is None or misplaced(slot, template, shell):
        return None
    value = _bracketed(value, param.type, template[: slot.start], template[slot.end :])
    if RULES[shell].quoted(value) is None:
        return None
    return value


def fill(
    template: str, params: Mapping[str, Param], values: Mapping[str, str], shell: Shell
) -> tuple[str, tuple[str, ...]]:
    """The line for this shell, and the names of its open slots in order; the line is ready when there are none.

    The line is one line of printable ASCII whatever the template holds: anything else in it is shown as a visible
    escape, and then every slot stays open.
    """
    text = template.strip()
    if "${" not in text and _fits_one_line(text):
        return text, ()
    slots, quote = scan(text, shell)
    if not _fits_one_line(text) or _misread(text, shell) or quote:
        found: list[str | None] = [None] * len(slots)
    else:
        found = [_value(slot, text, params.get(slot.name), values.get(slot.name, ""), shell) for slot in slots]
        if _READ_TWICE.search(text):
            found = [value if value and _NEEDS_NO_QUOTES.fullmatch(value) else None for value in found]
    missing = dict.fromkeys(slot.name for slot, value in zip(slots, found, strict=True) if value is None)
    line = filled(text, slots, found, shell)
    if not _fits_one_line(line):
        line = neutral(line).encode("ascii", "backslashreplace").decode("ascii")
    return line, tuple(missing)


def commands_for(
    commands: Mapping[Shell, tuple[str, ...]],
    params: Mapping[str, Param],
    values: Mapping[str, str],
    preferred: Platform | None = None,
) -> tuple[Command, ...]:
    """Every command for every platform and shell, those of the `preferred` platform first; none is dropped for it.

    A template that cannot be one line of printable ASCII is left out: copied, it would do something else than what
    the article says. `template_faults` names it to its author.
    """
    lines = {
        shell: [fill(template, params, values, shell) for template in templates if _fits_one_line(template.strip())]
        for shell, templates in commands.items()
    }
    return tuple(
        Command(platform=platform, shell=shell, command=line, missing=missing)
        for platform in sorted(_SHELLS, key=lambda platform: platform != preferred)
        for shell in _SHELLS[platform]
        for line, missing in lines.get(shell, ())
    )

"""The operating system that a text comes from."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING

from diagnose.text.late import late

if TYPE_CHECKING:
    from collections.abc import Sequence

    from diagnose.model import Platform
    from diagnose.scan.passages import Passage


LOOKED_AT = 1000  # lines: a system shows early and often
# What only one kind of system writes: prompts, paths, names of its parts.
SYSTEMS: dict[Platform, re.Pattern[str]] = {
    "windows": late(
        r"\bPS [A-Z]:\\|\b[A-Z]:\\\w|FullyQualifiedErrorId|HRESULT|\bEvent ?ID\b|\bWin32\b|\bHKLM\b|0x8007"
    ),
    "linux": late(r"\bsystemd\b|/var/|/etc/|/usr/|\bkernel:|\bsudo\b|\berrno\b|@[\w-]{1,60}:[~/]"),
    "macos": late(r"/Library/|\bDarwin\b|com\.apple\.|\blaunchd\b"),
}
# A part of every trace: searched for first, since the patterns cost forty times as much.
_SIGNS: dict[Platform, tuple[str, ...]] = {
    "windows": ("PS ", ":\\", "FullyQualifiedErrorId", "HRESULT", "Event", "Win32", "HKLM", "0x8007"),
    "linux": ("systemd", "/var/", "/etc/", "/usr/", "kernel:", "sudo", "errno", "@"),
    "macos": ("/Library/", "Darwin", "com.apple.", "launchd"),
}


def platform_of(passages: Sequence[Passage]) -> Platform | None:
    """The system that the text comes from, where one kind of trace prevails."""
    lines = list(islice((line for passage in passages for line in passage.lines), LOOKED_AT))
    text = "\n".join(lines)
    counts = {}
    for name, pattern in SYSTEMS.items():
        signs = [sign for sign in _SIGNS[name] if sign in text]
        counts[name] = sum(1 for line in lines if any(sign in line for sign in signs) and pattern.search(line))
    best = max(counts, key=lambda name: counts[name])
    rivals = [count for name, count in counts.items() if name != best]
    return best if counts[best] > max(rivals) else None

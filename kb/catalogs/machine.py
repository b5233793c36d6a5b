"""Which catalogues of the reader's language this machine has. An edge module: it looks at folders and the environment."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

FOLDERS = ("/usr/share/locale", "/usr/local/share/locale", "/opt/homebrew/share/locale")
_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")
# Errors of Windows, of its network commands, NTSTATUS.
_MUI = ("kernel32.dll.mui", "KernelBase.dll.mui", "netmsg.dll.mui", "ntdll.dll.mui")


def language() -> str:
    """Such as `de_DE`; empty where none is set or it is English."""
    said = next((value for name in _NAMES if (value := os.environ.get(name, ""))), "")
    code = said.partition(".")[0].partition("@")[0]
    return "" if code.partition("_")[0] in ("", "C", "POSIX", "en") else code


def on_machine() -> list[Path]:
    """The folders with message catalogues of the reader's language; where none is set, of Windows the files with its own
    messages in each language that is installed but English."""
    code = language()
    if not code and (root := os.environ.get("SYSTEMROOT")):
        return list(_of_windows(Path(root, "System32")))
    names = dict.fromkeys((code, code.partition("_")[0])) if code else ()
    found = [Path(folder, name, "LC_MESSAGES") for folder in FOLDERS for name in names]
    return [folder for folder in found if folder.is_dir() and any(folder.glob("*.mo"))]


def _of_windows(system: Path) -> Iterator[Path]:
    for folder in sorted(system.glob("*-*")):
        if folder.is_dir() and not folder.name.lower().startswith("en-"):
            yield from (file for name in _MUI if (file := folder / name).is_file())

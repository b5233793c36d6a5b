"""Which catalogues of the reader's language this machine has. An edge module: it looks at folders and the environment."""

from __future__ import annotations

import os
from pathlib import Path

FOLDERS = ("/usr/share/locale", "/usr/local/share/locale", "/opt/homebrew/share/locale")
_NAMES = ("LC_ALL", "LC_MESSAGES", "LANG")


def language() -> str:
    """Such as `de_DE`; empty where none is set or it is English."""
    said = next((value for name in _NAMES if (value := os.environ.get(name, ""))), "")
    code = said.partition(".")[0].partition("@")[0]
    return "" if code.partition("_")[0] in ("", "C", "POSIX", "en") else code


def on_machine() -> list[Path]:
    """The folders with message catalogues of the reader's language."""
    code = language()
    names = dict.fromkeys((code, code.partition("_")[0])) if code else ()
    found = [Path(folder, name, "LC_MESSAGES") for folder in FOLDERS for name in names]
    return [folder for folder in found if folder.is_dir() and any(folder.glob("*.mo"))]

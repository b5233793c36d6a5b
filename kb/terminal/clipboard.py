"""The clipboard, by the tool that the system has for it. An edge module."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from diagnose.errors import KbError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

SECONDS = 15
_POWERSHELL = (
    "-NoProfile",
    "-NonInteractive",
    "-Command",
    "[Console]::OutputEncoding = [Text.UTF8Encoding]::new($false); Get-Clipboard -Raw",
)


def clipboard() -> bytes:
    """The text on the clipboard; KbError where there is none, or no way to it."""
    tool = next(_tools(), None)
    if tool is None:
        raise KbError("--clip", "there is no clipboard that can be read here", _way_out())
    try:
        done = subprocess.run(tool, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, check=False)
    except (OSError, subprocess.TimeoutExpired) as error:
        what = "gave no answer" if isinstance(error, subprocess.TimeoutExpired) else f"did not start: {error.strerror}"
        raise KbError("--clip", f"{_name(tool)} {what}", "paste it: kb diagnose") from None
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip().partition("\n")[0]
        what = f"{_name(tool)} could not read it{f': {said}' if said else ''}"
        raise KbError("--clip", what, "copy a text first, or paste it: kb diagnose")
    if not done.stdout.strip():
        raise KbError("--clip", "the clipboard holds no text", "copy the error first")
    return done.stdout


def _tools() -> Iterator[Sequence[str]]:
    """The commands that read the clipboard of this system, those that are there."""
    if sys.platform == "win32":
        root = os.environ.get("SYSTEMROOT", r"C:\Windows")
        yield (os.path.join(root, "System32", "WindowsPowerShell", "v1.0", "powershell.exe"), *_POWERSHELL)
        return
    wanted: list[tuple[str, tuple[str, ...]]] = []
    if sys.platform == "darwin":
        wanted.append(("pbpaste", ()))
    else:
        if os.environ.get("WAYLAND_DISPLAY"):
            wanted.append(("wl-paste", ("--no-newline", "--type", "text")))
        if os.environ.get("DISPLAY"):
            wanted += [("xclip", ("-selection", "clipboard", "-out")), ("xsel", ("--clipboard", "--output"))]
        if os.environ.get("WSL_DISTRO_NAME"):
            wanted.append(("powershell.exe", _POWERSHELL))
    for name, arguments in wanted:
        if path := shutil.which(name):
            yield (path, *arguments)


def _way_out() -> str:
    if sys.platform not in ("win32", "darwin") and (os.environ.get("WAYLAND_DISPLAY") or os.environ.get("DISPLAY")):
        return "install wl-clipboard, xclip or xsel, or paste it: kb diagnose"
    return "paste it: kb diagnose"


def _name(tool: Sequence[str]) -> str:
    return Path(tool[0]).name

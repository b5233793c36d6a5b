"""Long texts for reading: a page at a time, where somebody sits at a terminal and has a program for that.

An edge module: it starts the program that PAGER names, as git and man do, else less or more.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys

from diagnose.text.sanitize import screened
from kb.cli.output import write_output


def page(text: str) -> None:
    """Show `text` page by page where it is longer than the screen; else, or without a pager, all of it."""
    command = _command() if sys.stdout.isatty() and _is_long(text) else []
    if not command or not _shown(command, text):
        write_output(text, None)


def _is_long(text: str) -> bool:
    size = shutil.get_terminal_size()
    rows = sum(1 + max(0, len(line) - 1) // max(1, size.columns) for line in text.splitlines())
    return rows >= size.lines


def _command() -> list[str]:
    """The pager with its path; empty where there is none, or none is wanted."""
    wanted = os.environ.get("PAGER")
    if wanted is None:
        wanted = "more" if sys.platform == "win32" else "less"
    try:
        words = shlex.split(wanted, posix=sys.platform != "win32")
    except ValueError:
        return []
    path = shutil.which(words[0]) if words else None
    return [path, *words[1:]] if path else []


def _shown(command: list[str], text: str) -> bool:
    """Whether the pager took the text; that somebody left it before the end is no failure."""
    environment = {**os.environ, "LESS": os.environ.get("LESS", "FRX")}
    sys.stdout.flush()
    try:
        child = subprocess.Popen(command, stdin=subprocess.PIPE, env=environment)
    except OSError:
        return False
    try:
        child.communicate(screened(text, colour=True).encode("utf-8", "backslashreplace"))
    except KeyboardInterrupt:  # less takes Ctrl-C for itself
        child.wait()
    return True

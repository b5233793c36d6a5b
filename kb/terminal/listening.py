"""Whoever answers on standard input: a person at a terminal, or the lines of a file or a pipe."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from kb.terminal.heard import Heard, whole_paste

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from kb.terminal.keys import Keys

HOW_TO_END = "press Enter after the paste; where that does not end it, a line with only a dot does"


def at_terminal() -> bool:
    """Whether standard input is a terminal, at which somebody may be asked."""
    return sys.stdin is not None and sys.stdin.isatty()


@contextmanager
def listening() -> Iterator[Callable[[str], Heard]]:
    """Gives what to call for the next entry, with its prompt; the terminal is as before afterwards."""
    if not at_terminal():
        reconfigure = getattr(sys.stdin, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="surrogateescape")
        yield _next_line
        return
    from kb.terminal.typist import Typist

    with _keyboard() as keys:
        yield Typist(keys).hear


def ask_paste(request: str) -> bytes:
    """What somebody pastes at the terminal after `request`, as it came; empty where nothing did."""
    with listening() as hear:
        prompt = f"{request}; {HOW_TO_END}:\n"
        try:
            while not (first := hear(prompt)).text.strip() and not first.more:
                prompt = ""
            return whole_paste(first, hear).encode("utf-8", "surrogateescape")
        except EOFError:
            return b""


def _next_line(prompt: str) -> Heard:
    """One line of standard input; the prompt goes where everything else goes that is not the result."""
    if prompt:
        sys.stderr.write(prompt)
        sys.stderr.flush()
    line = sys.stdin.readline() if sys.stdin is not None else ""
    if not line:
        raise EOFError
    return Heard(line.rstrip("\r\n"))


def _keyboard() -> Keys:
    """The keyboard behind standard input, which is a terminal."""
    if sys.platform == "win32":
        from kb.terminal.windows import ConsoleKeys

        return ConsoleKeys()
    from kb.terminal.posix import TerminalKeys

    return TerminalKeys()

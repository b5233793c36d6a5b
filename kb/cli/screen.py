"""The last gate of all output: what reaches standard output and standard error holds no character that a terminal obeys
but line ends and kb's own colours, whatever a command forgot.

Takes a text stream; gives one that writes to it. Knows nothing of commands.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from diagnose.errors import KbError
from diagnose.text.sanitize import screened

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TextIO


class Screen:
    """`stream`, whose writes are screened. It has no `buffer`, so that nobody writes past it.

    What cannot be written, as on a full disk, is a KbError of `name`; without a name, it is lost.
    """

    def __init__(self, stream: TextIO, name: str = "") -> None:
        self._stream = stream
        self._name = name
        self._colour = stream.isatty() and "NO_COLOR" not in os.environ

    def write(self, text: str) -> int:
        if not isinstance(text, str):  # click tries both, empty, to see what kind of stream this is
            raise TypeError("a screen takes text")
        if text:
            self._tried(lambda: self._stream.write(screened(text, colour=self._colour)))
        return len(text)

    def flush(self) -> None:
        self._tried(self._stream.flush)

    def writelines(self, lines: list[str]) -> None:
        self.write("".join(lines))

    def _tried(self, act: Callable[[], object]) -> None:
        try:
            act()
        except BrokenPipeError:
            raise
        except OSError as error:
            drop(self._stream)
            if self._name:
                raise KbError(self._name, error.strerror or str(error), "write to another place") from None

    def __getattr__(self, name: str) -> Any:
        if name == "buffer":
            raise AttributeError(name)
        return getattr(self._stream, name)


def drop(stream: TextIO | Screen) -> None:
    """What is still to be written to `stream` goes nowhere."""
    try:
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
    except (OSError, ValueError):
        pass


@contextmanager
def screens() -> Iterator[None]:
    """Standard output and standard error behind screens, which never fail on a character that the console lacks."""
    before = sys.stdout, sys.stderr
    for stream in before:
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="backslashreplace")
    sys.stdout = before[0] and Screen(before[0], "standard output")
    sys.stderr = before[1] and Screen(before[1])
    try:
        yield
    finally:
        sys.stdout, sys.stderr = before

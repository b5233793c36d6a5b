"""The keyboard behind a terminal: the one interface to what each platform offers."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, Protocol, Self

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager
    from types import TracebackType


class Control(Enum):
    """What a key does that is no text."""

    ENTER = "enter"
    ERASE = "erase"
    ERASE_WORD = "erase word"
    ERASE_ALL = "erase all"
    END = "end of input"
    STOP = "stop"
    SUSPEND = "suspend"


class Keys(Protocol):
    """A terminal outside of its line mode, from entering this context to leaving it, however it is left.

    In line mode a terminal keeps 4,095 bytes of a line and drops the rest, and obeys control characters of a paste.
    """

    controls: dict[str, Control]
    resumed: Callable[[], object]  # called when the program goes on after it was suspended

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None, /
    ) -> None: ...

    def reading(self) -> AbstractContextManager[None]:
        """While somebody is asked: keys that send signals are text too. Entered before the request is shown, so that nothing
        pasted after it stops the program."""

    def read(self) -> str:
        """The next characters, at least one; EOFError where the terminal is gone. What is no UTF-8 are surrogates."""

    def waiting(self) -> bool:
        """Whether something can be read at once."""

    def ask(self, prompt: str) -> None:
        """Show a prompt; where no output is a terminal, where everything else goes that is not the result."""

    def write(self, text: str) -> None:
        """Show `text` as it is: the caller answers for what is in it."""

    def suspend(self) -> None:
        """Stop as Ctrl-Z does; gives back when the program goes on."""

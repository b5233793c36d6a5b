"""Keys of a terminal of Linux, macOS and the like, by termios. An edge module."""

from __future__ import annotations

import sys

if sys.platform != "win32":
    import codecs
    import contextlib
    import os
    import select
    import signal
    import termios
    from typing import TYPE_CHECKING, Any, Self

    from kb.terminal.keys import Control

    if TYPE_CHECKING:
        from collections.abc import Callable, Iterator
        from types import FrameType

    PASTE_MARKS_ON, PASTE_MARKS_OFF = "\x1b[?2004h", "\x1b[?2004l"
    ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)
    KEYS = {
        termios.VERASE: Control.ERASE,
        termios.VWERASE: Control.ERASE_WORD,
        termios.VKILL: Control.ERASE_ALL,
        termios.VEOF: Control.END,
        termios.VINTR: Control.STOP,
        termios.VSUSP: Control.SUSPEND,
    }
    ALWAYS = {"\r": Control.ENTER, "\n": Control.ENTER, "\x7f": Control.ERASE, "\x08": Control.ERASE}
    INPUT, LOCAL, CHARACTERS = 0, 3, 6  # where tcgetattr keeps what

    class TerminalKeys:
        """While held, the terminal has no line mode and no echo; while `reading`, its signal and flow keys are text too."""

        def __init__(self) -> None:
            self._input = sys.stdin.fileno()
            self._output = next((fd for fd in (2, 1) if os.isatty(fd)), None)
            self._decoder = codecs.getincrementaldecoder("utf-8")("surrogateescape")
            self._before: list[Any] = []
            self._handlers: dict[int, Any] = {}
            self._reading = False
            self._woken = self._wake = (
                self._wake_before
            ) = -1  # a pipe: what can be read from it says that a signal came
            self._marks = os.environ.get("TERM", "dumb") != "dumb"  # whether it obeys escape sequences
            self.controls = dict(ALWAYS)
            self.resumed: Callable[[], object] = _nothing

        def __enter__(self) -> Self:
            self._before = termios.tcgetattr(self._input)
            self._woken, self._wake = os.pipe()
            for end in (self._woken, self._wake):
                os.set_blocking(end, False)
            self._wake_before = signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
            self.controls |= {key.decode("latin-1"): KEYS[at] for at in KEYS if (key := _key(self._before, at))}
            self._handlers = {signal.SIGTSTP: signal.signal(signal.SIGTSTP, self._stopped)}
            self._handlers |= {ending: signal.signal(ending, self._ended) for ending in ENDING}
            self._hold()
            return self

        def __exit__(self, *_: object) -> None:
            self._release()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(self._wake_before)
            os.close(self._woken)
            os.close(self._wake)

        @contextlib.contextmanager
        def reading(self) -> Iterator[None]:
            self._reading = True
            self._modes(self._held())
            try:
                yield
            finally:
                self._reading = False
                self._modes(self._held())

        def read(self) -> str:
            while not (text := self._decoder.decode(self._bytes())):
                pass
            return text

        def waiting(self) -> bool:
            return bool(select.select([self._input], [], [], 0)[0])

        def ask(self, prompt: str) -> None:
            if self._output is not None:
                self.write(prompt)
            else:
                sys.stderr.write(prompt)
                sys.stderr.flush()

        def write(self, text: str) -> None:
            left = text.encode("utf-8", "backslashreplace")
            with contextlib.suppress(OSError):  # a terminal that was closed shows nothing; reading it says so
                while left and self._output is not None:
                    left = left[os.write(self._output, left) :]

        def suspend(self) -> None:
            os.killpg(os.getpgrp(), signal.SIGTSTP)

        def _bytes(self) -> bytes:
            # A signal that comes just before a read interrupts nothing, and its handler would wait for the next key.
            while self._input not in select.select([self._input, self._woken], [], [])[0]:
                with contextlib.suppress(BlockingIOError):
                    os.read(self._woken, 1 << 10)
            try:
                data = os.read(self._input, 1 << 16)
            except OSError:
                data = b""  # the terminal was closed
            if not data:
                raise EOFError
            return data

        def _held(self) -> list[Any]:
            """The modes as they were found, without those that eat or change what is typed."""
            modes = [*self._before[:CHARACTERS], list(self._before[CHARACTERS])]
            modes[INPUT] &= ~(termios.ICRNL | termios.INLCR | termios.IGNCR | termios.ISTRIP)
            modes[LOCAL] &= ~(termios.ICANON | termios.ECHO | termios.IEXTEN)
            if self._reading:
                modes[INPUT] &= ~(termios.IXON | termios.IXOFF)
                modes[LOCAL] &= ~termios.ISIG
            modes[CHARACTERS][termios.VMIN], modes[CHARACTERS][termios.VTIME] = 1, 0
            return modes

        def _modes(self, modes: list[Any]) -> None:
            with contextlib.suppress(termios.error):  # a terminal that was closed has none
                termios.tcsetattr(self._input, termios.TCSANOW, modes)

        def _hold(self) -> None:
            self._modes(self._held())
            self.write(PASTE_MARKS_ON if self._marks else "")

        def _release(self) -> None:
            self.write(PASTE_MARKS_OFF if self._marks else "")
            self._modes(self._before)

        def _stopped(self, number: int, frame: FrameType | None) -> None:
            """Ctrl-Z: the shell gets its terminal as it was, and this program gets its own back when it goes on."""
            self._release()
            signal.signal(signal.SIGTSTP, signal.SIG_DFL)
            os.kill(os.getpid(), signal.SIGTSTP)
            signal.signal(signal.SIGTSTP, self._stopped)
            self._hold()
            self.resumed()

        def _ended(self, number: int, frame: FrameType | None) -> None:
            self._release()
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)

    def _nothing() -> None:
        """What is called where nobody asked for anything else."""

    def _key(modes: list[Any], at: int) -> bytes:
        """The key at this place of the modes; empty where it is switched off."""
        key = modes[CHARACTERS][at]
        return key if isinstance(key, bytes) and key not in (b"\x00", b"\xff") else b""

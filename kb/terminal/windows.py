"""Keys of a Windows console, by its API. An edge module.

The console gives UTF-16 outside of its line mode, and marks pastes where it knows how (Windows Terminal, consoles of
Windows 10 and later).
"""

from __future__ import annotations

import sys

if sys.platform == "win32":
    import codecs
    import contextlib
    import ctypes
    import msvcrt
    from ctypes import wintypes
    from typing import TYPE_CHECKING, Self

    from kb.terminal.keys import Control

    if TYPE_CHECKING:
        from collections.abc import Callable, Iterator

    PASTE_MARKS_ON, PASTE_MARKS_OFF = "\x1b[?2004h", "\x1b[?2004l"
    INPUT, OUTPUT = -10, -11  # STD_INPUT_HANDLE, STD_OUTPUT_HANDLE
    # ENABLE_PROCESSED_INPUT, ENABLE_LINE_INPUT, ENABLE_ECHO_INPUT
    PROCESSED, LINE, ECHO = 0x0001, 0x0002, 0x0004
    SEQUENCES_IN = 0x0200  # ENABLE_VIRTUAL_TERMINAL_INPUT
    SEQUENCES_OUT = 0x0001 | 0x0004  # ENABLE_PROCESSED_OUTPUT, ENABLE_VIRTUAL_TERMINAL_PROCESSING
    UNITS = 1 << 13

    class ConsoleKeys:
        """While held, the console has no line mode and no echo; while `reading`, Ctrl-C is a character too."""

        def __init__(self) -> None:
            self._kernel = ctypes.WinDLL("kernel32", use_last_error=True)
            self._kernel.GetStdHandle.restype = wintypes.HANDLE
            self._input = wintypes.HANDLE(self._kernel.GetStdHandle(INPUT))
            self._output = wintypes.HANDLE(self._kernel.GetStdHandle(OUTPUT))
            self._decoder = codecs.getincrementaldecoder("utf-16-le")("replace")
            self._before = self._mode(self._input)
            self._before_output = self._mode(self._output)
            self.controls = {
                "\r": Control.ENTER,
                "\n": Control.ENTER,
                "\x08": Control.ERASE,
                "\x7f": Control.ERASE,
                "\x15": Control.ERASE_ALL,
                "\x17": Control.ERASE_WORD,
                "\x1a": Control.END,
                "\x04": Control.END,
                "\x03": Control.STOP,
            }
            self.resumed: Callable[[], object] = _nothing

        def __enter__(self) -> Self:
            self._hold(PROCESSED)
            if self._before_output is not None:
                self._kernel.SetConsoleMode(self._output, self._before_output | SEQUENCES_OUT)
                self.write(PASTE_MARKS_ON)
            return self

        def __exit__(self, *_: object) -> None:
            if self._before_output is not None:
                self.write(PASTE_MARKS_OFF)
                self._kernel.SetConsoleMode(self._output, self._before_output)
            if self._before is not None:
                self._kernel.SetConsoleMode(self._input, self._before)

        @contextlib.contextmanager
        def reading(self) -> Iterator[None]:
            self._hold(0)
            try:
                yield
            finally:
                self._hold(PROCESSED)

        def read(self) -> str:
            while not (text := self._decoder.decode(self._bytes())):
                pass
            return text

        def waiting(self) -> bool:
            return bool(msvcrt.kbhit())

        def ask(self, prompt: str) -> None:
            if self._before_output is not None:
                self.write(prompt)
            else:
                sys.stderr.write(prompt)
                sys.stderr.flush()

        def write(self, text: str) -> None:
            if self._before_output is None:
                return
            data = text.encode("utf-16-le", "replace")
            for at in range(0, len(data), 2 * UNITS):
                part = data[at : at + 2 * UNITS]
                self._kernel.WriteConsoleW(self._output, part, len(part) // 2, ctypes.byref(wintypes.DWORD()), None)

        def suspend(self) -> None:
            """A console has no such thing."""

        def _bytes(self) -> bytes:
            units = ctypes.create_string_buffer(2 * UNITS)
            count = wintypes.DWORD()
            if not self._kernel.ReadConsoleW(self._input, units, UNITS, ctypes.byref(count), None) or not count.value:
                raise EOFError
            return units.raw[: 2 * count.value]

        def _hold(self, extra: int) -> None:
            if self._before is not None:
                kept = self._before & ~(LINE | ECHO | PROCESSED)
                if not self._kernel.SetConsoleMode(self._input, kept | SEQUENCES_IN | extra):
                    self._kernel.SetConsoleMode(self._input, kept | extra)  # consoles before Windows 10

        def _mode(self, handle: wintypes.HANDLE) -> int | None:
            """The mode of a console; None where the handle is none."""
            mode = wintypes.DWORD()
            return mode.value if self._kernel.GetConsoleMode(handle, ctypes.byref(mode)) else None

    def _nothing() -> None:
        """A console never suspends anybody."""

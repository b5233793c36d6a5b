"""The user's own command, run as a shell runs it, with what it prints kept. An edge module.

Its two outputs stay apart, and pass at once and byte for byte; its standard input is ours. Where ours is a terminal, its
output is one too, on systems that offer it. What is kept is the beginning and the end of each output.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from threading import Thread
from typing import TYPE_CHECKING, Any

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FrameType

HEAD, TAIL = 1 << 20, 4 << 20  # bytes of each output that are kept
CHUNK = 1 << 16
QUIET = 0.05  # seconds without output after the command ended: whoever still holds its output says nothing
NOT_FOUND, NOT_EXECUTABLE = 127, 126
# Ctrl-C and Ctrl-\ reach the command from the terminal itself; what reaches kb alone is passed on.
FROM_TERMINAL = ("SIGINT", "SIGQUIT", "SIGBREAK")
PASSED_ON = ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2")


class Kept:
    """The beginning and the end of what passed."""

    def __init__(self) -> None:
        self._head = b""
        self._tail = bytearray()
        self.passed = 0

    def add(self, data: bytes) -> None:
        self.passed += len(data)
        room = HEAD - len(self._head)
        self._head += data[:room]
        self._tail += data[room:]
        if len(self._tail) > 2 * TAIL:
            del self._tail[:-TAIL]

    @property
    def left_out(self) -> int:
        """Bytes of the middle that are not kept."""
        return self.passed - len(self.data)

    @property
    def data(self) -> bytes:
        """What is kept; where the middle is missing, both ends are of whole lines."""
        if self.passed <= len(self._head) + len(self._tail):
            return self._head + bytes(self._tail)
        end = bytes(self._tail[-TAIL:])
        return self._head[: self._head.rfind(b"\n") + 1] + end[end.find(b"\n") + 1 :]


class Ran(Struct):
    """How a command ended, as a shell says it, and what it printed. `error` where it could not be started."""

    status: int
    output: Kept
    errors: Kept
    error: str = ""
    closed: bool = False  # whoever read our output went away


def run_command(command: Sequence[str]) -> Ran:
    """Run `command` to its end."""
    flows = (_Flow(1), _Flow(2))
    kept = flows[0].kept, flows[1].kept
    try:
        with contextlib.ExitStack() as stack:
            ends = [stack.enter_context(flow.open()) for flow in flows]
            program = shutil.which(command[0]) if sys.platform == "win32" else None
            child = subprocess.Popen(list(command), executable=program, stdout=ends[0], stderr=ends[1])
    except FileNotFoundError:
        return Ran(NOT_FOUND, *kept, error="command not found")
    except OSError as error:
        return Ran(NOT_EXECUTABLE, *kept, error=f"cannot be run: {error.strerror or error}")
    with _signals(child, flows):
        for flow in flows:
            flow.start()
        status = _waited(child)
        for flow in flows:
            flow.finish()
    return Ran(128 - status if status < 0 else status, *kept, closed=any(flow.closed for flow in flows))


def _waited(child: subprocess.Popen[bytes]) -> int:
    while True:  # nothing interrupts a wait without an end on Windows, nor elsewhere a signal that comes just before it
        with contextlib.suppress(subprocess.TimeoutExpired):
            return child.wait(0.2)


class _Flow:
    """One output of the command on its way to the same output of ours."""

    def __init__(self, target: int) -> None:
        self.kept = Kept()
        self.closed = False
        self._target = target
        self._source = -1
        self._last = 0.0
        self._thread = Thread(target=self._pass, daemon=True)

    @contextlib.contextmanager
    def open(self) -> Iterator[int]:
        """The end that the command writes to, closed on our side afterwards."""
        self._source, end = _pseudo_terminal(self._target) if _terminal(self._target) else os.pipe()
        try:
            yield end
        except BaseException:
            os.close(self._source)
            raise
        finally:
            os.close(end)

    def start(self) -> None:
        self._thread.start()

    def finish(self) -> None:
        """Wait for what the command printed, not for a process of it that goes on in the background."""
        self._last = time.monotonic()
        while self._thread.is_alive() and time.monotonic() - self._last < QUIET:
            self._thread.join(QUIET / 5)
        if not self._thread.is_alive() and not self.closed:
            os.close(self._source)

    def resize(self) -> None:
        if _terminal(self._target):
            _same_size(self._target, self._source)

    def _pass(self) -> None:
        while data := self._read():
            self.kept.add(data)
            self._last = time.monotonic()
            try:
                while data:
                    data = data[os.write(self._target, data) :]
            except OSError:
                self.closed = True
                os.close(self._source)  # the command learns of it as if it had written there itself
                return

    def _read(self) -> bytes:
        try:
            return os.read(self._source, CHUNK)
        except OSError:  # so ends a pseudo-terminal
            return b""


@contextlib.contextmanager
def _signals(child: subprocess.Popen[bytes], flows: Sequence[_Flow]) -> Iterator[None]:
    """Signals go to the command, and kb outlives it to tell how it ended."""

    def pass_on(number: int, frame: FrameType | None) -> None:
        with contextlib.suppress(OSError):
            child.send_signal(number)

    def resize(number: int, frame: FrameType | None) -> None:
        for flow in flows:
            flow.resize()

    def ignore(number: int, frame: FrameType | None) -> None:
        """The command has it already."""

    at_terminal = sys.stdin is not None and sys.stdin.isatty()
    wanted: dict[str, Any] = dict.fromkeys(PASSED_ON, pass_on)
    wanted |= dict.fromkeys(FROM_TERMINAL, ignore if at_terminal else pass_on)
    wanted["SIGWINCH"] = resize
    before = {
        number: signal.signal(number, handler)
        for name, handler in wanted.items()
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _terminal(target: int) -> bool:
    return sys.platform != "win32" and os.isatty(target)


def _pseudo_terminal(target: int) -> tuple[int, int]:
    """A terminal of the size of `target` that changes nothing of what is written to it: our end, the other end."""
    import pty
    import termios

    ours, other = pty.openpty()
    modes = termios.tcgetattr(other)
    modes[1] &= ~termios.OPOST
    modes[3] &= ~termios.ECHO
    termios.tcsetattr(other, termios.TCSANOW, modes)
    _same_size(target, ours)
    return ours, other


def _same_size(target: int, other: int) -> None:
    import fcntl
    import termios

    with contextlib.suppress(OSError):
        fcntl.ioctl(other, termios.TIOCSWINSZ, fcntl.ioctl(target, termios.TIOCGWINSZ, b"\0" * 8))

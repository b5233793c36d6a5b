"""A child process that turns Markdown into clean HTML and may be killed: both ends of the pipe.

One child serves many texts; it is started when the first one needs it, killed when a text takes too long, started again
when needed. Messages: 4 bytes of length, then UTF-8; an answer has one byte more in front, 0 for HTML, 1 for the name of
an exception. The child gets the parent's module path and nothing from the current directory. An edge module.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

START_LIMIT = 20.0
# An orphan (its parent was killed while a text was being read) ends by itself, where the system has an alarm clock.
ORPHAN_LIMIT = 8
_RUN = "import sys; sys.path[:] = sys.argv[1:]; from kb.markdown.child import main; main()"
_READY = b"kb-markdown/1"


class ChildError(Exception):
    """No HTML came back. `late` is true when the time was up."""

    def __init__(self, reason: str, *, late: bool = False) -> None:
        super().__init__(reason)
        self.late = late


class Child:
    """The parent's end. Safe to call from several threads; one text at a time."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._owner = 0
        self._lock = threading.Lock()

    def convert(self, body: str, limit: float) -> str:
        """Clean HTML of `body`, or ChildError after at most `limit` seconds (and the start of the child before it)."""
        data = body.encode("utf-8", "replace")
        with self._lock:
            process = self._started()
            failed, answer = self._exchange(process, data, limit)
        if failed:
            raise ChildError(answer)
        return answer

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._owner == os.getpid() and self._process.poll() is None:
            return self._process
        if self._owner == os.getpid():
            self._drop()
        if not sys.executable or getattr(sys, "frozen", False):
            raise ChildError("no Python to start a child with")
        flags = getattr(subprocess, "CREATE_NO_WINDOW", 0)
        try:
            process = subprocess.Popen(
                [sys.executable, "-I", "-c", _RUN, *_module_path()],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                creationflags=flags,
            )
        except OSError as error:
            raise ChildError(f"no child could be started ({error.strerror})") from None
        self._process, self._owner = process, os.getpid()
        if self._guarded(process, START_LIMIT, lambda: _read(process.stdout, len(_READY))) != _READY:
            self._drop()
            raise ChildError("the child did not start")
        return process

    def _exchange(self, process: subprocess.Popen[bytes], data: bytes, limit: float) -> tuple[int, str]:
        def talk() -> bytes:
            _write(process.stdin, len(data).to_bytes(4, "big") + data)
            head = _read(process.stdout, 5)
            return head[:1] + _read(process.stdout, int.from_bytes(head[1:], "big"))

        try:
            answer = self._guarded(process, limit, talk)
        except (OSError, EOFError):
            self._drop()
            raise ChildError("the child ended") from None
        return answer[0], answer[1:].decode("utf-8", "replace")

    def _guarded(self, process: subprocess.Popen[bytes], limit: float, talk: Callable[[], bytes]) -> bytes:
        """What `talk` gives; the child is killed when it takes longer than `limit`, which ends every read and write."""
        late = threading.Event()

        def end() -> None:
            late.set()
            process.kill()

        timer = threading.Timer(limit, end)
        timer.daemon = True
        timer.start()
        try:
            return talk()
        except (OSError, EOFError):
            if not late.is_set():
                raise
            self._drop()
            raise ChildError(f"it takes longer than {limit:g} s", late=True) from None
        finally:
            timer.cancel()
            timer.join()  # a timer that fires now must not hit the next text

    def _drop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass
        process.wait()

    def close(self) -> None:
        """End the child; the next text starts another."""
        if self._owner == os.getpid():
            self._drop()


def _module_path() -> list[str]:
    """The parent's, without the current directory: nothing is ever loaded from there unasked."""
    own = str(Path(__file__).resolve().parent.parent.parent)
    return list(dict.fromkeys([*(part for part in sys.path if part and os.path.isabs(part)), own]))


def _read(stream: IO[bytes] | None, size: int) -> bytes:
    data = stream.read(size) if stream is not None else b""
    if len(data) < size:
        raise EOFError
    return data


def _write(stream: IO[bytes] | None, data: bytes) -> None:
    if stream is not None:
        stream.write(data)
        stream.flush()


def main() -> None:
    """The child's end: texts from standard input, answers to standard output, until the input ends."""
    from kb.markdown.convert import to_html

    source, sink = sys.stdin.buffer, sys.stdout.buffer
    _limit_memory()
    _write(sink, _READY)
    while len(head := source.read(4)) == 4:
        body = source.read(int.from_bytes(head, "big")).decode("utf-8", "replace")
        _alarm(ORPHAN_LIMIT)
        try:
            failed, answer = b"\0", to_html(body).encode("utf-8", "replace")
        except Exception as error:  # whatever a parser raises on hostile text
            failed, answer = b"\1", type(error).__name__.encode()
        _alarm(0)
        _write(sink, failed + len(answer).to_bytes(4, "big") + answer)


def _alarm(seconds: int) -> None:
    import signal

    alarm = getattr(signal, "alarm", None)
    if alarm is not None:
        alarm(seconds)


def _limit_memory() -> None:
    """One GiB: a reference used 50,000 times can grow a text to the size of the memory."""
    try:
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
    except (ImportError, OSError, ValueError):
        pass


CHILD = Child()
atexit.register(CHILD.close)

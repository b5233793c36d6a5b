"""What a pipe brings: standard input, or the journal of systemd. An edge module: it reads them, and starts `journalctl`.

A thread reads; what is not taken yet holds the writer up, as it should.
"""

from __future__ import annotations

import os
import subprocess
import threading
from queue import Empty, Queue
from typing import TYPE_CHECKING, Any

from diagnose.errors import KbError

if TYPE_CHECKING:
    from typing import IO

CHUNK = 1 << 20
WAITING = 8  # chunks
JOURNAL = ("journalctl", "--follow", "--lines=0", "--output=short-iso-precise", "--no-pager")


class Pipe:
    """Reads `stream` until it ends."""

    def __init__(self, name: str, stream: IO[Any], process: subprocess.Popen[bytes] | None = None) -> None:
        self.name = name
        self._process = process
        self._queue: Queue[bytes] = Queue(WAITING)
        self._ended = False
        threading.Thread(target=self._pull, args=(stream.fileno(),), daemon=True).start()

    def _pull(self, number: int) -> None:
        while True:
            try:
                data = os.read(number, CHUNK)
            except OSError:
                data = b""
            self._queue.put(data)
            if not data:
                return

    def read(self) -> list[tuple[str, bytes]]:
        chunks: list[bytes] = []
        while len(chunks) < WAITING and not self._ended:
            try:
                data = self._queue.get_nowait()
            except Empty:
                break
            self._ended = not data
            chunks.append(data)
        data = b"".join(chunks)
        return [(self.name, data)] if data else []

    @property
    def ended(self) -> bool:
        return self._ended

    def close(self) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


def journal() -> Pipe:
    """What the journal gets from now on. KbError where it cannot be read."""
    try:
        process = subprocess.Popen(JOURNAL, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    except OSError as error:
        way_out = "name log files instead" if isinstance(error, FileNotFoundError) else "check the permissions"
        raise KbError("--journal", f"journalctl did not start: {error.strerror}", way_out) from None
    assert process.stdout is not None
    return Pipe("journal", process.stdout, process)

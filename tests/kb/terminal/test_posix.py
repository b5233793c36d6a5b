"""Keys of a POSIX terminal: signals that come at the worst moment."""

import operator
import os
import signal
import sys
from itertools import starmap

import pytest

if sys.platform == "win32":
    pytest.skip("a pseudo-terminal is needed", allow_module_level=True)

import ctypes
import io
import pty
import select

from kb.terminal import posix


@pytest.fixture
def typed(monkeypatch):
    """The other end of a pseudo-terminal that is standard input."""
    ours, theirs = pty.openpty()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.FileIO(theirs, closefd=False)))
    yield ours
    os.close(ours)
    os.close(theirs)


def test_a_signal_just_before_a_read_is_handled_at_once(typed, monkeypatch):
    wait, kill = select.select, ctypes.CDLL(None).kill
    signals = iter([signal.SIGTERM])

    def interrupted(*waiting):
        # Both calls are made within C: Python has no occasion to run the handler between the signal and the wait.
        calls = [(kill, os.getpid(), int(number)) for number in signals]
        ready = [*starmap(operator.call, [*calls, (wait, *waiting, 5)])][-1]
        assert any(ready), "the wait slept through the signal"
        return ready

    def ended(keys, number, frame):
        os.write(typed, f"signal {number}".encode())

    monkeypatch.setattr(posix.TerminalKeys, "_ended", ended)
    before = signal.getsignal(signal.SIGTERM), signal.set_wakeup_fd(-1)
    with posix.TerminalKeys() as keys, keys.reading():
        monkeypatch.setattr(posix.select, "select", interrupted)
        assert keys.read() == f"signal {int(signal.SIGTERM)}"
    assert (signal.getsignal(signal.SIGTERM), signal.set_wakeup_fd(before[1])) == before

"""kb at a real pseudo-terminal of 80 columns: what is pasted there, and how it leaves the terminal."""

import os
import re
import shutil
import signal
import sys
import time

import pytest

if sys.platform == "win32":
    pytest.skip("a pseudo-terminal is needed", allow_module_level=True)

import fcntl
import pty
import select
import struct
import termios

ERROR = "Invoke-CsPoolFailOver : Could not find a compatible interface with the server."
TRACE = "ConfDirManagementClientFactory.Create: Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/LiveServerManagement]."
LEADS = "TCP 9001 (ConfDirManagement) is blocked between the paired pools"
LEFT = re.compile(r"-(icanon|isig|echo|icrnl|ixon|iexten)\b")  # modes that kb takes away while it reads


def marked(text):
    return "\x1b[200~" + text.replace("\n", "\r") + "\x1b[201~"


class Terminal:
    """A program on a pseudo-terminal: type to it, wait for what it shows."""

    def __init__(self, command, env, columns=80):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.execvpe(command[0], command, env)
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.seen = ""
        self.at = 0

    def type(self, text):
        data = text.encode("utf-8", "surrogateescape")
        while data:
            self._show(0)  # a terminal shows while somebody types
            if select.select([], [self.fd], [], 1)[1]:
                data = data[os.write(self.fd, data[:1024]) :]

    def wait(self, *texts, seconds=60):
        """Waits until each of the texts was shown, one after the other; gives what was shown up to the last."""
        begin, end = self.at, time.monotonic() + seconds
        for text in texts:
            while (found := self.seen.find(text, self.at)) < 0:
                assert time.monotonic() < end, f"{text!r} not in {self.seen[self.at :]!r}"
                assert self._show(0.2) or text in self.seen[self.at :], f"ended: {self.seen[self.at :]!r}"
            self.at = found + len(text)
        return self.seen[begin : self.at]

    def status(self):
        """The exit status, as a shell says it, when the program ended."""
        while self._show(0.2):
            pass
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])

    def _show(self, seconds):
        if not select.select([self.fd], [], [], seconds)[0]:
            return True
        try:
            data = os.read(self.fd, 1 << 16)
        except OSError:
            data = b""
        self.seen += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)

    def close(self):
        os.close(self.fd)


@pytest.fixture
def terminal(root, cache_home, tmp_path):
    opened = []

    def start(*arguments, columns=80, command=None):
        env = {k: v for k, v in os.environ.items() if k not in ("KB_PATH", "KB_DEBUG", "COLUMNS", "LINES")}
        env |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(cache_home), "XDG_DATA_HOME": str(tmp_path)}
        env |= {"PYTHONPATH": str(root), "TERM": "xterm", "NO_COLOR": "1", "PS1": "$ ", "PYTHONWARNINGS": "error"}
        opened.append(Terminal(command or [sys.executable, "-m", "kb", *arguments], env, columns))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_a_paste_its_report_and_enter(terminal):
    kb = terminal("diagnose")
    kb.wait("Paste the error", "> ")
    kb.type(marked(f"{ERROR}\n{TRACE}\n") + "\r")
    kb.wait(LEADS, "Paste what it prints, or press Enter to end.", "> ")
    kb.type("\r")
    assert kb.status() == 0
    assert "Traceback" not in kb.seen
    assert kb.seen.count("\x1b[?2004h") == kb.seen.count("\x1b[?2004l") == 1


def test_the_loop_ranks_again_and_takes_back(terminal):
    kb = terminal("diagnose")
    kb.wait("> ")
    kb.type(marked(f"{ERROR}\n{TRACE}") + "\r")
    kb.wait("Paste what it prints", "> ")
    kb.type("timeout\r")
    kb.wait("CONFIRMED")
    kb.type("back\r")
    kb.wait("LIKELY", "Paste what it prints", "> ")
    kb.type("\x04")
    assert kb.status() == 0


def test_a_line_longer_than_line_mode_keeps_is_whole(terminal):
    line = "x" * (6078 - len(TRACE) - 1) + " " + TRACE
    assert len(line) == 6078
    for end in (f"{ERROR}\r{line}\r.\r", marked(f"{ERROR}\n{line}") + "\r"):
        kb = terminal("diagnose", "--once")
        kb.wait("Paste the error", ":\n")
        kb.type(end)
        kb.wait(LEADS)
        assert kb.status() == 0


def test_half_a_megabyte_is_whole(terminal):
    filler = "\n".join(f"2026-11-21 09:14:{n % 60:02} worker {n} did step {n * 7} of the plan" for n in range(9600))
    text = f"{ERROR}\n{filler}\n{TRACE}"
    assert len(text) > 480_000
    kb = terminal("diagnose", "--once", "--format", "json")
    kb.wait("Paste the error", ":\n")
    kb.type(marked(text) + "\r")
    kb.wait(f'"bytes": {len(text) + 1}', f'"lines": {9602}')
    assert kb.status() == 0


def test_control_characters_of_a_paste_do_nothing(terminal):
    kb = terminal("diagnose", "--once")
    kb.wait("Paste the error", ":\n")
    kb.type(marked(f"{ERROR}\n\x03\x1a\x04\x13\x11\x16\x0f\x7f\x15\n{TRACE}") + "\r")
    kb.wait(LEADS)
    assert kb.status() == 0


def test_bytes_that_are_no_utf_8_come_as_they_are(terminal):
    kb = terminal("diagnose", "--once", "--format", "json")
    kb.wait("Paste the error", ":\n")
    kb.type(marked(f"{ERROR} f\udcfcr") + "\r")
    kb.wait(f'"bytes": {len(ERROR) + 5}')
    assert kb.status() == 0


@pytest.fixture
def left_behind(terminal):
    """What stty says of the terminal after kb was ended there by `stop`."""

    def run(typed, stop):
        shell = terminal(command=["sh"])
        shell.wait("$ ")
        shell.type(f"{sys.executable} -m kb diagnose; echo status $?; stty -a\r")
        shell.wait("Paste the error", "> ")
        shell.type(typed)
        shell.wait(*(["Paste what it prints", "> "] if typed else []))
        stop(shell)
        shown = shell.wait("status ", "icanon", "echo ", "$ ")
        assert "\x1b[?2004l" in shown
        return shown

    return run


@pytest.mark.parametrize(("typed", "status"), [("", 130), (marked(f"{ERROR}\n{TRACE}") + "\r", 0)])
def test_ctrl_c_gives_the_terminal_back(left_behind, typed, status):
    shown = left_behind(typed, lambda shell: shell.type("\x03"))
    assert f"status {status}\n" in shown
    assert not LEFT.search(shown)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_that_ends_it_gives_the_terminal_back(left_behind, number):
    shown = left_behind("", lambda shell: os.kill(os.tcgetpgrp(shell.fd), number))
    assert f"status {128 + number}\n" in shown
    assert not LEFT.search(shown)


@pytest.mark.skipif(not shutil.which("bash"), reason="a shell with job control is needed")
def test_ctrl_z_and_fg_lose_nothing_and_give_the_terminal_back(terminal):
    shell = terminal(command=["bash", "--norc", "--noprofile", "--noediting", "-i"])
    shell.wait("$ ")
    shell.type(f"{sys.executable} -m kb diagnose --once\r")
    shell.wait("Paste the error", ":\n")
    shell.type(f"{ERROR}\rtyped be")
    shell.wait("typed be")
    shell.type("\x1a")
    shell.wait("Stopped", "$ ")
    shell.type("stty -a\r")
    assert not LEFT.search(shell.wait("echoke", "$ "))
    shell.type("fg\r")
    shell.wait("typed be")
    shell.type(f"fore\r{TRACE}\r.\r")
    shell.wait(LEADS, "$ ")
    shell.type("exit\r")
    assert shell.status() == 0


def test_twenty_columns(terminal):
    kb = terminal("diagnose", columns=20)
    kb.wait("> ")
    kb.type(marked(f"{ERROR}\n{TRACE}") + "\r")
    kb.wait("Paste what it prints", "> ")
    kb.type("\r")
    assert kb.status() == 0


@pytest.mark.parametrize("options", [["--format", "json"], ["--once"]])
def test_no_loop_where_something_else_is_asked_for(terminal, options):
    kb = terminal("diagnose", *options)
    kb.wait("Paste the error", ":\n")
    kb.type(marked(ERROR) + "\r")
    assert kb.status() == 0
    assert "or press Enter to end" not in kb.seen


def test_a_command_that_kb_runs_sees_the_terminal(terminal):
    code = "import os, sys; print([os.isatty(n) for n in (0, 1, 2)], os.get_terminal_size(1).columns, repr(input('name? ')))"
    kb = terminal("run", "--", sys.executable, "-c", code, columns=61)
    kb.wait("name? ")
    kb.type("Ada\r")
    kb.wait("[True, True, True] 61 'Ada'\n")
    assert kb.status() == 0


def test_ctrl_c_ends_the_command_and_not_kb_before_it(terminal):
    code = "import time\ntry:\n print('ready', flush=True)\n time.sleep(60)\nexcept KeyboardInterrupt:\n print('tidied up')"
    kb = terminal("run", "--", sys.executable, "-c", code)
    kb.wait("ready")
    kb.type("\x03")
    kb.wait("tidied up")
    assert kb.status() == 0

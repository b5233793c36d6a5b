"""kb run: what the command gets, what passes, what is kept, how it ends."""

import os
import signal
import subprocess
import sys
import time

import pytest

from kb.terminal import running
from kb.terminal.running import Kept

FULL = "tar: /srv/x.tar: Cannot write: No space left on device"


@pytest.fixture
def kb(root, cache_home, tmp_path):
    """Start `kb run` in a process of its own."""
    env = {k: v for k, v in os.environ.items() if k not in ("KB_PATH", "KB_DEBUG")}
    env |= dict.fromkeys(("XDG_CACHE_HOME", "LOCALAPPDATA"), str(cache_home))
    env |= dict.fromkeys(("XDG_DATA_HOME", "XDG_CONFIG_HOME", "APPDATA"), str(tmp_path))
    env["PYTHONPATH"] = str(root)

    def start(*arguments, **given):
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE} | given
        return subprocess.Popen([sys.executable, "-m", "kb", "run", *arguments], env=env, **pipes)

    return start


def python(code):
    return ["--", sys.executable, "-c", code]


def ended(process, text=b""):
    out, err = process.communicate(text, timeout=100)
    assert b"Traceback" not in err
    return process.returncode, out, err.replace(b"\r\n", b"\n")


def test_a_command_that_works_is_left_alone(kb):
    code = "import sys; data = sys.stdin.buffer.read(); sys.stdout.buffer.write(data); sys.stderr.buffer.write(b'e\\r')"
    data = bytes(range(256)) * 2000
    assert ended(kb(*python(code)), data) == (0, data, b"e\r")


def test_a_command_that_fails_is_diagnosed_on_standard_error(kb):
    status, out, err = ended(kb(*python(f"import sys; print('out'); print({FULL!r}, file=sys.stderr); sys.exit(3)")))
    assert status == 3
    assert out.split() == [b"out"]
    assert err.startswith(FULL.encode() + b"\nkb: the command ended with status 3\n")
    assert b"disk-full" in err
    assert b"stderr:1" in err


def test_always_diagnoses_also_what_worked(kb, tmp_path):
    report = tmp_path / "report.json"
    code = f"print({FULL!r})"
    status, out, _ = ended(kb("--always", "--format", "json", "--output", str(report), *python(code)))
    assert (status, out.decode().strip()) == (0, FULL)
    assert '"id": "disk-full"' in report.read_text(encoding="utf-8")


def test_options_behind_the_command_are_its_own(kb):
    status, out, _ = ended(kb(sys.executable, "-c", "import sys; print(sys.argv[1:])", "--help", "-q"))
    assert (status, out.split()) == (0, [b"['--help',", b"'-q']"])


def test_a_command_that_is_not_there_or_cannot_be_run(kb, tmp_path):
    status, _, err = ended(kb("no-such-command-at-all"))
    assert (status, err) == (127, b"kb: no-such-command-at-all: command not found\n")
    if sys.platform != "win32":
        status, _, err = ended(kb(str(tmp_path)))
        assert status == 126
        assert b"cannot be run: Permission denied" in err
    assert ended(kb())[0] == 2


@pytest.mark.skipif(sys.platform == "win32", reason="signals end no program there")
def test_a_signal_that_ends_the_command_is_its_status(kb):
    assert ended(kb(*python("import os; os.kill(os.getpid(), 9)")))[0] == 137


@pytest.mark.skipif(sys.platform == "win32", reason="signals are not passed on there")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGUSR1])
def test_signals_reach_the_command(kb, number):
    code = (
        "import signal, sys, time\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(0))\n"
        "print('ready', flush=True)\ntime.sleep(60)"
    )
    process = kb(*python(code))
    assert process.stdout.readline().strip() == b"ready"
    process.send_signal(number)
    assert ended(process)[0] == 0


def test_what_is_printed_passes_at_once(kb):
    process = kb(*python("import sys; print('one', flush=True); sys.stdin.readline(); print('two')"))
    assert process.stdout.readline().strip() == b"one"
    assert ended(process, b"\n")[1].strip() == b"two"


@pytest.mark.skipif(sys.platform == "win32", reason="no such shell")
def test_a_process_left_in_the_background_is_not_waited_for(kb):
    begin = time.monotonic()
    process = kb("--", "sh", "-c", "sleep 60 & echo here")
    assert process.stdout.readline() == b"here\n"
    assert process.wait(30) == 0
    assert time.monotonic() - begin < 30
    process.stdin.close(), process.stdout.close(), process.stderr.close()


@pytest.mark.skipif(sys.platform == "win32", reason="no such signal")
def test_output_closed_early_ends_the_command(kb):
    process = kb("--", "yes")
    process.stdout.readline()
    process.stdout.close()
    assert process.wait(30) == 141
    assert process.stderr.read() == b""
    process.stdin.close(), process.stderr.close()


def test_a_baseline_shows_what_is_new(kb, tmp_path):
    good = tmp_path / "good.log"
    good.write_text("step 1 done\nstep 2 done\n")
    code = "import sys; print('step 7 done\\nthe flux is gone'); sys.exit(1)"
    status, _, err = ended(kb("--baseline", str(good), *python(code)))
    assert status == 1
    assert b"New against the baseline (failures and the rarest first):\n  stdout:2\n      the flux is gone\n" in err
    assert b"step 7" not in err


def test_memory_is_bounded_and_the_ends_are_of_whole_lines(monkeypatch):
    monkeypatch.setattr(running, "HEAD", 1000)
    monkeypatch.setattr(running, "TAIL", 2000)
    lines = [b"line %d\n" % number for number in range(1000)]
    kept = Kept()
    for line in lines:
        kept.add(line)
        assert len(kept._head) + len(kept._tail) < 6000
    found = kept.data.splitlines(keepends=True)
    assert set(found) <= set(lines)
    assert (found[0], found[-1]) == (lines[0], lines[-1])
    assert kept.left_out == kept.passed - len(kept.data) > 0


def test_what_fits_is_kept_whole(monkeypatch):
    monkeypatch.setattr(running, "HEAD", 10)
    kept = Kept()
    kept.add(b"one\ntwo\nthree\nfour")
    assert kept.data == b"one\ntwo\nthree\nfour"
    assert kept.left_out == 0

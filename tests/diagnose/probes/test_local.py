"""Probes of this machine: disk, file, listening port, service."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from types import SimpleNamespace

import pytest

from diagnose.probes import ProbeLimits, run_probe

LIMITS = ProbeLimits()


def outcome(kind, *arguments):
    return run_probe(kind, arguments, limits=LIMITS).outcome


@pytest.mark.parametrize(
    ("free", "state"), [(0, "full"), (1, "nearly-full"), (99, "nearly-full"), (100, "ok"), (900, "ok")]
)
def test_the_room_of_a_disk_is_told(monkeypatch, free, state):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: (1100, 1000 - free, free))
    assert outcome("disk", "/data") == state


def test_a_path_that_is_not_there_has_no_room_to_tell_of():
    result = run_probe("disk", ["/no/such/folder"], limits=LIMITS)
    assert (result.outcome, result.detail) == ("", "there is no such path on this machine")


@pytest.mark.skipif(sys.platform == "win32", reason="the folder of the test has a short name there")
def test_a_file_is_present_or_none_and_its_content_is_not_read(tmp_path):
    path = tmp_path / "secret"
    path.write_text("password", encoding="ascii")
    result = run_probe("file", [str(path)], limits=LIMITS)
    assert result.outcome == "present"
    assert "8 bytes" in result.detail
    assert "password" not in result.detail
    assert outcome("file", str(tmp_path / "other")) == "none"
    assert outcome("file", str(path / "below")) == "none"


def test_a_listening_port_is_told_from_one_that_is_not():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = str(listener.getsockname()[1])
        result = run_probe("listening", [port], limits=LIMITS)
        assert (result.outcome, "127.0.0.1" in result.detail) == ("listening", True)
    assert outcome("listening", port) == "none"


@pytest.fixture
def machine(monkeypatch):
    """A machine of another system: programs that say what they are told to; gives the commands that were run."""
    commands = []

    def make(platform, *answers):
        said = list(answers)

        def run(command, **options):
            assert not options.get("shell")
            commands.append(tuple(command[1:]))
            status, text = said.pop(0)
            return SimpleNamespace(returncode=status, stdout=text.encode())

        monkeypatch.setattr(sys, "platform", platform)
        monkeypatch.setattr(shutil, "which", lambda name: name)
        monkeypatch.setattr(subprocess, "run", run)
        return commands

    return make


def unit(load, active, file="enabled"):
    return 0, f"LoadState={load}\nActiveState={active}\nSubState=x\nUnitFileState={file}\n"


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (unit("loaded", "active"), "running"),
        (unit("loaded", "inactive"), "stopped"),
        (unit("loaded", "failed"), "stopped"),
        (unit("loaded", "activating"), "start-pending"),
        (unit("loaded", "inactive", "disabled"), "disabled"),
        (unit("loaded", "active", "disabled"), "running"),
        (unit("masked", "inactive", "masked"), "disabled"),
        (unit("not-found", "inactive", ""), "not-found"),
        ((1, "System has not been booted with systemd"), ""),
        ((0, ""), ""),
    ],
)
def test_a_unit_of_systemd_is_told(machine, told, state):
    commands = machine("linux", told)
    assert outcome("service", "nginx.service") == state
    assert commands == [("show", "--property=LoadState,ActiveState,SubState,UnitFileState", "--", "nginx.service")]


def sc(number, word):
    return (
        0,
        f"\nSERVICE_NAME: RTCSRV\n        TYPE               : 10  WIN32_OWN_PROCESS\n"
        f"        STATE              : {number}  {word}\n                                (STOPPABLE)\n"
        f"        WIN32_EXIT_CODE    : 0  (0x0)\n",
    )


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ([sc(4, "RUNNING")], "running"),
        ([sc(2, "START_PENDING")], "start-pending"),
        ([sc(7, "PAUSED")], "paused"),
        ([sc(1, "STOPPED"), (0, "        START_TYPE         : 2   AUTO_START\n")], "stopped"),
        ([sc(1, "STOPPED"), (0, "        START_TYPE         : 4   DISABLED\n")], "disabled"),
        ([(1060, "[SC] EnumQueryServicesStatus:OpenService FAILED 1060:\n")], "not-found"),
        ([(5, "[SC] OpenSCManager FAILED 5:\nAccess is denied.\n")], ""),
    ],
)
def test_a_service_of_windows_is_told(machine, answers, state):
    machine("win32", *answers)
    assert outcome("service", "RTCSRV") == state


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ((0, "system/com.contoso.agent = {\n\tstate = running\n"), "running"),
        ((0, "system/com.contoso.agent = {\n\tstate = not running\n"), "stopped"),
        ((113, 'Could not find service "x" in domain for system\n'), "not-found"),
    ],
)
def test_a_service_of_launchd_is_told(machine, answer, state):
    machine("darwin", answer)
    assert outcome("service", "com.contoso.agent") == state


def test_netstat_of_windows_in_any_language_shows_listening_ports(machine):
    rows = (0, "  Proto  Lokale Adresse  Remoteadresse  Status  PID\n  TCP    0.0.0.0:445   0.0.0.0:0   ABHÖREN   4\n  TCP    10.0.0.5:9001   10.0.0.12:50123   HERGESTELLT   77\n")  # fmt: skip
    machine("win32", rows, (0, ""), rows, (0, ""))
    assert outcome("listening", "445") == "listening"
    assert outcome("listening", "9001") == "none"


def test_a_program_that_does_not_answer_is_unclear(machine, monkeypatch):
    machine("linux")

    def late(command, **_):
        raise subprocess.TimeoutExpired(command, 3)

    monkeypatch.setattr(subprocess, "run", late)
    result = run_probe("service", ["nginx"], limits=LIMITS)
    assert result.outcome == ""
    assert "did not answer" in result.detail

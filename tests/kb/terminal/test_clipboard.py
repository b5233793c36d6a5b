"""The clipboard, by tools that stand in for those of the system."""

import sys

import pytest

from diagnose.errors import KbError
from kb.terminal.clipboard import clipboard

if sys.platform in ("win32", "darwin"):
    pytest.skip("the tools of X11 and Wayland are for other systems", allow_module_level=True)


@pytest.fixture
def tool(tmp_path, monkeypatch):
    """Put a tool of this name into a PATH of its own; it prints `text` and ends with `status`."""
    for name in ("WAYLAND_DISPLAY", "DISPLAY", "WSL_DISTRO_NAME"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))

    def make(name, text="", error="", status=0):
        path = tmp_path / name
        path.write_text(f"#!/bin/sh\n/bin/echo -n '{text}'\n/bin/echo '{error}' >&2\nexit {status}\n")
        path.chmod(0o755)

    return make


@pytest.mark.parametrize(
    ("name", "variable"),
    [("wl-paste", "WAYLAND_DISPLAY"), ("xclip", "DISPLAY"), ("xsel", "DISPLAY"), ("powershell.exe", "WSL_DISTRO_NAME")],
)
def test_the_tool_of_the_session_is_asked(tool, monkeypatch, name, variable):
    monkeypatch.setenv(variable, "x")
    tool(name, "No space left on device")
    assert clipboard() == b"No space left on device"


@pytest.mark.parametrize(
    ("session", "text", "error", "status", "said"),
    [
        ("", "x", "", 0, "there is no clipboard that can be read here; paste it: kb diagnose"),
        ("DISPLAY", "", "", 0, "the clipboard holds no text"),
        ("DISPLAY", "", "Error: target STRING not available", 1, "xclip could not read it: Error: target STRING"),
    ],
)
def test_what_stands_in_the_way_is_told(tool, monkeypatch, session, text, error, status, said):
    if session:
        monkeypatch.setenv(session, "x")
    tool("xclip", text, error, status)
    with pytest.raises(KbError, match=said):
        clipboard()


def test_a_missing_tool_is_named(tool, monkeypatch):
    monkeypatch.setenv("DISPLAY", ":0")
    with pytest.raises(KbError, match="install wl-clipboard, xclip or xsel"):
        clipboard()


def test_the_clipboard_is_an_input(tool, monkeypatch, shipped, capsys):
    from kb.cli.call import sources_of
    from kb.cli.given import Call

    monkeypatch.setenv("DISPLAY", ":0")
    tool("xclip", "one line")
    assert [b"".join(source.chunks) for source in sources_of(Call(clip=True))] == [b"one line"]

"""The seed's whole story, as recorded in examples/: error, trace, checks, confirmed cause, fix, recovery, proof.

`python tests/test_the_loop.py` records it anew.
"""

import io
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parent.parent / "examples"
TYPED = EXAMPLES / "the-loop-typed.txt"
TRANSCRIPT = EXAMPLES / "the-loop.txt"
TICKET = EXAMPLES / "the-loop-ticket.md"
COMMAND = "kb diagnose --interactive --case pool01.json"


class Typist(io.StringIO):
    """Standard input whose lines show where they were typed, as on a console."""

    def __init__(self, text, screen):
        super().__init__(text)
        self.screen = screen

    def readline(self, *_):
        line = super().readline()
        self.screen.write(line)
        return line


def recorded(folder, cache):
    """The transcript of the session, and the ticket made of its case."""
    from kb.cli import run
    from kb.cli.diagnosing import casework

    ticks = iter(range(60))
    screen = io.StringIO()
    case = str(folder / "pool01.json")
    with pytest.MonkeyPatch.context() as patch:
        for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
            patch.setenv(name, str(cache))
        for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "APPDATA"):
            patch.setenv(name, str(folder))
        patch.delenv("KB_PATH", raising=False)
        patch.setattr(casework, "now", lambda: f"2026-11-25T09:{next(ticks):02}:00+00:00")
        patch.setattr(sys, "stdin", Typist(TYPED.read_text(encoding="utf-8"), screen))
        with redirect_stderr(screen), redirect_stdout(screen):
            status = run([*COMMAND.split()[1:4], case])
        ticket = io.StringIO()
        with redirect_stdout(ticket):
            run(["case", "export", case])
    assert status == 0
    return f"$ {COMMAND}\n{screen.getvalue()}", ticket.getvalue()


@pytest.fixture(scope="module")
def session(tmp_path_factory, cache_home, shipped):  # with its index built, of which a first call tells
    return recorded(tmp_path_factory.mktemp("loop"), cache_home)


def test_the_session_in_the_examples_is_what_happens(session):
    assert session[0] == TRANSCRIPT.read_text(encoding="utf-8")


def test_the_ticket_in_the_examples_is_what_is_exported(session):
    assert session[1] == TICKET.read_text(encoding="utf-8")


def test_the_story_goes_from_a_guess_to_a_proof(session):
    text = session[0]
    stations = [
        "The Front End service is not running",
        "<target_fe>",
        "TCP 9001 (ConfDirManagement) is blocked",
        "Test-NetConnection -ComputerName fe02.fabrikam.example -Port 9001",
        "tcp9001 -> failed",
        "tcp9001 -> timeout",
        "-PoolState Active",
        "proved: tcp9001.connected",
        "proved: pool_state.active",
        "Fixed, and proved.",
    ]
    for station in stations:
        _, found, text = text.partition(station)
        assert found, station


if __name__ == "__main__":
    import tempfile

    sys.path.insert(0, str(EXAMPLES.parent))
    with tempfile.TemporaryDirectory() as folder:
        cache = Path(folder) / "cache"
        for home in (
            Path(folder) / "first",
            Path(folder) / "second",
        ):  # the first one builds the index, and tells of it
            home.mkdir()
            transcript, ticket = recorded(home, cache)
    TRANSCRIPT.write_text(transcript, encoding="utf-8", newline="\n")
    TICKET.write_text(ticket, encoding="utf-8", newline="\n")

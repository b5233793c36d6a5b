"""Long texts page by page, where there is somebody and something to show them."""

import io
import sys

import pytest

from kb.cli.pager import page

LONG = "".join(f"line {n}\n" for n in range(100))


class Screen(io.StringIO):
    def isatty(self):
        return True


@pytest.fixture
def screen(monkeypatch):
    """Page a text on a terminal of 24 lines; gives what was written there."""
    monkeypatch.setenv("LINES", "24")
    monkeypatch.setenv("COLUMNS", "80")

    def show(text):
        with monkeypatch.context() as patch:
            patch.setattr(sys, "stdout", Screen())
            page(text)
            return sys.stdout.getvalue()

    return show


@pytest.fixture
def pager(monkeypatch, tmp_path):
    """A pager that keeps what it gets; gives the path of that."""
    kept, script = tmp_path / "kept", tmp_path / "pager.py"
    script.write_text(f"import sys\nopen({str(kept)!r}, 'wb').write(sys.stdin.buffer.read())\n")
    monkeypatch.setenv("PAGER", f'"{sys.executable}" "{script}"')
    return kept


@pytest.mark.skipif(sys.platform == "win32", reason="other quotes")
def test_a_long_text_goes_to_the_pager_without_what_a_terminal_obeys(screen, pager):
    assert screen(LONG + "\x1b]52;c;aGk=\x07") == ""
    assert pager.read_text() == LONG + r"\x1b]52;c;aGk=\x07"


def test_a_short_text_does_not(screen, pager):
    assert screen("one\ntwo\n") == "one\ntwo\n"
    assert not pager.exists()


@pytest.mark.parametrize("wanted", ["no-such-pager -x", "", '"', "/etc"])
def test_a_pager_that_does_not_exist_is_no_error(screen, monkeypatch, wanted):
    monkeypatch.setenv("PAGER", wanted)
    assert screen(LONG) == LONG


def test_nothing_is_paged_where_nobody_sits(monkeypatch, pager, capsys):
    page(LONG)
    assert capsys.readouterr().out == LONG
    assert not pager.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="other quotes")
def test_a_pager_that_is_left_early_is_no_error(screen, monkeypatch):
    monkeypatch.setenv("PAGER", f'"{sys.executable}" -c "import sys; sys.exit(0)"')
    assert screen("x" * 80 * 20_000) == ""

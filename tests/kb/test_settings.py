"""The settings file: where it is looked for, what it may say, what comes before it."""

import sys
from pathlib import Path

import pytest

from diagnose.errors import KbError
from kb import settings as module
from kb.settings import Settings, settings, settings_path


@pytest.fixture
def written(monkeypatch, tmp_path):
    """Write the settings of the user; gives the folder."""
    for name in ("XDG_CONFIG_HOME", "HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("KB_PATH", raising=False)
    module._read.cache_clear()

    def write(text):
        path = settings_path()
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path.parent

    yield write
    module._read.cache_clear()


def test_without_a_file_everything_is_as_usual(written):
    assert settings() == Settings()


def test_the_file_says_what_holds(written, monkeypatch):
    folder = written("base = ['+mine', '/srv/kb']\nplatform = 'windows'\ncolour = 'never'\nzone = 'UTC'\n")
    found = settings()
    assert (found.platform, found.colour, found.zone) == ("windows", "never", "UTC")
    assert found.bases(folder) == (f"+{folder / 'mine'}", str(folder / "/srv/kb"))
    assert Settings(base="one").bases(Path("/x")) == (str(Path("/x/one")),)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zon = 'UTC'", "did you mean 'zone'?"),
        ("xyz = 1", "there are base, platform, colour, zone"),
        ("platform = 'beos'", "platform"),
        ("base = 7", "base"),
        ("zone = 'Mars/Base'", "is no zone"),
        ("zone", "is no TOML"),
        ("zone = '\udcff'", "is no TOML"),
    ],
)
def test_what_nobody_understands_is_an_error_with_the_file(written, text, said):
    path = settings_path()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(KbError, match=said):
        settings()


def test_an_option_and_the_environment_come_before_the_file(written, monkeypatch):
    from kb.cli.session import Session
    from kb.folders import shipped_articles

    written("base = '/from/file'")
    session = Session()
    assert session.bases == (Path("/from/file"),)
    monkeypatch.setenv("KB_PATH", "/from/environment")
    assert session.bases == (Path("/from/environment"),)
    session.named = ["/from/option"]
    assert session.bases == (Path("/from/option"),)
    session.named = ["+/more"]
    assert session.bases == (shipped_articles(), Path("/more"))
    session.named = ["/one", "+/more", "/two"]
    assert session.bases == (Path("/one"), Path("/two"), Path("/more"))


@pytest.mark.skipif(sys.platform in ("win32", "darwin"), reason="XDG folders are for other systems")
def test_nothing_is_read_from_where_kb_is_called(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", "relative")
    assert settings_path() is None
    monkeypatch.delenv("XDG_CONFIG_HOME")
    monkeypatch.setenv("HOME", "")
    assert settings_path() is None

"""What the machine has in the reader's language; what the command says of it."""

import pytest

from kb.catalogs import machine
from kb.cli import run


@pytest.fixture
def german(monkeypatch, tmp_path):
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "de_DE.UTF-8")
    folder = tmp_path / "locale" / "de" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "a.mo").write_bytes(b"")
    monkeypatch.setattr(machine, "FOLDERS", (str(tmp_path / "locale"),))
    return folder


def test_the_folders_of_the_readers_language(german, monkeypatch):
    assert machine.on_machine() == [german]
    monkeypatch.delenv("SYSTEMROOT", raising=False)
    for other in ("en_GB.UTF-8", "C", "ja_JP"):
        monkeypatch.setenv("LANG", other)
        assert machine.on_machine() == []


def test_the_messages_of_windows_in_the_languages_that_it_has(monkeypatch, tmp_path):
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for folder in ("de-DE", "en-US", "drivers"):
        (tmp_path / "System32" / folder).mkdir(parents=True)
        (tmp_path / "System32" / folder / "kernel32.dll.mui").write_bytes(b"")
    monkeypatch.setenv("SYSTEMROOT", str(tmp_path))
    assert machine.on_machine() == [tmp_path / "System32" / "de-DE" / "kernel32.dll.mui"]


def test_import_takes_catalogues_in_and_doctor_tells_of_them(german, monkeypatch, tmp_path, capsys):
    (tmp_path / "base").mkdir()
    (tmp_path / "base" / "one.md").write_text("# The pump stops\n", encoding="utf-8")
    for name in ("XDG_DATA_HOME", "APPDATA", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    assert run(["doctor", "--kb", str(tmp_path / "base")]) == 0
    assert f"kb import catalog {german}" in capsys.readouterr().out
    (tmp_path / "de.po").write_text('msgid "the pump stops"\nmsgstr "die Pumpe hält an"\n', encoding="utf-8")
    assert run(["import", "catalog", str(tmp_path / "de.po"), "--to", "x"]) == 2
    assert run(["import", "catalog", str(german)]) == 2  # the file is no catalogue
    assert run(["import", "catalog", str(tmp_path / "de.po")]) == 0
    assert "1 messages of 1 catalogues" in capsys.readouterr().out
    assert run(["doctor", "--kb", str(tmp_path / "base")]) == 0
    assert "1 messages of 1 files" in capsys.readouterr().out

"""What tests of several rooms of kb share: a base of one small article, and calls on it."""

import pytest

WIDGET = """---
id: widget-lost
title: The widget is lost
signals:
  gone: {contains: widget not found}
symptoms: [gone]
causes:
  - {id: eaten, title: Somebody ate the widget, evidence: [{signal: gone, supports: strong}]}
---
Text.
"""


@pytest.fixture
def widget_base(tmp_path):
    """A folder with one article, which `widget not found` brings up."""
    place = tmp_path / "base" / "widget-lost"
    place.mkdir(parents=True)
    (place / "article.md").write_text(WIDGET, encoding="utf-8")
    return tmp_path / "base"


@pytest.fixture
def on_widgets(widget_base, tmp_path, monkeypatch, capsysbinary):
    """Call kb on that base, in a folder and a home of its own: status, standard output, standard error."""
    from kb.cli import run

    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    monkeypatch.chdir(tmp_path)

    def call(*words):
        code = run([words[0], "--kb", str(widget_base), *words[1:]])
        printed = capsysbinary.readouterr()
        return code, printed.out.decode(), printed.err.decode()

    return call

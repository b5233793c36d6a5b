"""`kb audit`: its status, what it refuses, and that no secret of the report or the logs is shown."""

import json

import pytest

from kb.cli import run

ARTICLE = """---
id: valve-stuck
title: The valve of a tank does not open
signals:
  stuck: {contains: valve did not open within the time that it was given}
symptoms: [stuck]
causes:
  - {id: rusty, title: Rust blocks the valve}
---
# The valve
"""

LOG = (
    "2026-11-21 09:14:32 ERROR login of app failed, password=hunter2hunter2 refused\n2026-11-21 09:15:00 INFO bye now\n"
)


@pytest.fixture
def audit(tmp_path, monkeypatch, capsys):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    place = tmp_path / "base" / "valve-stuck"
    place.mkdir(parents=True)
    (place / "article.md").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "app.log").write_text(LOG, encoding="utf-8")

    def call(report, *more):
        place = tmp_path / "report.md"
        place.write_bytes(report if isinstance(report, bytes) else report.encode())
        code = run(["--kb", str(tmp_path / "base"), "audit", str(place), *(more or [str(tmp_path / "app.log")])])
        return code, capsys.readouterr()

    return call


def test_status_tells_whether_something_is_wrong(audit):
    assert audit("The log says `login of app failed`.")[0] == 0
    code, said = audit("The log says `login of app succeeded`.")
    assert code == 1
    assert "STANDS NOWHERE IN THESE LOGS (1)" in said.out
    assert "app.log:1" in said.out
    code, said = audit("All is well.")
    assert code == 0
    assert "NO CLAIM FOUND" in said.out


def test_bad_calls_say_what_to_do(audit, tmp_path):
    for code, said in (
        audit("x", str(tmp_path / "no-such.log")),
        audit(bytes(range(256)) * 4),
        audit("x", "--max-bytes", "10", str(tmp_path / "app.log")),
        (run(["audit", str(tmp_path / "none.md"), str(tmp_path / "app.log")]), None),
    ):
        assert code == 2
        assert said is None or "Traceback" not in said.err
    assert run(["audit", str(tmp_path / "report.md")]) == 2


def test_no_secret_is_shown(audit, tmp_path):
    report = "The log says `password=hunter2hunter2 refused` once, with api_key=sk_live_abcdefghij0123456789."
    for form in ("text", "json", "markdown", "html"):
        _, said = audit(report, str(tmp_path / "app.log"), "--format", form, "-v" if form == "text" else "--force")
        assert "hunter2hunter2" not in said.out
    _, said = audit(report, str(tmp_path / "app.log"), "--raw", "--format", "json")
    assert "hunter2hunter2" in said.out
    assert json.loads(said.out)["claims"][0]["verdict"] == "supported"

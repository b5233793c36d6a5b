"""What `kb lint` asks of an article follows from what the article claims to be."""

from datetime import date

import pytest

from kb.authoring.linting.lint import lint

ARTICLE = """---
id: valve-stuck
title: The valve does not open{status}
signals:
  stuck: {{contains: the valve did not open within its time}}
symptoms: [stuck]
causes:
  - {{id: rust, title: Rust{rest}}}
---
# It
"""
WHOLE = ", evidence: [{signal: stuck, supports: strong}], remediation: [{text: Clean it}]"


@pytest.fixture
def findings(base):
    def run(text, name="valve_stuck"):
        store = base(**{name: text})
        assert store.faults() == ()
        return [fault.what for name in store.ids() for fault in lint([store.article(name)], date(2026, 11, 25))]

    return run


def test_samples_and_a_second_reading_are_asked_of_an_article_that_says_it_is_stable(findings):
    found = findings(ARTICLE.format(status="\nstatus: stable", rest=WHOLE))
    assert [what.split(";")[0] for what in found[:2]] == ["0 samples in samples/symptom", "0 samples in samples/other"]
    assert found[2:] == ["stable, and no review.md beside it"]


@pytest.mark.parametrize("status", ["", "\nstatus: test"])
def test_of_any_other_article_only_that_it_is_complete(findings, status):
    assert findings(ARTICLE.format(status=status, rest=WHOLE)) == []
    found = findings(ARTICLE.format(status=status, rest=""))
    assert [what.split(":")[0] for what in found] == ["cause 'rust' has no evidence", "cause 'rust' has no remediation"]


@pytest.mark.parametrize("status", ["\nstatus: draft", "\nstatus: deprecated", "\norigin: {format: cre}"])
def test_drafts_what_is_deprecated_and_imports_need_not_be_complete(findings, status):
    assert findings(ARTICLE.format(status=status, rest="")) == []


def test_plain_markdown_is_asked_for_nothing(findings):
    assert findings("# The valve does not open\n\n> The valve did not open within its time\n") == []


def test_of_a_plain_article_what_will_be_matched_is_listed(tmp_path, monkeypatch, capsys):
    import json

    from kb.cli import run

    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    base = tmp_path / "base"
    base.mkdir()
    quoted = "prints `lease 42 is held by node-b, giving up at last` with 0x80070005"
    (base / "broker.md").write_text(f"# The broker does not start\n\nIt {quoted}.\n", encoding="utf-8")
    (base / "prose.md").write_text("# On tanks\n\nThey are full or they are not.\n", encoding="utf-8")
    assert run(["lint", "--kb", str(base)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("broker.md: plain Markdown, matched by")
    assert lines[1:3] == ["  message  lease 42 is held by node-b, giving up at last", "  code     0x80070005"]
    prose = next(n for n, line in enumerate(lines) if line.endswith("prose.md: plain Markdown, matched by"))
    assert lines[prose + 1].startswith("  nothing of its own")
    assert lines[-1] == "2 articles, 0 findings"
    run(["lint", "--kb", str(base), "--format", "json"])
    assert json.loads(capsys.readouterr().out)["matched"][0]["codes"] == ["0x80070005", "win32:5"]

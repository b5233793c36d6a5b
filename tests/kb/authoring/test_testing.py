"""`kb test`: what it counts, and what it may not pass over."""

import pytest

from kb.cli import run

ARTICLE = """---
id: valve
title: The valve does not open
status: test
signals: {stuck: {contains: valve did not open within its time}}
symptoms: [stuck]
causes: [{id: rust, title: Rust blocks it}]
---
# The valve does not open
"""


@pytest.fixture
def base(tmp_path):
    folder = tmp_path / "base" / "valve"
    (folder / "samples" / "symptom").mkdir(parents=True)
    (folder / "article.md").write_text(ARTICLE, encoding="utf-8")
    (folder / "samples" / "symptom" / "a.txt").write_text("valve did not open within its time\n", encoding="utf-8")
    return folder.parent


def test_an_article_that_was_left_out_is_no_success(base, capsys):
    assert run(["test", "--kb", str(base), "valve"]) == 0
    assert capsys.readouterr().out == "1 samples, 0 failures\n"
    (base / "broken").mkdir()
    (base / "broken" / "article.md").write_text(ARTICLE.replace("contains:", "contians:"), encoding="utf-8")
    assert run(["test", "--kb", str(base), "valve"]) == 0
    capsys.readouterr()
    assert run(["test", str(base), "--jobs", "1"]) == 1
    out, err = capsys.readouterr()
    assert out == "1 samples, 0 failures, 1 left out\n"
    assert "article left out" in err


def test_the_command_for_the_output_reads_the_same_base(base, tmp_path, monkeypatch, capsys):
    article = base / "valve" / "article.md"
    check = "checks: {supply: {title: Has it power, commands: {bash: valvectl supply}, outcomes: {off: {contains: no supply}}}}\n"
    clue = "Rust blocks it, evidence: [{check: supply.off, supports: strong}]}"
    article.write_text(ARTICLE.replace("---\n#", f"{check}---\n#").replace("Rust blocks it}", clue), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    error = base / "valve" / "samples" / "symptom" / "a.txt"
    (tmp_path / "e.txt").write_bytes(error.read_bytes())
    assert run(["diagnose", "--kb", "base", "e.txt"]) == 0
    assert "kb diagnose --kb base e.txt OUTPUT.txt" in capsys.readouterr().out

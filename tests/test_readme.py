"""The README is run: its sessions give what it shows, its two commands are there, its article works."""

import re
import shlex

import pytest

SESSION = re.compile(r"```console\n(.*?)```", re.DOTALL)


@pytest.fixture(scope="module")
def readme(root):
    return (root / "README.md").read_text(encoding="utf-8")


def blocks(text, kind):
    return re.findall(rf"^```{kind}\n(.*?)^```", text, re.DOTALL | re.MULTILINE)


def test_every_session_gives_the_output_it_shows(readme, root, monkeypatch, capsys, tmp_path, cache_home):
    from kb.cli import run

    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    monkeypatch.setenv("LOCALAPPDATA", str(cache_home))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))  # no resolved cases of whoever runs this
    monkeypatch.setenv("APPDATA", str(tmp_path))
    monkeypatch.delenv("KB_PATH", raising=False)
    sessions = SESSION.findall(readme)
    assert sessions
    for session in sessions:
        command, _, expected = session.partition("\n")
        assert command.startswith("$ kb ")
        run(shlex.split(command)[2:])
        assert capsys.readouterr().out.rstrip() == expected.rstrip()


def test_the_two_commands_are_the_first_lines_with_pip_install(readme):
    lines = [line for block in blocks(readme, "sh") for line in block.splitlines() if "pip install" in line]
    assert "kb diagnose examples/" in lines[0]
    assert lines[1].endswith("-m pytest")


def test_the_article_of_the_five_minutes_works(readme, base):
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import diagnose

    (article,) = blocks(readme, "markdown")
    store = base(print_spooler_stopped=article)
    assert store.faults() == ()
    text = "Error: the print spooler service is not running.\nPS C:\\> Get-Service -Name Spooler\n\nStatus   Name               DisplayName\n------   ----               -----------\nStopped  Spooler            Print Spooler\n"
    diagnosis = diagnose(open_inputs(["-"], BytesIO(text.encode())), store)
    assert diagnosis.causes[0].id == "print-spooler-stopped/service-stopped"
    assert diagnosis.verdict == "confirmed"


def test_lint_has_nothing_to_say_of_the_article_of_the_five_minutes(readme, base):
    from datetime import date

    from kb.authoring.linting.lint import lint

    store = base(print_spooler_stopped=blocks(readme, "markdown")[0])
    assert lint([store.article("print-spooler-stopped")], date(2026, 11, 25)) == []


def test_every_figure_of_quality_in_the_readme_stands_in_the_page_of_figures(readme, root):
    section = readme.split("## Your own knowledge")[1].split("\n## ")[0]
    figures = re.findall(r"(?<![\d.])\.\d{3}\b", section)
    quality = (root / "docs" / "quality.md").read_text(encoding="utf-8")
    assert len(figures) >= 5
    assert all(re.search(rf"(?<![\d.]){re.escape(figure)}\b", quality) for figure in figures)


def test_every_command_of_the_help_is_in_the_readme_or_the_reference(readme, root):
    from kb.cli import COMMANDS

    reference = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    assert all(f"kb {name}" in readme + reference for name in COMMANDS)


def test_the_reference_is_what_help_prints(root):
    from click.testing import CliRunner

    from kb.cli import COMMANDS, cli

    reference = (root / "docs" / "commands.md").read_text(encoding="utf-8")
    for name in COMMANDS:
        text = CliRunner().invoke(cli, [name, "--help"], prog_name="kb", terminal_width=100).output
        assert text.strip() in reference, f"python benchmarks/make_reference.py > docs/commands.md ({name})"


def test_the_example_of_an_audit_is_what_kb_prints(root, capsys, monkeypatch, cache_home):
    from kb.cli import run

    monkeypatch.chdir(root)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache_home))
    monkeypatch.setenv("LOCALAPPDATA", str(cache_home))
    assert run(["audit", "examples/audit/report.md", "examples/pool-failover.txt"]) == 1
    assert capsys.readouterr().out == (root / "examples" / "audit" / "verdict.txt").read_text(encoding="utf-8")

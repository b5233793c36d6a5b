"""The library on the command line: listed, shown, linted, tested, and named where an answer is explained."""

import json
from pathlib import Path

import jsonschema
import pytest

from kb.articles.json_schema import library_schema, schema
from kb.cli import run
from kb.documents.yaml_subset import load_yaml
from kb.library.files import shipped

ARTICLE = """---
id: x
title: The pump cannot be reached
params: {host: {type: host, ask: the pump}, port: {type: port, default: '9001'}}
signals:
  refused: {use: connection-refused, with: {host: '${host}', port: '${port}'}}
symptoms: [refused]
causes:
  - {id: off, title: The pump is off, evidence: [{check: tcp.refused, supports: strong}], remediation: [{text: Switch it on.}]}
checks:
  tcp: {use: tcp-port, with: {host: '${host}', port: '${port}'}}
  spare: {use: pump, with: {host: '${host}'}}
---
"""
PUMP = "title: Does the pump ${host} turn?\nvalues: {host: {type: host}}\non: the pump\ncommands: {bash: 'pumpctl ${host}'}\noutcomes: {turns: {contains: it turns}}\nmade: {real: 'yes: by hand'}\n"
PASTE = "ssh: connect to host app07.example.com port 2222: Connection refused\n"


@pytest.fixture
def base(tmp_path, monkeypatch):
    cache = tmp_path / "cache"
    (cache / "kb-diagnose").mkdir(parents=True, mode=0o700)
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    monkeypatch.setenv("LOCALAPPDATA", str(cache))
    monkeypatch.setenv("HOME", str(tmp_path))
    folder = tmp_path / "base"
    (folder / "x").mkdir(parents=True)
    (folder / "x" / "article.md").write_text(ARTICLE, encoding="utf-8")
    pump = folder / "library" / "checks" / "pump"
    (pump / "outputs" / "turns").mkdir(parents=True)
    (pump / "check.yaml").write_text(PUMP, encoding="utf-8")
    (pump / "outputs" / "turns" / "real.txt").write_text("it turns\n", encoding="utf-8")
    return folder


def called(capsys, *arguments):
    code = run([*arguments])
    seen = capsys.readouterr()
    return code, seen.out, seen.err


def test_checks_and_signals_are_listed_with_their_values_outcomes_and_origin(base, capsys):
    code, out, _ = called(capsys, "list", "--checks", "--kb", str(base))
    assert code == 0
    assert "tcp-port(host, port)\n" in out
    assert (
        f"pump(host)  [{base / 'library' / 'checks' / 'pump' / 'check.yaml'}]\n    Does the pump ${{host}} turn?\n    turns\n"
        in out
    )
    code, out, _ = called(capsys, "list", "--signals", "--format", "json", "--kb", str(base))
    names = {row["name"]: row for row in json.loads(out)}
    assert names["connection-refused"]["values"] == ["host", "port"]
    assert names["connection-refused"]["origin"] == "shipped with kb"
    assert called(capsys, "list", "--checks", "--tag", "x", "--kb", str(base))[0] == 2


def test_an_entry_is_shown_and_an_unknown_one_is_named_with_the_closest(base, capsys):
    code, out, _ = called(capsys, "show", "check:tcp-port", "--kb", str(base))
    assert code == 0
    assert "Test-NetConnection -ComputerName ${host} -Port ${port}" in out
    assert "- refused\n" in out
    code, out, _ = called(capsys, "show", "signal:broken-pipe", "--format", "json", "--kb", str(base))
    assert json.loads(out)["origin"] == "shipped with kb"
    code, _, err = called(capsys, "show", "check:pumb", "--kb", str(base))
    assert code == 2
    assert "did you mean 'pump'?" in err


def test_an_article_and_an_explained_answer_say_where_a_check_comes_from(base, capsys):
    _, out, _ = called(capsys, "show", "x", "--format", "markdown", "--kb", str(base))
    assert "(check:tcp-port, shipped with kb)" in out
    assert f"(check:pump, {base / 'library' / 'checks' / 'pump' / 'check.yaml'})" in out
    _, out, _ = called(capsys, "diagnose", "--kb", str(base), "--explain", "--text", PASTE)
    assert out.endswith("Checks of the library:\n\n- x, tcp: check:tcp-port, shipped with kb\n")
    _, out, _ = called(capsys, "diagnose", "--kb", str(base), "--text", PASTE)
    assert "Checks of the library" not in out


def test_lint_names_a_check_that_no_cause_asks_and_deep_its_outcomes(base, capsys):
    code, out, _ = called(capsys, "lint", str(base))
    assert code == 1
    assert ":12:3: no cause says what the outcomes of check 'spare' (pump) mean" in out
    assert "tcp" not in out
    _, out, _ = called(capsys, "lint", "--deep", str(base))
    assert "no cause speaks of tcp.name-error, tcp.connected, tcp.unreachable, tcp.timeout, tcp.failed" in out
    own = "refused: {title: Is it up?, commands: {bash: look}, outcomes: {up: {contains: it is up}}}"
    text = ARTICLE.replace(
        "spare: {use: pump, with: {host: '${host}'}}", own
    )  # a check of the name of a signal that is used
    (base / "x" / "article.md").write_text(text, encoding="utf-8")
    _, out, _ = called(capsys, "lint", "--deep", str(base))
    assert (
        "no cause speaks of tcp.name-error" in out
        and "refused.up" in out
        and "no cause speaks of refused.up" not in out
    )


def test_kb_test_runs_the_recorded_outputs_of_the_library(base, capsys):
    code, out, _ = called(capsys, "test", "check:pump", "--kb", str(base))
    assert (code, out) == (0, "1 samples, 0 failures\n")
    (base / "library" / "checks" / "pump" / "outputs" / "turns" / "real.txt").write_text(
        "it stands\n", encoding="utf-8"
    )
    code, out, _ = called(capsys, "test", "check:pump", "--kb", str(base))
    assert code == 1
    assert "is recognised as 'unclear'" in out
    assert called(capsys, "test", "check:pumb", "--kb", str(base))[0] == 2


FRONT = {"id": "x", "title": "X", "signals": {"r": {"use": "connection-refused", "with": {"host": "${h}"}}}}


@pytest.mark.parametrize(
    ("check", "good"),
    [
        ({"use": "tcp-port", "with": {"host": "${h}", "port": 135}}, True),
        ({"use": "tcp-port", "commands": {"cmd": None}, "outcomes": {"timeout": None}}, True),
        ({"title": "What?", "outcomes": {"a": {"contains": "b"}}}, True),
        ({"with": {"host": "x"}}, False),
        ({"use": ["tcp-port"]}, False),
        ({"use": "tcp-port", "with": {"host": ["a"]}}, False),
    ],
)
def test_the_json_schema_knows_use_and_with(check, good):
    validator = jsonschema.Draft202012Validator(schema())
    assert validator.is_valid({**FRONT, "checks": {"c": check}}) is good


def typed_as_written(value):
    """As an editor reads it: the reader of kb leaves every value a text."""
    if isinstance(value, dict):
        return {key: typed_as_written(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [typed_as_written(inner) for inner in value]
    return (
        int(value) if isinstance(value, str) and value.isdecimal() else {"true": True, "false": False}.get(value, value)
    )


@pytest.mark.parametrize("kind", ["check", "signal"])
def test_the_json_schema_of_a_library_file_takes_what_ships_and_no_mistake(kind):
    validator = jsonschema.Draft202012Validator(library_schema(kind))
    paths = [Path(file.path) for file in shipped() if file.kind == kind][:12]
    files = [typed_as_written(load_yaml(path.read_text(encoding="utf-8")).value) for path in paths]
    assert [list(validator.iter_errors(value)) for value in files] == [[]] * 12
    for wrong in (
        {"tittle": "x"},
        {"sources": [1.5, []]},
        {"captures": {"h": "hots"}, "values": {"h": {"type": "hots"}}},
    ):
        assert not validator.is_valid({**files[0], **wrong})


def test_the_page_lists_every_name_with_its_values_and_outcomes(root):
    from kb.library.listing import rows

    page = (root / "docs" / "library.md").read_text(encoding="utf-8")
    for row in rows("check", ()):
        assert f"| `{row.name}` | {', '.join(row.values)} | {', '.join(row.outcomes)} |" in page, row.name
    for row in rows("signal", ()):
        assert f"| `{row.name}` | {', '.join(row.values)} | {row.title} |" in page, row.name

"""Faults for people, for GitHub and as SARIF."""

import json

import pytest

from kb.authoring.linting import report as lint_report
from kb.documents.fault import Fault


@pytest.fixture
def fault(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a b").mkdir()
    path = tmp_path / "a b" / "article.md"
    path.write_text("---\nid: x\n\tbad: [\x1b]0;x\n" + "y" * 90 + "HERE" + "z" * 90 + "\n", encoding="utf-8")

    def make(line, column, what="it is 100 % wrong,\nreally", severity="error"):
        return Fault(path=str(path), line=line, column=column, what=what, way_out="mend it", severity=severity)

    return make


def test_the_source_line_is_shown_with_a_caret_at_the_place(fault):
    lines = lint_report.text([fault(2, 5, "wrong")], 1).splitlines()
    assert lines[0].endswith(":2:5: wrong; mend it (error)")
    assert lines[1:3] == ["     2 | id: x", "       |     ^"]
    assert lines[3] == "1 articles, 1 findings"


def test_a_long_line_is_cut_around_the_place_and_controls_are_shown_as_escapes(fault):
    shown = lint_report.text([fault(4, 91), fault(3, 2)], 1)
    line, caret = shown.splitlines()[1:3]
    assert line[caret.index("^") :].startswith("HERE")
    assert len(line) < 120
    assert "\x1b" not in shown


@pytest.mark.parametrize(("line", "column"), [(0, 0), (99, 1), (5, 1)])
def test_a_place_that_the_file_does_not_have_shows_no_line(fault, line, column):
    assert len(lint_report.text([fault(line, column, "wrong")], 1).splitlines()) == 2


def test_github_gets_one_line_a_fault_with_its_marks_escaped(fault):
    out = lint_report.github([fault(2, 5), fault(0, 0, "x", "warning")], 1)
    assert out == (
        "::error file=a b/article.md,line=2,col=5,title=kb lint::it is 100 %25 wrong,%0Areally; mend it\n"
        "::warning file=a b/article.md,line=1,col=1,title=kb lint::x; mend it\n"
    )


def test_sarif_has_what_readers_ask_for(fault):
    told = json.loads(lint_report.sarif([fault(2, 5)], 1))
    (run,) = told["runs"]
    (result,) = run["results"]
    assert told["version"] == "2.1.0"
    assert result["ruleId"] in [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "a%20b/article.md"
    assert place["region"] == {"startLine": 2, "startColumn": 5}
    assert json.loads(lint_report.sarif([], 0))["runs"][0]["results"] == []

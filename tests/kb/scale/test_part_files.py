"""`kb scan`: part files made on the command line, and what is refused."""

import json

import pytest


@pytest.fixture
def kb(on_widgets):
    return on_widgets


def test_parts_of_single_files_answer_as_the_files_do(kb, tmp_path):
    for name, text in (("a.log", "fine\n"), ("b.log", "x\nerror: widget not found\n")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert kb("scan", "b.log", "--to", "2.kbpart")[0] == 0
    assert kb("scan", "a.log", "--to", "1.kbpart")[0] == 0
    expected = kb("diagnose", "a.log", "b.log", "--format", "json")
    assert kb("diagnose", "2.kbpart", "1.kbpart", "--format", "json") == expected
    assert '"source": "b.log"' in expected[1]


def test_secrets_stay_out_unless_asked_for_and_a_label_tells_the_machine(kb, tmp_path):
    (tmp_path / "a.log").write_text("password=Hunter2x9\nerror: widget not found\n", encoding="utf-8")
    assert kb("scan", "a.log", "--to", "a.kbpart", "--label", "web01")[0] == 0
    shown = json.loads(kb("diagnose", "a.kbpart", "--raw", "--context", "1", "--format", "json")[1])
    assert "Hunter2x9" not in json.dumps(shown)
    assert shown["inputs"][0]["name"] == "web01:a.log"


@pytest.mark.parametrize(
    ("words", "what"),
    [
        (("--to", "old.kbpart"), "exists; name another file, or add --force"),
        (("--to", "no/such/x.kbpart"), "name a file that can be written"),
        (("--to", "x.kbpart", "--piece", "3/2"), "not of the form K/N"),
        (("--to", "x.kbpart", "--piece", "1/2", "b.log"), "cuts one file"),
        (("--to", "x.kbpart", "--piece", "1/2", "--since", "09:00"), "cannot go with --since"),
        (("--to", "x.kbpart", "--raw", "--redact", "personal"), "choose one"),
    ],
)
def test_what_is_refused(kb, tmp_path, words, what):
    (tmp_path / "old.kbpart").write_text("mine", encoding="utf-8")
    (tmp_path / "a.log").write_text("x\n", encoding="utf-8")
    code, _, said = kb("scan", "a.log", *words)
    assert (code, said.count("\n")) == (2, 1)
    assert what in said
    assert (tmp_path / "old.kbpart").read_text(encoding="utf-8") == "mine"


def test_a_part_has_no_lines_for_a_comparison_or_a_span(kb, tmp_path):
    (tmp_path / "a.log").write_text("10:00:00 error: widget not found\n", encoding="utf-8")
    kb("scan", "a.log", "--to", "a.kbpart")
    assert "no lines to compare" in kb("diagnose", "a.log", "--baseline", "a.kbpart")[2]
    assert "no lines to compare" in kb("diagnose", "a.kbpart", "--baseline", "a.log")[2]
    assert "give --since to kb scan" in kb("diagnose", "a.kbpart", "--since", "09:00")[2]

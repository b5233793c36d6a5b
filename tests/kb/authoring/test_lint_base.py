"""A base as a whole: what `kb lint --deep` says, and how samples survive damage (`kb test --mutate`)."""

import json
from pathlib import Path

import pytest

from kb.cli import run

ARTICLE = """---
id: {id}
title: The {id} does not open
signals:
  stuck: {{contains: {text}}}
  never: {{regex: 'a text that no sample (?:of|with) the {id} shows'}}
  word: {{contains: a literal that no sample shows}}
  both: {{all: [stuck, word]}}
  neither: {{all: [never, word]}}
symptoms: [stuck]
causes:
  - {{id: rusty, title: Rust, evidence: [{{signal: never, supports: strong}}, {{signal: both, supports: weak}}, {{signal: neither, supports: weak}}, {{check: look.red, supports: strong}}]}}
  - {{id: power, title: No power}}
checks:
  look: {{title: What colour is it?, commands: {{bash: look}}, outcomes: {{red: {{contains: red}}, blue: {{contains: blue}}}}}}
{more}---
# It
"""


@pytest.fixture
def base(tmp_path, monkeypatch):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))

    def make(name, text, sample, more="", shown="red", other=""):
        place = tmp_path / "base" / name
        (place / "samples/symptom").mkdir(parents=True)
        (place / "samples/other").mkdir()
        (place / "samples/other/a.txt").write_text(other, encoding="utf-8")
        (place / "outputs/look/red").mkdir(parents=True)
        (place / "outputs/look/red/a.txt").write_text(shown, encoding="utf-8")
        (place / "article.md").write_text(ARTICLE.format(id=name, text=text, more=more), encoding="utf-8")
        (place / "samples/symptom/a.txt").write_text(sample, encoding="utf-8")
        return str(tmp_path / "base")

    return make


@pytest.fixture
def findings(capsys):
    def deep(folder):
        capsys.readouterr()
        run(["lint", "--deep", "--format", "json", "--kb", folder])
        return [fault["what"] for fault in json.loads(capsys.readouterr().out)["faults"]]

    return deep


VALVE = "valve of the tank did not open within its time"
DOOR = "door of the furnace was found open while it was hot"


def test_signals_causes_and_outcomes_that_nothing_shows_are_named(base, findings):
    found = findings(base("valve", VALVE, f"12:00 {VALVE}\n"))
    assert "no sample shows 2 signals: never, both" in found
    assert [what for what in found if "'power'" in what] == [
        "cause 'power' has no evidence: nothing can tell it from the others",
        "cause 'power' has no remediation",
    ]
    assert "no output shows look.blue" in found


def test_of_a_draft_only_the_deep_look_asks_what_speaks_for_its_causes(base, findings):
    found = findings(base("valve", VALVE, f"12:00 {VALVE}\n", more="status: draft\n"))
    assert [what for what in found if "'power'" in what] == ["nothing speaks for or against the cause 'power'"]


def test_an_output_of_a_check_shows_a_signal_as_well_as_a_sample_does(base, findings):
    found = findings(base("valve", VALVE, f"12:00 {VALVE}\n", shown="a text that no sample with the valve shows"))
    assert "no sample shows 2 signals: both, neither" in found


def test_a_stranger_may_lead_on_a_look_alike(base, findings):
    base("valve", VALVE, f"12:00 {VALVE}\n")
    folder = base("door", DOOR, f"12:00 {DOOR}\n", other=f"12:00 {VALVE}\n")
    assert not any(what.startswith("valve is") for what in findings(folder))


def test_two_articles_that_look_for_the_same_are_named_unless_they_are_linked(base, findings):
    base("valve", VALVE, f"12:00 {VALVE}\n")
    folder = base("valve-two", VALVE.upper(), f"12:00 {VALVE}\n")
    assert any("is also one of valve" in what for what in findings(folder))
    linked = base("door", DOOR, f"{DOOR}\n")
    base("door-two", DOOR, f"{DOOR}\n", more="related: [{id: door, type: similar}]\n")
    assert not any("is also one of door" in what for what in findings(linked))


def test_a_check_that_two_articles_write_out_alike_is_named_and_one_of_other_words_is_not(base, findings):
    base("valve", VALVE, f"12:00 {VALVE}\n")
    folder = base("door", DOOR, f"12:00 {DOOR}\n")
    named = "the check 'look' is written out in door too, as 'look'"
    assert named in findings(folder)
    door = Path(folder) / "door" / "article.md"
    text = door.read_text(encoding="utf-8")
    for old, new in (
        ("bash: look", "bash: peer"),
        ("{contains: red}, blue: {contains: blue}", "{contains: ajar}, blue: {contains: shut}"),
    ):
        door.write_text(text.replace(old, new), encoding="utf-8")
        assert named not in findings(folder)


def test_a_sample_that_leads_to_a_stranger_is_named(base, findings):
    base("valve", VALVE, f"12:00 {VALVE}\n")
    folder = base("door", DOOR, f"12:00 {VALVE}\n")
    assert any(what.startswith("valve is") and what.endswith("on symptom/a.txt") for what in findings(folder))


def test_damaged_samples_are_counted_by_the_kind_of_damage(base, capsys):
    folder = base("valve", VALVE, f"12:00 start of the plant\n12:01 {VALVE}\n12:02 the plant stopped\n12:03 end\n")
    assert run(["test", "--mutate", "--kb", folder]) == 0
    printed = capsys.readouterr().out
    assert "wrapped at 80          1 of 1 articles" in printed
    assert "among other lines      1 of 1 articles" in printed


def test_too_few_survivors_are_a_failure(base, capsys):
    text = "the " + " ".join(f"valve{letter}" for letter in "abcdefghijklmnopqrstuvwxyz") + " of the tank did not open"
    folder = base("valve", "of the tank did not open", f"12:00 {text}\n")
    assert run(["test", "--mutate", "--kb", folder]) == 1
    assert "cut at 120             0 of 1 articles" in capsys.readouterr().out

"""`kb why`: what was found of an article, what was not, and how near it came."""

import json

import pytest

from kb.cli import run

ARTICLE = """---
id: valve-stuck
title: The valve of a tank does not open
signals:
  stuck: {contains: valve did not open within the time that it was given}
  pressure: {regex: 'pressure of (?P<tank>tank\\d+) rose to \\d+ bar'}
  both: {all: [stuck, pressure]}
  rust: {contains: traces of rust in the filter}
  code: {code: '0x800706BA'}
  event: {event: {provider: Tank, id: 4711}}
symptoms: [stuck, both]
causes:
  - {id: rusty, title: Rust blocks the valve, evidence: [{signal: rust, supports: strong}]}
  - {id: power, title: The valve has no power, evidence: [{check: supply.off, supports: strong}]}
checks:
  supply:
    title: Has it power?
    commands: {bash: 'valvectl supply || echo "the supply of the valve is off"'}
    outcomes: {off: {contains: the supply of the valve is off}}
---
# The valve
"""


@pytest.fixture
def why(tmp_path, monkeypatch, capsys):
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    place = tmp_path / "base" / "valve-stuck"
    place.mkdir(parents=True)
    (place / "article.md").write_text(ARTICLE, encoding="utf-8")

    def call(text, *more, name="valve-stuck"):
        code = run(["why", "--kb", str(tmp_path / "base"), name, "--text", text, *more])
        return code, capsys.readouterr()

    return call


def answer(why, text):
    code, printed = why(text, "--format", "json")
    return code, json.loads(printed.out)


def test_a_found_signal_is_shown_with_its_line(why):
    code, found = answer(why, "12:00 start\n12:01 valve did not open within the time that it was given")
    assert code == 0
    assert found["reported"] is True
    stuck = found["signals"][0]
    assert (stuck["state"], stuck["seen"][0]["line"], stuck["symptom"]) == ("found", 2, True)


def test_a_near_miss_tells_how_much_was_there_and_where_it_breaks_off(why):
    code, found = answer(why, "x\nvalve did not open within the time of the test")
    assert code == 1
    (miss,) = found["signals"][0]["near"]
    assert miss["piece"] == "valve did not open within the time"
    assert miss["missing"] == "that"
    assert miss["line"] == 2
    assert 0.5 < miss["share"] < 0.8


def test_the_parts_of_a_pattern_are_looked_for_one_by_one(why):
    _, found = answer(why, "the pressure of vessel7 rose to 30 bar")
    (miss,) = found["signals"][1]["near"]
    assert miss["piece"].startswith("pressure of")


def test_a_combination_names_the_members_that_are_missing(why):
    _, found = answer(why, "valve did not open within the time that it was given")
    both = next(signal for signal in found["signals"] if signal["name"] == "both")
    assert both["members_missing"] == ["pressure"]


def test_other_codes_and_events_than_the_wanted_ones_are_told(why, tmp_path):
    _, found = answer(why, "Event ID: 7031\nfailed with 0x80070005")
    reasons = {signal["name"]: signal["why"] for signal in found["signals"]}
    assert reasons["code"] == "other codes are there: 0x80070005"
    assert reasons["event"] == "other event ids are there: 7031"


def test_open_clues_of_each_cause_are_told(why):
    _, found = answer(why, "valve did not open within the time that it was given")
    assert {cause["id"]: cause["open"] for cause in found["causes"]} == {"rusty": ["rust"], "power": ["supply.off"]}


def test_the_number_is_the_one_of_the_diagnosis(why):
    _, found = answer(why, "valve did not open within the time that it was given")
    assert found["score"]["value"] == pytest.approx(sum(part["value"] for part in found["score"]["parts"]))


def test_an_unknown_article_is_named_with_the_nearest(why):
    code, printed = why("x", name="valve-stick")
    assert code == 2
    assert "did you mean 'valve-stuck'" in printed.err


def test_secrets_in_quotes_are_hidden(why):
    _, printed = why("valve did not open within the time that it was given password=hunter2hunter2")
    assert "hunter2hunter2" not in printed.out


def test_outputs_of_checks_count_as_in_a_diagnosis(why):
    seen = "valve did not open within the time that it was given\n"
    _, shown = why(seen)
    assert "not seen: supply.off" in shown.out
    _, shown = why(f"{seen}the supply of the valve is off\n")
    assert "seen: supply.off +2.30" in shown.out
    assert "not seen: supply.off" not in shown.out

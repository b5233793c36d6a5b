"""Risk, undo and what must be true before: what lint says of the steps of an article."""

import pytest

STOPS = "commands: {powershell: Stop-Service -Name Spooler}"


def step(rest, text="Stop it"):
    return f"      - {{text: {text}, {rest}}}"


def test_a_label_below_what_the_step_touches_is_refused(said):
    (what,) = said(steps=step(f"risk: low, {STOPS}"))
    assert "risk low, but 'Stop-Service' touches services" in what
    assert said(steps=step(f"risk: medium, undo: Start-Service -Name Spooler, {STOPS}")) == []
    assert said(steps=step(f"risk: low, reason: the service is idle, {STOPS}")) == []


def test_the_gravest_of_several_counts(said):
    (what,) = said(steps=step(f"risk: medium, undo: start it, {STOPS}", text="Stop it and seize the role"))
    assert "roles, metadata or demotion of domain controllers (high)" in what


def test_high_wants_to_know_what_must_be_true(said):
    assert said(steps=step("risk: high, undo: none, before: there is a backup")) == []
    (what,) = said(steps=step("risk: high, undo: none"))
    assert "nothing must be true before it" in what


@pytest.mark.parametrize(
    ("rest", "what"),
    [
        ("risk: medium", "without undo"),
        ("risk: medium, undo: none needed", "undo says that none is needed"),
        ("risk: high, before: it is idle, undo: 'None needed: it is small'", "undo says that none is needed"),
        ("risk: medium, undo: none; it is gone", "cannot be taken back, and its risk is medium"),
    ],
)
def test_undo_is_possible_from_medium_on(said, rest, what):
    (found,) = said(steps=step(rest))
    assert what in found


@pytest.mark.parametrize(
    "rest", ["risk: none", "risk: low, undo: none needed", "risk: medium, undo: none, reason: it is made anew"]
)
def test_below_medium_or_with_a_reason_undo_may_be_none(said, rest):
    assert said(steps=step(rest)) == []


def test_a_file_that_undo_names_was_saved_by_a_command(said):
    undo = "risk: medium, undo: 'reg import of TEMP, key-before.reg'"
    (what,) = said(steps=step(undo))
    assert "undo needs 'key-before.reg'" in what
    saves = r"commands: {cmd: 'reg export HKLM\SOFTWARE\X %TEMP%\key-before.reg /y'}"
    assert said(steps=step(f"{undo}, {saves}")) == []
    assert said(steps=step(f"risk: none, {saves}") + "\n" + step(undo)) == []
    assert len(said(steps=step(undo) + "\n" + step(f"risk: none, {saves}"))) == 1


def test_a_check_that_changes_something_does_not_only_read(said):
    check = "{{idle: {{title: Idle, commands: {{powershell: Stop-Service -Name Spooler}}, outcomes: {{yes-it-is: {{contains: idle}}}}{}}}}}"
    (what,) = said(checks=check.format(""))
    assert "check 'idle' is read_only, but 'Stop-Service'" in what
    assert said(checks=check.format(", read_only: false")) == []

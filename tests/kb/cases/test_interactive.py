"""The loop, talked through: pastes, answers, values, and every way to end it."""

import pytest

from kb.terminal.heard import Heard

ERROR = """\
Invoke-CsPoolFailOver : Could not find a compatible interface with the server.
Invoke-CsPoolFailOver : Unable to connect to the servers in pool
“” due to a Distributed Component Object Model (DCOM) error.
"""
TRACE = "TL_INFO(TF_COMPONENT) [5]1530.11A8::05/21/2026-21:07:46.988.00003bc3 (PowerShell,ConfDirManagementClientFactory.Create:confdirmanagementclientfactory.cs(112))(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf]."
FAILED = """\
WARNING: TCP connect to (10.20.1.12 : 9001) failed
WARNING: Ping to 10.20.1.12 failed with status: TimedOut


ComputerName           : fe02.fabrikam.example
RemoteAddress          : 10.20.1.12
RemotePort             : 9001
PingSucceeded          : False
TcpTestSucceeded       : False"""
BLOCKED = "pool-failover-dcom-error/port-9001-blocked"


class Person:
    """Says the lines of a script, then nothing more; `stops` raises where the script says so."""

    def __init__(self, *lines):
        self.lines = iter(
            [
                line
                for text in lines
                for line in (text.split("\n") if isinstance(text, str) else text if isinstance(text, list) else [text])
            ]
        )
        self.heard = []

    def hear(self, prompt):
        self.heard.append(prompt)
        line = next(self.lines, EOFError)
        if line in (EOFError, KeyboardInterrupt):
            raise line
        return line if isinstance(line, Heard) else Heard(line)

    def say(self, line):
        self.heard.append(line)

    @property
    def all(self):
        return "\n".join(self.heard)


@pytest.fixture
def talk(shipped):
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.options import Options
    from diagnose.report.style import Style
    from diagnose.report.text import render
    from kb.cases.file import new_case
    from kb.cases.interactive import Talk

    def run(*lines, error=ERROR, store=shipped, **options):
        person, saved = Person(*lines), []
        given = list(open_inputs(["-"], BytesIO(error.encode()))) if error is not None else None
        dialogue = Talk(
            new_case(),
            store,
            Options(**options),
            say=person.say,
            hear=person.hear,
            report=lambda case, plain: person.say(render(case.diagnosis, Style())),
            now=lambda: "T",
            save=saved.append,
        )
        case = dialogue.run(given)
        assert not saved or saved[-1] == case
        return case, person, saved

    return run


def test_an_outcome_may_be_typed_by_name_or_number(talk):
    for word in ("timeout", "5", "TIMEOUT"):
        case, person, _ = talk(word, error=ERROR + TRACE)
        assert case.diagnosis.verdict == "confirmed"
        assert case.diagnosis.causes[0].id == BLOCKED
        assert "answered tcp9001: timeout" in [step.did for step in case.steps]
        assert "CONFIRMED" in person.all


def test_a_paste_with_empty_lines_in_it_is_taken_whole(talk):
    case, person, _ = talk(FAILED, ".", error=ERROR + TRACE)
    assert "tcp9001 -> failed" in person.all
    assert case.inputs[1].lines == 9


def test_the_end_of_the_input_ends_a_paste_too(talk):
    _, person, _ = talk(FAILED, error=ERROR + TRACE)
    assert "tcp9001 -> failed" in person.all


def test_empty_lines_do_not_end_a_paste(talk):
    case, _, _ = talk(FAILED, "", "", "", "", "PS C:\\>", ".", error=ERROR + TRACE)
    assert case.inputs[1].lines == 14


def test_a_marked_paste_is_whole_whatever_is_in_it(talk):
    text = FAILED + "\n.\nquit\n\n\n\nthe end"
    case, person, _ = talk(Heard(text, pasted=True), "", error=ERROR + TRACE)
    assert "tcp9001 -> failed" in person.all
    assert case.inputs[1].lines == 15


def test_a_dot_typed_behind_a_marked_paste_is_no_part_of_it(talk):
    case, _, _ = talk(Heard(FAILED + "\n.", pasted=True), "", error=ERROR + TRACE)
    assert case.inputs[1].lines == 9


def test_enter_alone_ends_the_talk_without_a_word(talk):
    case, person, _ = talk("", "more", error=ERROR + TRACE)
    assert case.diagnosis.verdict == "likely"
    assert "Stopped" not in person.all
    assert next(person.lines) == "more"


def test_an_empty_line_with_more_behind_it_begins_a_paste(talk):
    _, person, _ = talk(Heard("", more=True), FAILED, ".", "", error=ERROR + TRACE)
    assert "tcp9001 -> failed" in person.all


def test_back_takes_the_last_answer_back(talk):
    case, person, saved = talk("connected", "back", "", error=ERROR + TRACE)
    fresh, _, _ = talk("", error=ERROR + TRACE)
    assert case.answers == ()
    assert case.diagnosis == fresh.diagnosis
    assert [step.did for step in case.steps][-1] == "took back: answered tcp9001: connected"
    assert person.all.count("Or type what it says: 1 name-error") == 2
    assert saved[-1] == case


def test_back_asks_again_for_a_value_and_for_the_error_itself(talk):
    case, person, _ = talk(ERROR, ".", "fe01.fabrikam.example", "back", "back", ERROR + TRACE, ".", "", error=None)
    assert case.parameters == {}
    assert case.diagnosis.causes[0].id == BLOCKED
    assert len(case.inputs) == 1
    assert sum("needs <target_fe>" in line for line in person.heard) == 2


def test_back_with_nothing_to_take_back_is_told(talk):
    _, person, _ = talk("back", "", error=ERROR + TRACE)
    assert "there is nothing to take back" in person.all


def test_ctrl_c_before_anything_was_given_stops_the_program(talk):
    with pytest.raises(KeyboardInterrupt):
        talk([KeyboardInterrupt], error=None)


def test_a_missing_value_is_asked_for_until_it_is_of_its_type(talk):
    case, person, _ = talk("fe02; rm -rf /", "fe02.fabrikam.example", "quit")
    assert "that is not a host name" in person.all
    assert case.parameters == {"target_fe": "fe02.fabrikam.example"}
    assert "Test-NetConnection -ComputerName fe02.fabrikam.example -Port 9001" in person.all
    assert sum("needs <target_fe>" in line for line in person.heard) == 1


def test_a_value_left_out_is_asked_for_once(talk):
    _, person, _ = talk("", "connected", "quit")
    assert sum("needs <target_fe>" in line for line in person.heard) == 1
    assert "[not ready]" in person.all


@pytest.mark.parametrize("word", ["quit", "Q", "exit"])
def test_quit_ends_the_talk_at_every_prompt(talk, word):
    at_the_error = talk(word, "more", error=None)
    at_a_value = talk(word, "more")
    at_a_check = talk(word, "more", error=ERROR + TRACE)
    for case, person, _ in (at_the_error, at_a_value, at_a_check):
        assert case.parameters == {}
        assert person.heard[-1] == ("Stopped; the answer so far stands." if case.diagnosis else "Stopped.")
        assert next(person.lines) == "more"


def test_skip_at_a_value_leaves_it_out(talk):
    case, person, _ = talk("skip", "quit")
    assert case.parameters == {}
    assert "Next check, " in person.all


def test_help_is_given_at_every_prompt_and_the_question_stays(talk):
    for lines, error in ((("help", "quit"), ERROR), (("?", "help", "quit"), ERROR + TRACE), (("h", "quit"), None)):
        case, person, _ = talk(*lines, error=error)
        assert "skip: go on without it." in person.all
        assert case.parameters == {}
        assert not any(step.did.startswith("added paste-2") for step in case.steps)


def test_a_value_that_is_one_of_the_words_is_given_in_quotes(talk):
    case, person, _ = talk('"quit"', "quit")
    assert case.parameters == {"target_fe": "quit"}
    assert "Test-NetConnection -ComputerName quit -Port 9001" in person.all


def test_inside_a_paste_no_word_is_special(talk):
    case, _, _ = talk("the service said", "quit", "skip", "help", ".", "quit", error=ERROR + TRACE)
    assert case.inputs[1].lines == 4


def test_skipped_checks_do_not_come_back_and_the_end_is_said(talk):
    case, person, _ = talk(["skip"] * 30, error=ERROR + TRACE)
    assert len(case.skipped) == len(set(case.skipped)) > 2
    assert "No open check tells the causes apart any better." in person.all


@pytest.mark.parametrize("stop", [EOFError, KeyboardInterrupt])
def test_stopping_keeps_what_there_is(talk, stop):
    case, person, saved = talk([stop], error=ERROR + TRACE)
    assert case.diagnosis.verdict == "likely"
    assert saved[-1] == case
    assert person.heard[-1] == "Stopped; the answer so far stands."


def test_the_error_itself_is_asked_for_where_none_was_given(talk):
    case, person, _ = talk(ERROR, ".", "quit", error=None)
    assert person.heard[0].startswith("Paste the error")
    assert case.diagnosis.articles[0].id == "pool-failover-dcom-error"


def test_nothing_at_all_is_no_case(talk):
    case, _, saved = talk(error=None)
    assert case.diagnosis is None
    assert saved == []


def test_what_nobody_knows_asks_for_more_and_ends(talk):
    case, person, _ = talk("still nothing of interest", ".", "quit", error="nothing of interest\n")
    assert case.diagnosis.verdict == "unknown"
    assert "No known cause explains this." in person.all


def test_a_log_may_be_pasted_instead_of_the_output_that_was_asked_for(talk):
    case, person, _ = talk("", TRACE, ".", "quit")
    assert case.diagnosis.causes[0].id == BLOCKED
    assert "Or look at ocs-logger" in person.all
    assert "that is not its output" not in person.all


def test_a_paste_that_says_nothing_is_said_to(talk):
    _, person, _ = talk("hello", ".", "quit", error=ERROR + TRACE)
    assert "tcp9001: that is not its output; type its outcome, or skip" in person.all


def test_control_characters_of_a_paste_do_not_reach_the_terminal(monkeypatch, capsys, tmp_path, cache_home):
    import io
    import sys

    from kb.cli import run

    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(cache_home))
    for name in ("XDG_DATA_HOME", "APPDATA"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.delenv("KB_PATH", raising=False)
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{ERROR}{TRACE}\nerror \x1b]52;c;aGk=\x07 failed\n.\nquit\n"))
    assert run(["diagnose", "--interactive"]) == 0
    out, err = capsys.readouterr()
    assert "\x1b" not in out + err
    assert "type what it says: 1 name-error" in err
    assert out.strip().startswith("LIKELY, NOT CONFIRMED")


def test_standard_input_cannot_be_input_and_answers(capsys):
    from kb.cli import run

    assert run(["diagnose", "--interactive", "-"]) == 2
    assert "name a file, or paste when asked" in capsys.readouterr().err


ROOM = """---
id: room
title: A write finds no room
params: {path: {type: path, default: /, ask: what was written to}}
signals: {full: {contains: No space left on device}}
symptoms: [full]
causes:
  - {id: used-up, title: It is full, likelihood: common, evidence: [{check: df.full, supports: strong}]}
  - {id: held, title: It is held, likelihood: common, evidence: [{check: df.full, refutes: strong}]}
checks:
  df: {title: 'How full is ${path}?', commands: {bash: 'df -h ${path}'}, outcomes: {full: {contains: 100%}}}
---
"""


def test_a_target_that_is_only_a_default_is_asked_for_and_may_stay(talk, base):
    full, store = "app: write failed: No space left on device\n", base(room=ROOM)
    case, person, _ = talk("/data", "quit", error=full, store=store, platform="linux")
    assert case.parameters == {"path": "/data"}
    assert "path (empty or skip: /): " in person.heard
    assert "df -h /data" in person.all
    kept, person, _ = talk("", "quit", error=full, store=store, platform="linux")
    assert kept.parameters == {}
    assert "df -h /" in person.all

"""What a report says: lines kept, what an article was found by, outputs without an error, proof first, nothing for noise."""

import re
from io import BytesIO

import pytest
from msgspec.structs import replace

from diagnose.diagnosis import Proof, ShownRemediation
from diagnose.inputs.sources import open_inputs
from diagnose.pipeline import diagnose
from diagnose.report import RENDERERS
from diagnose.report.style import Style
from diagnose.templates import shortened

ERROR = """\
Invoke-CsPoolFailOver : Could not find a compatible interface with the server.
Invoke-CsPoolFailOver : Unable to connect to the servers in pool "pool01.fabrikam.example" due to a Distributed Component
Object Model (DCOM) error.
"""
TRACE = "TL_INFO(TF_COMPONENT) [5]1530.11A8::05/21/2026-21:07:46.988.00003bc3 (PowerShell,ConfDirManagementClientFactory.Create:confdirmanagementclientfactory.cs(112))(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf].\n"
OPEN = "ComputerName     : fe02.fabrikam.example\nRemoteAddress    : 10.20.1.12\nRemotePort       : 9001\nTcpTestSucceeded : True\n"
STATE = """\
Identity                        : Service:Registrar:pool07.fabrikam.example
MinEndpointExpiration           : 300
MaxEndpointsPerUser             : 8
PoolState                       : Active
"""
PLAIN = """\
# The frobnicator of the loom stops

The loom writes this to its log:

    frobnicator wedge 17 has slipped out of its groove, stopping the warp

## Resolution

Push the wedge back and start the loom again.
"""


def told(diagnosis, kind="text"):
    return RENDERERS[kind](diagnosis, Style(depth="full"))


def with_steps(diagnosis, *texts):
    steps = tuple(ShownRemediation(kind="fix", text=text, commands=()) for text in texts)
    lead = replace(diagnosis.causes[0], remediation=steps)
    return replace(diagnosis, causes=(lead, *diagnosis.causes[1:]))


def proof(verify, step, outcome):
    return Proof(cause="a/b", step=step, verify=verify, outcome=outcome, proved=verify.endswith(f".{outcome}"))


def headline(diagnosis):
    return told(diagnosis).partition("\n")[0]


@pytest.mark.parametrize("kind", ["text", "markdown", "html"])
def test_a_step_of_several_lines_keeps_them_and_still_escapes_what_controls(diagnosed, kind):
    report = told(with_steps(diagnosed(ERROR), "First this:\n- pull the lever\n- push the\x1b[2J button"), kind)
    assert "x0a" not in report
    assert "\x1b" not in report
    assert not [line for line in report.replace("<br>", "\n").split("\n") if "lever" in line and "button" in line]
    assert "lever" in report


def test_a_step_that_was_cut_says_where_the_rest_is(diagnosed):
    cut = shortened("Stop the service and remove the cache " * 9, 50)
    assert cut == "Stop the service and remove the cache Stop the…"
    assert "the rest of it: kb show pool-failover-dcom-error" in told(with_steps(diagnosed(ERROR), cut))
    assert "the rest of it" not in told(with_steps(diagnosed(ERROR), "Stop the service."))


def test_a_short_sentence_is_not_shortened():
    assert shortened("Stop it.", 8) == "Stop it."


def test_the_report_says_that_there_are_commands_for_other_platforms(diagnosed):
    assert "More commands, for linux: --platform linux\n" in told(diagnosed(ERROR + TRACE, platform="windows"))
    asked = told(diagnosed(ERROR + TRACE, platform="linux"))
    assert "More commands, for windows: --platform windows\n" in asked
    assert "bash:       nc " in asked


def test_an_article_without_symptoms_shows_what_it_was_found_by_and_how_to_read_on(base):
    store = base(loom=PLAIN)
    log = "10:00 loomd: frobnicator wedge 17 has slipped out of its groove, stopping the warp\n"
    diagnosis = diagnose(open_inputs(["-"], BytesIO(log.encode())), store)
    (found,) = diagnosis.causes[0].evidence
    assert (found.signal, found.weight, found.line) == ("message", 0.0, 1)
    report = told(diagnosis)
    assert ' of its message "frobnicator wedge 17 has slipped' in report
    assert "read on: kb show loom" in report


def test_words_of_the_title_are_named_where_nothing_else_was_found(base):
    store = base(loom="# The frobnicator of the loom stops at the wedge\n\nOil it.\n")
    text = "frobnicator: wedge stops, loom idle\n" * 2
    diagnosis = diagnose(open_inputs(["-"], BytesIO(text.encode())), store)
    (found,) = diagnosis.causes[0].evidence
    assert found.why == "words of its title: frobnicator, loom, stops, wedge"


def test_the_output_of_a_check_pasted_alone_is_told_by_its_check(diagnosed):
    diagnosis = diagnosed(OPEN)
    assert diagnosis.verdict == "unknown"
    (loose,) = diagnosis.loose
    first = loose.answers[0]
    assert (loose.tool, first.article, first.check, first.outcome) == (
        "test-netconnection", "pool-failover-dcom-error", "tcp9001", "connected",
    )  # fmt: skip
    assert "paste it together with the error" in told(diagnosis)
    assert diagnosed(ERROR, OPEN).loose == ()


def test_an_output_that_no_recogniser_knows_is_told_as_well_but_no_line_of_an_error_is(diagnosed):
    (loose,) = diagnosed(STATE).loose
    assert [(a.article, a.check, a.outcome) for a in loose.answers] == [
        ("pool-failover-dcom-error", "pool_state", "active")
    ]
    assert diagnosed("error: the knitting failed\n" + STATE).loose == ()
    (loose,) = diagnosed("Application pool state: Stopped\n").loose  # words of no article's symptoms
    assert [(a.article, a.outcome) for a in loose.answers] == [("iis-application-pool-503", "stopped")]
    assert diagnosed("a walk in the park\n").loose == ()


def test_after_the_fix_the_report_opens_with_what_was_proved(diagnosed):
    diagnosis = diagnosed(ERROR + TRACE)
    tcp, again = proof("t.open", "fix: open it", "open"), proof("t.open", "fix: or there", "open")
    back = proof("p.active", "recovery: bring it back", None)
    assert headline(replace(diagnosis, proofs=(tcp, again))).startswith("FIXED, AND PROVED")
    assert headline(replace(diagnosis, proofs=(tcp, back))).startswith("PROVED IN PART")
    assert headline(replace(diagnosis, proofs=(back,))).startswith("NOT PROVED YET")
    assert headline(replace(diagnosis, proofs=(proof("t.open", "fix: x", "closed"),))).startswith("NOT FIXED: ")


def test_what_is_fixed_is_not_told_to_be_fixed_again(diagnosed):
    diagnosis = diagnosed(ERROR + TRACE)
    tcp = proof("tcp9001.connected", "fix: open it", "connected")
    report = RENDERERS["text"](replace(diagnosis, proofs=(tcp,)), Style())
    assert "Set-CsRegistrarConfiguration" not in report
    assert "RUN THIS NOW" not in report


def test_one_outcome_does_not_prove_each_of_several_fixes(diagnosed):
    fixes = (proof("t.open", "fix: open it", "open"), proof("t.open", "fix: open it there", "open"))
    report = told(replace(diagnosed(ERROR + TRACE), proofs=fixes))
    assert report.count("proved, it was seen afterwards") == 1
    assert "or fix: open it there" in report


@pytest.mark.parametrize("kind", ["text", "markdown", "html"])
def test_articles_of_a_small_share_are_not_called_related(diagnosed, kind):
    diagnosis = diagnosed("Traceback: KeyError: 'id'\n")
    assert diagnosis.verdict == "unknown"
    near = tuple(replace(a, probability=p) for a, p in zip(diagnosed(ERROR).articles, (0.06, 0.01), strict=False))
    assert "Possibly related" not in told(replace(diagnosis, articles=near[1:]), kind)
    report = told(replace(diagnosis, articles=near), kind)
    assert "Possibly related" in report
    assert near[1].id not in report


def test_an_unknown_case_lists_no_checks_of_causes_that_are_hardly_possible(diagnosed):
    from diagnose.diagnosis import Step

    known = diagnosed(ERROR)
    step = (Step(time="2026-01-01T00:00:00+00:00", did="diagnosed"),)
    faint = tuple(replace(cause, probability=0.01) for cause in known.causes)
    assert "Checks open" not in RENDERERS["text"](
        replace(known, verdict="unknown", causes=faint), Style(depth="full"), step
    )
    assert "Checks open" in RENDERERS["text"](known, Style(depth="full"), step)


def test_a_cause_that_an_outcome_speaks_of_is_in_the_list(diagnosed):
    report = RENDERERS["text"](diagnosed(ERROR, TRACE), Style())
    spoken = {int(number) for number in re.findall(r"cause\s+(\d+)", report)}
    listed = {int(number) for number in re.findall(r"^ +(\d+) +\d+ %  ", report, re.MULTILINE)}
    assert max(spoken) > 3, "an outcome speaks of a cause that is far down"
    assert spoken <= {1, *listed}
    assert 2 in listed

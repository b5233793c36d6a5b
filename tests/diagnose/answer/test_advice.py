"""What was not looked at, what is ruled out, which check comes next and how it is named."""

ERROR = """\
Invoke-CsPoolFailOver : Could not find a compatible interface with the server.
Invoke-CsPoolFailOver : Unable to connect to the servers in pool "pool01.fabrikam.example" due to a Distributed Component
Object Model (DCOM) error.
"""
TRACE = "TL_INFO(TF_COMPONENT) [5]1530.11A8::05/21/2026-21:07:46.988.00003bc3 (PowerShell,ConfDirManagementClientFactory.Create:confdirmanagementclientfactory.cs(112))(0000000002026B62)Creating ConfDirManagement client for address [net.tcp://fe02.fabrikam.example:9001/Conf].\n"
OPEN = "ComputerName     : fe02.fabrikam.example\nRemoteAddress    : 10.20.1.12\nRemotePort       : 9001\nInterfaceAlias   : Ethernet0\nSourceAddress    : 10.10.1.11\nTcpTestSucceeded : True\n"
BLOCKED = "pool-failover-dcom-error/port-9001-blocked"


def test_a_log_that_was_not_read_and_would_decide_is_a_blind_spot(diagnosed):
    (spot,) = diagnosed(ERROR).blind_spots
    assert spot.source == "ocs-logger"
    assert spot.signals == ("confdir",)
    assert spot.cause == BLOCKED
    assert spot.decides.startswith("if it shows there, 'TCP 9001")
    assert "OCSLogger" in spot.how


def test_what_was_read_is_no_blind_spot(diagnosed):
    assert diagnosed(ERROR + TRACE).blind_spots == ()
    other = TRACE.replace("ConfDirManagement", "SomethingElse")
    assert diagnosed(ERROR + other).blind_spots == ()


def test_a_blind_spot_promises_what_then_happens(diagnosed):
    (spot,) = diagnosed(ERROR).blind_spots
    after = next(c for c in diagnosed(ERROR + TRACE).causes if c.id == spot.cause)
    assert f"to {100 * after.probability:.0f} %" in spot.decides


def test_a_decisive_outcome_rules_a_cause_out_and_says_why(diagnosed):
    diagnosis = diagnosed(ERROR + TRACE, OPEN)
    (out,) = [r for r in diagnosis.ruled_out if r.id == BLOCKED]
    assert [e.signal for e in out.evidence] == ["tcp9001.connected"]
    assert out.evidence[0].why == "the port is open"
    assert diagnosed(ERROR + TRACE).ruled_out == ()


def test_the_next_check_says_what_is_missing(diagnosed):
    step = diagnosed(ERROR).next_check
    assert step.shown.missing
    assert "first give <target_fe>" in step.why
    filled = diagnosed(ERROR, given={"target_fe": "fe02.fabrikam.example"}).next_check
    assert filled.shown.missing == ()
    assert "first give" not in filled.why


def test_a_skipped_check_is_not_named_again(diagnosed):
    first = diagnosed(ERROR + TRACE).next_check
    skipped = frozenset({f"{first.article}/{first.check}"})
    assert diagnosed(ERROR + TRACE, skipped=skipped).next_check.check != first.check


def test_an_answer_counts_as_an_outcome_until_a_text_shows_another(diagnosed):
    from diagnose.checks.answers import Answered

    told = Answered("pool-failover-dcom-error", "tcp9001", "timeout", "typed", older=True)
    diagnosis = diagnosed(ERROR + TRACE, answers=(told,))
    assert diagnosis.verdict == "confirmed"
    assert diagnosis.causes[0].id == BLOCKED
    assert diagnosis.next_check is None
    assert next(c for c in diagnosed(ERROR + TRACE, OPEN, answers=(told,)).causes if c.id == BLOCKED).probability < 0.05

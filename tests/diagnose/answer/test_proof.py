"""A fix held against what its steps name as their proof: proved, refuted, not seen yet, or nothing to prove."""

import pytest
from msgspec.structs import replace

from diagnose.answer.proof import prove
from diagnose.scan.passages import Passage

ARTICLE = """\
---
id: spooler
title: Printing fails because the spooler is not running
signals:
  not_running: {contains: The print spooler service is not running}
symptoms: [not_running]
causes:
  - id: stopped
    title: The Print Spooler service is stopped
    likelihood: common
    evidence: [{check: spooler.stopped, supports: decisive}]
    remediation:
      - {kind: fix, text: Start the service., verify: spooler.running}
      - {kind: recovery, text: Print again.}
checks:
  spooler:
    title: Is the Print Spooler running?
    parser: get-service
    commands: {powershell: Get-Service -Name Spooler}
    outcomes:
      running: {regex: '\\bRunning\\b'}
      stopped: {regex: '\\bStopped\\b'}
---
# Printing fails
"""
ERROR = "Error: the print spooler service is not running.\n"


@pytest.fixture
def store(base):
    return base(spooler=ARTICLE)


@pytest.fixture
def diagnosis(store):
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import diagnose

    return diagnose(open_inputs(["-"], BytesIO(ERROR.encode())), store)


def passages(text):
    lines = tuple(text.splitlines())
    return [Passage("after.txt", 1, lines, lines)]


@pytest.mark.parametrize(("word", "outcome", "proved"), [("Running", "running", True), ("Stopped", "stopped", False)])
def test_an_output_taken_afterwards_proves_a_step_or_refutes_it(store, diagnosis, word, outcome, proved):
    seen = f"PS C:\\> Get-Service -Name Spooler\n\nStatus   Name     DisplayName\n------   ----     -----------\n{word}  Spooler  Print Spooler"
    (proof,) = prove(diagnosis, passages(seen), store)
    assert (proof.cause, proof.step) == ("spooler/stopped", "fix: Start the service.")
    assert (proof.outcome, proof.proved) == (outcome, proved)


def test_a_step_whose_proof_was_not_seen_is_not_proved_yet(store, diagnosis):
    (proof,) = prove(diagnosis, passages("all is well"), store)
    assert (proof.outcome, proof.proved) == (None, False)


def test_without_a_cause_or_with_an_article_that_is_gone_there_is_nothing_to_prove(store, diagnosis):
    assert prove(replace(diagnosis, causes=()), passages("Running"), store) == ()
    gone = replace(diagnosis.causes[0], article="no-such-article")
    assert prove(replace(diagnosis, causes=(gone,)), passages("Running"), store) == ()

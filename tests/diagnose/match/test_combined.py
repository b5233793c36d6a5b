"""Combinations of signals as evidence: a veto takes the members along, and each pattern is shown once."""

from io import BytesIO

import pytest

ARTICLE = """\
---
id: tank-runs-dry
title: The pump runs dry because its tank is empty
signals:
  low: {regex: 'tank \\w+ is low'}
  stalled: {regex: 'pump of \\w+ stalled'}
  stopped: {contains: shutting the plant down}
  dry:
    sequence: [low, stalled]
    window: 5m
    not: [{signal: stopped, window: 10m, slide: -5m}]
SYMPTOMS
causes:
  - id: leak
    title: The tank leaks
    likelihood: common
    evidence: [{signal: dry, supports: strong}]
---
# The pump runs dry
"""
LOW = "2026-11-21 09:14:00 ERROR tank north is low\n"
STALLED = "2026-11-21 09:15:00 ERROR pump of north stalled\n"
STOPPED = "2026-11-21 09:14:30 INFO shutting the plant down\n"
LATER = "2026-11-21 11:00:00 INFO all is quiet\n"


@pytest.fixture
def seen(base):
    """The signals of the article that a text shows, with their lines, where these are its symptoms."""
    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import gather

    def run(text, symptoms="dry"):
        store = base(tank_runs_dry=ARTICLE.replace("SYMPTOMS", f"symptoms: [{symptoms}]"))
        gathered = gather(open_inputs(["-"], BytesIO(text.encode())), store)
        return sorted((item.seen, item.at.line) for item in gathered.matched.evidence)

    return run


def test_a_combination_is_seen_at_the_lines_that_made_it(seen):
    assert seen(LOW + STALLED + LATER) == [("dry", 1), ("dry", 2), ("low", 1), ("stalled", 2)]


def test_each_pattern_is_shown_once_however_often_it_stands_there(seen):
    text = LOW + STALLED * 5 + LATER
    assert len([line for name, line in seen(text) if name == "dry"]) == 2


def test_out_of_order_it_is_no_sequence_but_its_parts_are_seen(seen):
    later = LOW.replace("09:14", "09:18")
    assert seen(STALLED + later + LATER) == [("low", 2), ("stalled", 1)]


def test_a_veto_takes_the_parts_of_the_symptom_along(seen):
    assert seen(LOW + STOPPED + STALLED + LATER) == [("stopped", 2)]


def test_where_the_vetoed_combination_is_no_symptom_its_parts_stay(seen):
    assert seen(LOW + STOPPED + STALLED + LATER, "low") == [("low", 1), ("stalled", 3), ("stopped", 2)]

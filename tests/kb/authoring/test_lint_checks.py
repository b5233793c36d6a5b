"""Lint refuses outcomes that silence meets, and commands that hide their errors, where the outcome acquits."""

from datetime import date

import pytest

from kb.authoring.linting.lint import lint

ARTICLE = """---
id: valve-stuck
title: The valve does not open
signals:
  stuck: {{contains: the valve did not open within its time}}
symptoms: [stuck]
causes:
  - id: rust
    title: Rust
    evidence: [{{signal: stuck, supports: strong}}, {{check: seals.none, {effect}: strong}}]
    remediation: [{{text: Clean it}}]
checks:
  seals:
    title: How many seals are there?
    commands: {{powershell: '{command}'}}
    outcomes: {{none: {{regex: '{pattern}'}}}}
---
# It
"""
STOPS = "$ErrorActionPreference = ''Stop''; Get-Seal; Get-Lid -ErrorAction Ignore"
HONEST = "Get-Seal -ErrorAction Stop"


@pytest.fixture
def findings(base):
    def run(text):
        store = base(valve_stuck=text)
        assert store.faults() == ()
        return [fault.what for name in store.ids() for fault in lint([store.article(name)], date(2026, 11, 25))]

    return run


@pytest.mark.parametrize(
    ("pattern", "met"),
    [
        ("^0$", "a bare 0"),
        (r"^\s*\d+", "a bare 0"),
        ("denied", "the message of a command"),
        ("Seals counted: 0", ""),
        ("^Seals: none$", ""),
    ],
)
def test_an_outcome_that_clears_is_printed_by_a_command_that_ran(findings, pattern, met):
    told = [f for f in findings(ARTICLE.format(effect="refutes", command=HONEST, pattern=pattern)) if "seals.none" in f]
    assert len(told) == bool(met)
    assert all(met in what for what in told)


@pytest.mark.parametrize(
    "command",
    ["Get-Seal -ErrorAction SilentlyContinue", "seals 2>/dev/null", "Get-Seal -EA 0", "seals 2>nul", "seals || true"],
)
def test_a_command_behind_it_hides_no_error(findings, command):
    told = findings(ARTICLE.format(effect="refutes", command=command, pattern="Seals: none"))
    assert [what for what in told if "hides its errors" in what]


def test_an_outcome_that_only_supports_may_be_met_by_a_number(findings):
    assert findings(ARTICLE.format(effect="supports", command="seals 2>/dev/null", pattern="^0$")) == []


def test_one_call_may_go_on_where_everything_else_stops(findings):
    assert findings(ARTICLE.format(effect="refutes", command=STOPS, pattern="Seals: none")) == []

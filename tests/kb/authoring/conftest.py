"""One article with gaps to fill, and what `kb lint` says of it."""

from datetime import date

import pytest

from kb.authoring.linting.lint import lint

WHOLE = """---
id: valve-stuck
title: The valve does not open
status: {status}
signals:
  stuck: {{contains: the valve did not open within its time}}
symptoms: [stuck]
params: {params}
causes:
  - id: rust
    title: Rust
    evidence: [{{signal: stuck, supports: strong}}]
    remediation:
{steps}
checks: {checks}
---
# It
"""


@pytest.fixture
def store_of(base):
    def make(*, steps="      - {text: Clean it}", params="{}", checks="{}", status="test"):
        store = base(valve_stuck=WHOLE.format(steps=steps, params=params, checks=checks, status=status))
        assert store.faults() == ()
        return store

    return make


@pytest.fixture
def said(store_of):
    """What lint says of an article with these parts."""

    def run(**parts):
        found = lint([store_of(**parts).article("valve-stuck")], date(2026, 11, 25))
        return [fault.what for fault in found]

    return run

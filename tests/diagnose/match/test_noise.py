"""A pattern on most lines of a log: one message over and over counts, a part of how the log is written does not."""

from io import BytesIO

import pytest

from diagnose.inputs.sources import open_inputs
from diagnose.pipeline import diagnose

ARTICLE = """---
id: {0}
title: Nothing in common
signals: {{seen: {{contains: {1}}}}}
symptoms: [seen]
causes: [{{id: it, title: It, likelihood: common}}]
---
"""
FULL = "2026-11-24 10:00:{:02} ERROR [worker-{}] write /data/{}/part: No space left on device\n"


def told(store, text):
    return diagnose(open_inputs(["-"], BytesIO(text.encode())), store)


@pytest.mark.parametrize("share", [1.0, 0.8, 0.3])
def test_a_retry_storm_is_as_likely_as_the_message_alone(shipped, share):
    lines = [
        FULL.format(n % 60, n % 7, n)
        if n % 10 < 10 * share
        else f"2026-11-24 10:00:{n % 60:02} INFO request {n} done\n"
        for n in range(2000)
    ]
    answer = told(shipped, "".join(lines))
    assert answer.articles[0].id == "disk-full"
    assert answer.verdict == "likely"
    assert not answer.warnings


def test_a_pattern_that_is_a_part_of_every_record_does_not_drown_the_cause(base):
    """`written by` stands in front of whatever a service says: an article that declares it says nothing here."""
    store = base(
        noisy=ARTICLE.format("noisy", "acme-relay says"),
        true=ARTICLE.format("true", "quorum of the ledger was lost"),
    )
    subjects = ["opened door", "sent parcel to", "counted beans with", "asked neighbour about", "painted fence of"]
    words = ["anna", "bert", "carla", "dora", "emil", "frida", "gustav", "hanna", "ida", "jonas", "karl"]
    lines = [
        f"acme-relay says {subjects[n % 5]} {words[n % 11]} {words[n * 7 % 11]} {subjects[n * 3 % 5]} {words[n * 5 % 11]}\n"
        for n in range(1500)
    ]
    lines[900] = "acme-relay says quorum of the ledger was lost\n"
    answer = told(store, "".join(lines))
    assert answer.articles[0].id == "true"
    assert any("left out" in warning for warning in answer.warnings)

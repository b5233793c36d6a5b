"""What of a line stands in the evidence, however long the line is."""

from io import BytesIO

import pytest

from diagnose.inputs.sources import open_inputs
from diagnose.match.evidence import LONGEST_QUOTE
from diagnose.pipeline import diagnose

ARTICLE = """---
id: zebra
title: The zebra is not reached
params: {host: {type: host}}
signals: {gone: {regex: 'zebra at (?P<host>[a-z0-9.]{1,40}) does not answer'}}
symptoms: [gone]
causes: [{id: asleep, title: It sleeps, evidence: [{signal: gone, supports: strong}]}]
---
"""
NEEDLE = "zebra at z9.contoso.com does not answer"


@pytest.mark.parametrize("filler", ["counted beans ", "“größer” als – "])
def test_a_match_far_into_a_long_line_is_quoted_and_captures(base, filler):
    store = base(zebra=ARTICLE)
    for before in (10, 4_500, 8_500, 100_000, 1_300_000):
        line = (filler * (before // len(filler) + 1))[:before] + f" {NEEDLE}; " + filler * 500
        answer = diagnose(open_inputs(["-"], BytesIO(line.encode())), store)
        assert answer.parameters == {"host": "z9.contoso.com"}, before
        quotes = [seen.quote for cause in answer.causes for seen in cause.evidence]
        assert quotes
        assert all(NEEDLE in quote and len(quote) <= LONGEST_QUOTE for quote in quotes), before


def test_several_patterns_of_a_signal_capture_each_its_part_of_a_line(base):
    several = ARTICLE.replace(
        "{host: {type: host}}", "{host: {type: host}, port: {type: port}, user: {type: user}}"
    ).replace(
        "regex: 'zebra", "regex: ['port (?P<port>[0-9]{1,5}) as (?P<user>[a-z]{1,9}) failed', 'zebra"
    ).replace("answer'", "answer']")  # fmt: skip
    answer = diagnose(open_inputs(["-"], BytesIO(f"{NEEDLE}: port 90 as bob failed\n".encode())), base(zebra=several))
    assert answer.parameters == {"host": "z9.contoso.com", "port": "90", "user": "bob"}

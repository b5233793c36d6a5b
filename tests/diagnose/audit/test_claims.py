"""What a statement claims, and what is no claim at all: advice, guesses, questions, commands, words of people."""

import pytest

from diagnose.audit.reading.claims import claims_of
from diagnose.audit.reading.statements import statements_of


def kinds(text):
    return [(claim.kind, claim.about) for claim in claims_of(statements_of(text))]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The log shows "no route to host".', [("message", "no route to host")]),
        ("It failed with 0x800706BA.", [("code", "0x800706BA")]),
        ("A java.net.ConnectException was thrown.", [("code", "java.net.ConnectException")]),
        (
            "Clients on 10.0.0.7 called fe02.contoso.com:9001.",
            [("host", "10.0.0.7"), ("port", "fe02.contoso.com:9001")],
        ),
        ("It listened on port 5432.", [("port", "5432")]),
        ("The file /var/log/app/err.log was full.", [("path", "/var/log/app/err.log")]),
        ("It ran nginx version 1.25.3.", [("version", "1.25.3")]),
        (
            "`no route to host` was logged 12 times.",
            [("message", "no route to host"), ("count", "12 x no route to host")],
        ),
        ("`no route` is at least 3 lines.", [("message", "no route"), ("count", "at least 3 x no route")]),
        (
            "`no route to host` first appeared at 09:14.",
            [("message", "no route to host"), ("time", "first at 09:14: no route to host")],
        ),
        ("`a b c d` was followed by `e f g h`.", [("order", "a b c d before e f g h")]),
        ("After `a b c d` came `e f g h`.", [("order", "a b c d before e f g h")]),
        ("`e f g h` was logged after `a b c d`.", [("order", "a b c d before e f g h")]),
        ('The log never mentions "no route".', [("absence", "no route")]),
        ("There were no errors after 09:20.", [("absence", "no errors")]),
        ("`no route to host` (app.log:7)", [("message", "no route to host"), ("place", "no route to host")]),
    ],
)
def test_each_kind_is_read(text, expected):
    found = kinds(text)
    for claim in expected:
        assert claim in found, found


@pytest.mark.parametrize(
    "text",
    [
        "The team should look for `no route to host` on 10.0.0.7.",
        "Restart fe02.contoso.com and open port 5432.",
        "## Recommendations\n\nThe port 5432 was to be opened, `no route to host` was logged 9 times.",
        "**Next steps:** open TCP 9001 to fe-b1.contoso.com. Port 9002 is next.",
        "Was it `no route to host`?",
        "If it says `no route to host`, then the port 5432 is blocked.",
        "We ran `ping -c 3 10.0.0.7` there.",
        'The user said "it is so slow today".',
        "The runbook is called `How to mend a route`.",
        "It took 3.5 seconds, with a ratio of 16:9 and 1.5 GB, 2.4 times as much.",
        "```bash\ncurl https://10.0.0.7:8443/health\n```",
        "The value was not 10.0.0.7.",
        "See [the docs](https://learn.example.com/errors/0x800706BA).",
    ],
)
def test_what_is_no_claim_makes_none(text):
    assert kinds(text) == []


def test_a_count_may_speak_of_the_sentence_before():
    assert ("count", "4 x no route to host") in kinds("The log has `no route to host`. This error occurred 4 times.")


def test_a_sentence_with_two_quotes_counts_neither():
    assert not [kind for kind, _ in kinds("`a b c d` and `e f g h` were logged 4 times.") if kind == "count"]

"""Claims against lines: what is supported, what contradicted, what absent, and when nothing can be said."""

from io import BytesIO

import pytest

from diagnose.audit.referee import referee
from diagnose.inputs.sources import STDIN, open_inputs
from diagnose.options import Options

ARTICLE = """---
id: valve-stuck
title: The valve of a tank does not open
signals:
  stuck: {contains: valve did not open within the time that it was given}
symptoms: [stuck]
causes:
  - {id: rusty, title: Rust blocks the valve}
---
# The valve
"""

LOG = """2026-11-21 09:14:31 INFO Server version: nginx/1.24.0 listening on 10.0.0.7:443
2026-11-21 09:14:32 ERROR connect to fe02.contoso.com:9001 failed: no route to host
2026-11-21 09:14:40 WARN could not open /var/lib/app/state.db, giving up "soon"
2026-11-21 09:20:00 ERROR connect to fe02.contoso.com:9001 failed: no route to host
2026-11-21 09:21:00 ERROR worker 7 died with java.net.ConnectException, exit code 137
2026-11-21 09:25:00 INFO Restart requested by operator
2026-11-21 09:25:05 INFO ready to accept connections
2026-11-21 09:40:00 INFO all quiet
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    from kb.store.open import open_store

    folder = tmp_path_factory.mktemp("base") / "valve-stuck"
    folder.mkdir()
    (folder / "article.md").write_text(ARTICLE, encoding="utf-8")
    with open_store([folder.parent], None) as store:
        yield store


@pytest.fixture
def verdicts(store):
    def run(text, log=LOG, options=None):
        sources = open_inputs([STDIN], BytesIO(log.encode()))
        audit = referee("report.md", text, sources, store, options or Options()).audit
        return {(claim.kind, claim.verdict) for claim in audit.claims}

    return run


@pytest.mark.parametrize(
    "text",
    [
        'The log shows "connect to fe02.contoso.com:9001 failed: No  route to host".',
        "The log has `connect to ... failed: no route to host`.",
        'It wrote “giving up "soon"” there.',
        "`no route to host` was logged twice.",
        "`no route to host` is found in at least 2 lines and `x`.",
        "There are 3 ERROR lines.",
        "`no route to host` was first seen at 09:14:32 and the service died.",
        "The last `no route to host` was logged at 09:20.",
        "All `no route to host` lines fall between 09:14 and 09:21.",
        "`no route to host` was followed by `worker 7 died`.",
        "The log never contains `out of memory`.",
        "There were no errors after the restart.",
        "There were no errors after 09:25.",
        "After `worker 7 died` there was no `no route to host` any more.",
        "The server fe02.contoso.com on port 9001 failed with a ConnectException.",
        "It ran nginx 1.24.0 and used /var/lib/app.",
        "It ended with exit code 137.",
        "| 09:14:40 | could not open state.db, giving up |",
    ],
)
def test_what_the_lines_show_is_supported(verdicts, text):
    found = verdicts(text)
    assert found, "no claim was read"
    assert not {verdict for _, verdict in found} & {"contradicted", "absent"}, found
    assert "supported" in {verdict for _, verdict in found}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('The log shows "connect to fe02 failed: host is down".', ("message", "absent")),
        ("`no route to host` was logged 14 times.", ("count", "contradicted")),
        ("`no route to host` is on more than 5 lines.", ("count", "contradicted")),
        ("There are 9 ERROR lines.", ("count", "contradicted")),
        ("`no route to host` was first seen at 09:19:50.", ("time", "contradicted")),
        ("`worker 7 died` was followed by `no route to host`.", ("order", "contradicted")),
        ("The log never contains `no route to host`.", ("absence", "contradicted")),
        ("There were no errors after 09:15.", ("absence", "contradicted")),
        ("The server fe03.contoso.com failed.", ("host", "absent")),
        ("Port 9002 was closed.", ("port", "absent")),
        ("The client called fe02.contoso.com:9002.", ("port", "absent")),
        ("It ran nginx 1.25.3.", ("version", "contradicted")),
        ("The file /var/lib/app/other.db was locked.", ("path", "absent")),
        ("It failed with 0x800706BA.", ("code", "absent")),
        ("A java.lang.OutOfMemoryError was thrown.", ("code", "absent")),
    ],
)
def test_what_the_lines_do_not_show_is_called_so(verdicts, text, expected):
    assert expected in verdicts(text)


@pytest.mark.parametrize(
    "text",
    [
        "`no route to host` was logged 14 times per minute.",
        "`no route to host` was first seen at 10:14:32.",  # another zone, perhaps
        "At 09:30 the engineer found `no route to host`.",
        "There were no errors in the database log.",
        "There were no warnings after the failover.",
        "It was about port 137.",
        "About 2 lines say `no route to host`.",
        'It was a "perfect storm".',
    ],
)
def test_in_doubt_nothing_is_called_wrong(verdicts, text):
    assert not {verdict for _, verdict in verdicts(text)} & {"contradicted", "absent"}


def test_other_words_for_the_same_are_told_apart_from_other_words(verdicts):
    assert ("message", "reworded") in verdicts(
        'The log says "connecting to fe02.contoso.com:9001: host has no route, fails".'
    )
    assert ("message", "absent") in verdicts('The log says "error: connecting to fe03.contoso.com:9001 failed".')


def test_a_text_that_a_console_wrapped_is_found_over_the_line_end(verdicts):
    wrapped = "ERROR connect to fe02 failed: no rou\nte to host, giving\nup\n"
    assert ("message", "supported") in verdicts("It says `failed: no route to host, giving up`.", wrapped)
    assert ("count", "supported") in verdicts("It says `no route to host, giving up` only once.", wrapped)


def test_times_of_a_report_in_another_zone_are_seen_by_all_of_them(verdicts):
    text = "`no route to host` first appeared at 10:14:32.\n\n`worker 7 died` first appeared at 10:21:00.\n"
    assert ("time", "supported") in verdicts(text)
    assert ("time", "contradicted") in verdicts(text.replace("10:21:00", "09:21:00"))


def test_repeats_that_a_log_sums_up_are_counted(verdicts):
    log = "Nov 21 09:14:31 a sshd: Failed password for root\nNov 21 09:14:40 a sshd: message repeated 4 times: [ Failed password for root]\n"
    assert ("count", "supported") in verdicts("`Failed password for root` was logged 5 times.", log)
    assert ("count", "contradicted") in verdicts("`Failed password for root` was logged 9 times.", log)


def test_nothing_is_absent_from_logs_that_were_not_read_whole(verdicts, store):
    sources = open_inputs([STDIN], BytesIO(LOG.encode()), 100)
    found = referee(
        "r", "The log says `out of memory on fe09`. It never says `quota of disk`.", sources, store, Options()
    )
    assert not found.audit.complete
    assert {claim.verdict for claim in found.audit.claims} == {"not checkable"}


def test_encodings_and_line_numbers(store):
    sources = open_inputs([STDIN], BytesIO(LOG.replace("\n", "\r\n").encode("utf-16")))
    (claim,) = referee(
        "r", "It says `all quiet on every front` or `worker 7 died with`.", sources, store, Options()
    ).audit.claims[1:]
    assert [(line.source, line.line) for line in claim.shows] == [("-", 5)]


def test_the_cause_that_is_named_is_held_against_the_ranking(opened_store, root):
    shipped = opened_store([root / "articles/lync/pool-failover-dcom-error"], None)
    folder = root / "articles/lync/pool-failover-dcom-error/samples/cause"
    log = str(folder / "port-9001-blocked" / "trace-and-test-netconnection.txt")

    def causes(text):
        audit = referee("r", text, open_inputs([log]), shipped, Options()).audit
        return [claim.verdict for claim in audit.claims if claim.kind == "cause"], audit

    (verdict,), audit = causes("# Root cause\n\nPort 9001 is blocked between this server and the front end servers.")
    assert verdict == "supported"
    assert audit.named == audit.leading == "pool-failover-dcom-error/port-9001-blocked"
    (verdict,), audit = causes("The root cause was a solar flare in the datacenter.")
    assert verdict == "not checkable"
    assert audit.named == ""
    assert audit.leading in {rival.id for rival in audit.rivals}
    assert all(rival.commands for rival in audit.rivals if rival.check)

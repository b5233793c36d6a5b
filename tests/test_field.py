"""The small inputs of the field notes, each named by its kind: what unseen texts showed, held to its right value."""

from __future__ import annotations

import pytest

from diagnose.codes.find import says

ENOSPC = "cp: error writing '/var/lib/x/a': No space left on device\n"
GOOD_UDEV = (
    "Filesystem     1K-blocks    Used Available Use% Mounted on\nudev             4012345       0   4012345   0% /dev\n"
)


def out(diagnosis):
    return {item.id for item in diagnosis.ruled_out}


def test_a4_plain_words_do_not_confirm_or_rule_out(diagnosed):
    found = diagnosed(
        "x509: certificate has expired or is not yet valid\nTLS handshake failed\n", "job 17 timed out.\n"
    )
    assert found.verdict != "confirmed"
    assert all(abs(e.weight) < 1.2 for cause in found.causes for e in cause.evidence if "job 17" in e.quote)


def test_b5_inodes_in_short_are_inodes(diagnosed):
    text = "$ df -hi /var/lib\nFilesystem     Inodes IUsed IFree IUse% Mounted on\n/dev/sda1        6.0M  6.0M     0  100% /\n"
    found = diagnosed(ENOSPC + text)
    assert found.causes[0].id == "disk-full/inodes-exhausted"
    assert "disk-full/inodes-exhausted" not in out(found)


def test_b6_every_row_of_a_table_counts(diagnosed):
    found = diagnosed(ENOSPC + GOOD_UDEV + "/dev/sda2 1638400 1638392 8 100% /\n")
    assert (found.verdict, found.causes[0].id) == ("confirmed", "disk-full/space-used-up")


def test_b6_what_is_well_speaks_for_that_mount_alone(diagnosed):
    found = diagnosed("cp: error writing 'a': No space left on device\n" + GOOD_UDEV)
    assert "disk-full/space-used-up" not in out(found)
    assert found.causes[0].id == "disk-full/space-used-up"


@pytest.mark.parametrize(
    "text",
    [
        "$ sudo df\nFilesystem     1K-blocks    Used Available Use% Mounted on\n/dev/sda2 1638400 1638392 8 100% /\n",
        "$ df -T\nFilesystem     Type 1K-blocks    Used Available Use% Mounted on\n/dev/sda2 ext4 1638400 1638392 8 100% /\n",
        "$ df -hl\nFilesystem      Size  Used Avail Use% Mounted on\n/dev/sda2        20G   20G     0 100% /\n",
        "$ df -h\nDateisystem    Größe Benutzt Verf. Verw% Eingehängt auf\n/dev/sda2         20G     20G     0  100% /\n",
    ],
)
def test_b7_other_options_and_headers_are_the_same_output(diagnosed, text):
    found = diagnosed(ENOSPC + text)
    assert (found.verdict, found.causes[0].id) == ("confirmed", "disk-full/space-used-up")


def test_b7_two_outputs_in_one_block_answer_both(diagnosed):
    text = (
        "$ df -h /var/lib\nFilesystem     Size  Used Avail Use% Mounted on\n/dev/sda2   20G     10G     10G  50% /\n"
        "$ df -i /var/lib\nFilesystem      Inodes   IUsed   IFree IUse% Mounted on\n/dev/sda2      1310720 1310720       0  100% /\n"
    )
    found = diagnosed(ENOSPC + text)
    assert (found.verdict, found.causes[0].id) == ("confirmed", "disk-full/inodes-exhausted")


def test_b8_one_output_answers_all_that_it_contains(diagnosed):
    text = (
        "curl: (7) Failed to connect to web01.contoso.com port 443: Connection refused\n\n"
        "PS C:\\> Test-NetConnection web01.contoso.com -Port 443\nWARNING: TCP connect to (10.0.0.20 : 443) failed\n\n"
        "ComputerName           : web01.contoso.com\nRemoteAddress          : 10.0.0.20\nRemotePort             : 443\n"
        "PingSucceeded          : True\nPingReplyDetails (RTT) : 1 ms\nTcpTestSucceeded       : False\n"
    )
    checks = {
        c.id: c.outcome
        for cause in diagnosed(text).causes
        for c in cause.checks
        if cause.article.startswith("connection")
    }
    assert checks["tcp"] == "failed"
    assert checks["ping"] == "reachable"


def test_c9_the_general_symptom_alone_makes_no_cause_likely(diagnosed):
    found = diagnosed(ENOSPC)
    assert found.articles[0].id == "disk-full"
    assert {cause.verdict for cause in found.causes} == {"possible"}


def test_c12_doubling_a_log_changes_nothing(diagnosed):
    once, twice = diagnosed(ENOSPC), diagnosed(ENOSPC * 2)
    assert (once.verdict, once.causes[0].id) == (twice.verdict, twice.causes[0].id)
    assert abs(once.causes[0].probability - twice.causes[0].probability) < 0.02


@pytest.mark.parametrize(
    "text",
    ["System error 53 has occurred.", "Systemfehler 53 aufgetreten.", "0x80070035", "ERROR_BAD_NETPATH", "-2147024843"],
)
def test_d14_a_number_in_any_notation_leads_to_the_same_article(diagnosed, text):
    assert diagnosed(f"net use: {text}\n").articles[0].id == "smb-share-access"


def test_15_1_a_command_that_did_not_run_leaves_its_check_open(diagnosed):
    text = ENOSPC + "$ quota -s\nbash: quota: command not found\nDisk quotas for user root (uid 0): none\n"
    quota = next(c for cause in diagnosed(text).causes for c in cause.checks if c.id == "quota")
    assert quota.outcome is None
    assert "did not run" in quota.unclear


ERRORS = {
    "found": "# Shares cannot be opened\n\n## Symptoms\n\n> System error 53 has occurred. The network path was not found.\n",
    "alike": "# System error 67 has occurred\n\n## Symptoms\n\n> System error 67 has occurred\n\n> The network name cannot be found\n",
}


def test_d14_a_message_that_names_another_error_is_another_message(base):
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import diagnose

    found = diagnose(open_inputs(["-"], BytesIO(b"System error 53 has occurred.\n")), base(**ERRORS))
    assert found.articles[0].id == "found"


def asked(store, text):
    from io import BytesIO

    from diagnose.inputs.sources import open_inputs
    from diagnose.pipeline import diagnose

    return diagnose(open_inputs(["-"], BytesIO(text.encode())), store)


SITES = {
    "untrusted": "# HTTP Error 403.16 when you open a site\n\n## Symptoms\n\nThe client certificate is untrusted or invalid.\n",
    "required": "# HTTP Error 403.7 when you open a site\n\n## Symptoms\n\nThe site wants a client certificate.\n",
    "vpn": "# VPN fails with error 787\n\n## Symptoms\n\n> The connection failed: the remote computer was not authenticated\n",
}


def test_d14_siblings_are_told_apart_by_the_number_of_their_error(base):
    store = base(**SITES)
    assert asked(store, "client certificate, but it is http 403.7 every time\n").articles[0].id == "required"
    assert asked(store, "Request ended with HTTP status 403.16\n").articles[0].id == "untrusted"


def test_c10_a_message_beside_another_number_is_at_most_possible(base):
    text = "Error 789: The connection failed: the security layer had an error\n"
    assert asked(base(**SITES), text).verdict in ("possible", "unknown")


def test_a1_minus_one_in_a_name_is_no_code():
    assert says("connect() failed, result -1", "0xffffffff")
    assert not says("https://pool1-53392281-1:10250/x: dial tcp: timed out", "0xffffffff")


def test_d13_a_sentence_of_a_long_message_is_the_message(base):
    long = (
        "> File C:\\Scripts\\a.ps1 cannot be loaded because the running of scripts is disabled on this machine by policy."
        " Please see the help about signing for more details on how to proceed from here with your administrator.\n"
    )
    store = base(policy=f"# Scripts do not run\n\n## Symptoms\n\n{long}")
    texts = [m.text for m in store.messages(range(20)).values()]
    assert any(text.endswith("disabled on this machine by policy.") for text in texts)

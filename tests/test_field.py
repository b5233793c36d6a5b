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


@pytest.mark.parametrize(
    "text",
    [
        "[   12.1] Call Trace:\n[   12.1]  v9fs_mount+0x718/0xa90\n",
        "[   12.1]  hrtimer_interrupt+0x300/0x718\n[   12.1]  shmem_undo_range+0x6fd/0x18f0\n",
        "ERROR 2022/04/16 no such pump\n",
        "[error] 8496#8496: *1 a pump is gone\n",
        "the claim of pvc-c07c28ce-1722-4f6e-9d53-2a1b3c4d5e6f is bound\n",
        "Err:5 https://deb.example.com stable Release\n",
        "response code: 403\n",
        "status=200 error=\n",
        "STOP: 0x0000007B (0xF78D2524, 0xC0000034, 0x00000000, 0x00000000)\n",
    ],
)
def test_a1_a_number_that_is_no_code_leads_to_nothing(diagnosed, text):
    assert diagnosed(text).verdict == "unknown"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("FATAL: could not create semaphores: No space left on device\n", "kernel-store"),
        ("efibootmgr: Could not prepare Boot variable: No space left on device\n", "kernel-store"),
        ("mkdir: cannot create directory '/sys/fs/cgroup/memory/x': No space left on device\n", "kernel-store"),
        ("OSError: [Errno 28] No space left on device: '/dev/shm/x1'\n", "shared-memory"),
        (ENOSPC + "HINT: This error does *not* mean that you have run out of disk space.\n", "kernel-store"),
    ],
)
def test_a2_the_object_before_the_words_decides(diagnosed, text, cause):
    found = diagnosed(text)
    assert found.causes[0].id == f"disk-full/{cause}"
    odds = {c.id: c.probability for c in found.causes}
    assert odds.get("disk-full/space-used-up", 0) < 0.1


@pytest.mark.parametrize(
    "text",
    [
        "WslRegisterDistribution failed with error: 0x800706ba\nError: 0x800706ba The RPC server is unavailable.\n",
        "COMException (0x800706BA): The RPC server is unavailable. (Exception from HRESULT: 0x800706BA)\n"
        "   at Microsoft.Office.Interop.Excel.ApplicationClass.get_Workbooks()\n",
    ],
)
def test_a3_a_local_call_is_no_remote_one(diagnosed, text):
    found = diagnosed(text)
    assert found.causes[0].id == "rpc-server-unavailable/local-service-stopped"
    remote = ("host-down", "name-wrong", "tcp-135-blocked", "dynamic-ports-blocked")
    assert sum(c.probability for c in found.causes if c.id.rpartition("/")[2] in remote) < 0.05


@pytest.mark.parametrize("text", ["IP address: 1.1.1.1\n", "Installed packages:\nASP.NET Core Runtime 6.0.1\n"])
def test_a4_a_name_or_an_address_in_a_list_is_no_failure(diagnosed, text):
    assert diagnosed(text).verdict == "unknown"


SUDO = {
    "works": "# Sudo to root\n\n## Symptoms\n\n> pam_unix(sudo:session): session opened for user root by the operator on duty\n",
    "refused": "# Sudo is refused\n\n## Symptoms\n\n> the user NOT in sudoers has asked to become root on this machine\n",
}


def test_c10_the_words_that_differ_decide_between_siblings(base):
    text = "web01 sudo: the user NOT in sudoers has asked to become root on this machine\n"
    found = asked(base(**SUDO), text)
    assert found.articles[0].id == "refused"
    assert all(article.id != "works" or article.probability < 0.05 for article in found.articles)


VERSIONED = """---
id: tokens
title: Tokens are refused after an upgrade
status: test
applies_to: [{product: keystone}]
signals: {s: {contains: the token of the pump was refused}}
symptoms: [s]
causes:
  - {id: defect, title: A defect of 17.0.0 and 17.0.1, evidence: [{signal: s, supports: strong}], requires: {version: '< 17.0.2'}}
  - {id: clock, title: The clock, evidence: [{signal: s, supports: weak}]}
---
"""


@pytest.mark.parametrize(("version", "first"), [("17.0.1", "defect"), ("17.0.2", "clock")])
def test_c11_a_version_that_a_cause_excludes_is_not_its_own(base, version, first):
    found = asked(base(tokens=VERSIONED), f"keystone {version}\nthe token of the pump was refused\n")
    assert found.causes[0].id == f"tokens/{first}"


@pytest.mark.parametrize(
    ("text", "cause"),
    [
        ("MongoDB 4.4.29 starting\nmongod.service: Main process exited, code=dumped, status=4/ILL\n", "processor"),
        ("Windows 7 Professional\nnet use: System error 50 has occurred.\n", "guest-access-blocked"),
    ],
)
def test_c11_a_version_in_the_text_rules_out_what_only_others_have(diagnosed, text, cause):
    first, _, rest = text.partition("\n")
    told, plain = diagnosed(text), diagnosed(rest)
    odds = [{c.id.rpartition("/")[2]: c.probability for c in found.causes}.get(cause, 0.0) for found in (told, plain)]
    assert odds[0] < odds[1] / 2, first


def test_d15_a_code_alone_does_in_a_text_of_another_language(diagnosed):
    found = diagnosed("エラー: 操作は失敗しました。 (HRESULT からの例外: 0x80131515)\n")
    assert (found.articles[0].id, found.verdict) == ("dotnet-assembly-not-loaded", "possible")


@pytest.mark.parametrize(
    "text",
    [
        "Unable to get instances from Sql Server Browser on host db01: read udp 10.1.0.15:53997->10.1.0.20:1434: i/o timeout\n",
        "The connection to the host db01, named instance reports failed. Error: java.net.SocketTimeoutException\n",
        "SQL Server Network Interfaces: Error Locating Server/Instance Specified [xFFFFFFFF].\n",
        "BrowserError: No response from SQL Browser service. Verify that the service is available on db01\n",
    ],
)
def test_d16_the_same_failure_in_the_words_of_another_client(diagnosed, text):
    assert diagnosed(text).causes[0].id == "sql-server-cannot-connect/browser-not-reached"


def test_d17_a_translated_message_is_found_by_its_catalogue(base, tmp_path):
    from kb.catalogs.catalog import opened
    from kb.catalogs.take_in import take_in

    german = "die Pumpe steht seit gestern still"
    (tmp_path / "de.po").write_text(
        'msgid ""\nmsgstr "Language: de\\nContent-Type: text/plain; charset=UTF-8\\n"\n\n'
        f'msgid "the pump has not moved since yesterday"\nmsgstr "{german}"\n',
        encoding="utf-8",
    )
    store = base(pump="# Pumps\n\n## Symptoms\n\n> the pump has not moved since yesterday\n")
    assert asked(store, german + "\n").verdict == "unknown"
    take_in([tmp_path / "de.po"], tmp_path / "data")
    store.catalog = opened(tmp_path / "data")
    assert asked(store, german + "\n").articles[0].id == "pump"
    store.catalog.close()
    store.catalog = None


@pytest.mark.parametrize(
    ("text", "article"),
    [
        ("Kubernetes node web01 has been unready for more than 15 minutes.\n", "node-not-ready"),
        (
            "Filesystem on /dev/sda1 at 10.0.0.5:9100 has only 2.80% available space left and is filling up.\n",
            "disk-full",
        ),
        ("The PersistentVolume claimed by data-db-0 in Namespace prod is only 2.8% free.\n", "disk-full"),
    ],
)
def test_d18_the_prose_of_an_alert_finds_its_article(diagnosed, text, article):
    assert diagnosed(text).articles[0].id == article


@pytest.mark.parametrize(
    "line",
    [
        "ORA-12514: TNS:listener does not currently know of service requested in connect descriptor",
        "W: GPG error: The following signatures couldn't be verified: NO_PUBKEY 6BEFFBC33B4D2FF0",
        "nf_conntrack: table full, dropping packet",
        "ERROR 2002 (HY000): Can't connect to local MySQL server through socket '/run/mysqld/mysqld.sock' (2)",
    ],
)
def test_d19_the_decisive_line_is_shown(diagnosed, line):
    from diagnose.report.style import Style
    from diagnose.report.text import render

    lines = [f"Nov  2 08:14:{n:02} web01 app[{n}]: request {n} served in {n} ms" for n in range(30)]
    lines.insert(17, f"Nov  2 08:14:17 web01 app[17]: {line}")
    report = render(diagnosed("\n".join(lines) + "\n"), Style())
    assert line[20:40] in " ".join(report.split())


def test_d20_a_runbook_is_found_by_its_alert(base):
    runbook = "# ValvePressureLow\n\n## Meaning\n\nA pump is down.\n\n## Impact\n\nTaps run dry.\n\n## Mitigation\n\nStart it.\n"
    store = base(valve=runbook, other="# PipeTooHot\n\n## Meaning\n\nA pipe is hot.\n\n## Mitigation\n\nWait.\n")
    assert asked(store, "[FIRING:1] ValvePressureLow (severity warning)\n").articles[0].id == "valve"


def test_a_trace_of_system_calls_is_no_container(diagnosed):
    assert diagnosed("[pid  3610] exit_group(1) = ?\n[pid  3610] +++ exited with 1 +++\n").verdict == "unknown"


NOTATIONS = [
    "System error 53",
    "error 53",
    "53",
    "0x35",
    "error 0x35",
    "0x80070035",
    "-2147024843",
    "ERROR_BAD_NETPATH",
]
NUMBERED = {
    "printing": "# Printing fails (0x0000011b)\n\nThe printer of the server is refused.\n",
    "vpn": "# VPN fails (789)\n\nThe connection failed.\n",
    "slow": "# Shares are slow\n\nCopies of files take long. The network path is long.\n",
}


@pytest.mark.parametrize(
    "form", ["# Shares: {}\n\nLook at the server.\n", "# Shares\n\nOne opens a share: {}. Look.\n"]
)
@pytest.mark.parametrize("written", NOTATIONS[:2] + NOTATIONS[4:])
def test_d14_any_notation_finds_the_title_or_the_prose_that_has_another(base, form, written):
    store = base(mine=form.format(written), **NUMBERED)
    assert {text: [a.id for a in asked(store, f"{text}\n").articles[:1]] for text in NOTATIONS} == {
        text: ["mine"] for text in NOTATIONS
    }

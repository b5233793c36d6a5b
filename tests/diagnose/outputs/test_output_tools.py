"""What single tools must and must not conclude."""

from __future__ import annotations

import pytest

from diagnose.outputs import Output, recognise


def read(text: str) -> list[Output]:
    return recognise(text.strip("\n").split("\n"))


def one(text: str) -> Output:
    found = read(text)
    assert len(found) == 1, found
    return found[0]


# --- Test-NetConnection -------------------------------------------------------------------------------------------


def test_a_value_wrapped_inside_the_word_is_read() -> None:
    assert one("RemotePort             : 9001\nTcpTestSucceeded       : Fal\nse").state == "failed"


def test_an_answer_that_is_cut_is_none() -> None:
    found = one("ComputerName     : fe02\nRemotePort       : 9001\nTcpTestSucceeded : Fal")
    assert (found.state, found.subject) == ("", {"host": "fe02", "port": "9001"})
    assert "TcpTestSucceeded" in found.why


def test_prose_about_the_property_is_no_output() -> None:
    assert read("If the result is `TcpTestSucceeded : False`, then a firewall may be in between.") == []
    assert (
        read("we ran Test-NetConnection fe02 -Port 9001 and it said TcpTestSucceeded : True on the other server") == []
    )


def test_a_remark_behind_the_answer_does_no_harm() -> None:
    assert one("RemotePort : 9001\nTcpTestSucceeded : False   <--- !!!").state == "failed"


def test_a_warning_alone_is_unclear_for_a_name_has_several_addresses() -> None:
    found = one("PS C:\\> Test-NetConnection fe02 -Port 9001\nWARNING: TCP connect to (10.0.0.12 : 9001) failed")
    assert (found.state, found.subject) == ("", {"host": "fe02", "address": "10.0.0.12", "port": "9001"})


def test_a_warning_alone_is_enough_when_an_address_was_asked_for() -> None:
    found = one("PS C:\\> Test-NetConnection 10.0.0.12 -Port 9001\nWARNING: TCP connect to (10.0.0.12 : 9001) failed")
    assert found.state == "failed"


@pytest.mark.parametrize(
    "prefix", ["WARNING: ", "AVISO: ", "WARNUNG: ", "AVERTISSEMENT : ", "警告: ", "ПРЕДУПРЕЖДЕНИЕ: "]
)
def test_the_prefix_of_a_warning_may_be_in_any_language(prefix: str) -> None:
    text = f"{prefix}TCP connect to (10.0.0.1 : 443) failed\n\nRemoteAddress    : 10.0.0.1\nTcpTestSucceeded : False"
    assert (one(text).state, one(text).subject["port"]) == ("failed", "443")


def test_the_older_wording_of_the_warning_names_host_and_port() -> None:
    found = one("WARNING: TCP connect to sql01.contoso.com:1433 failed\n\nTcpTestSucceeded : False")
    assert found.subject == {"host": "sql01.contoso.com", "port": "1433"}


def test_one_address_of_several_that_answers_is_a_connection() -> None:
    found = one(
        "WARNING: TCP connect to (2001:db8::1 : 443) failed\n\nComputerName     : fe02\nRemoteAddress    : 10.0.0.1\n"
        "RemotePort       : 443\nTcpTestSucceeded : True"
    )
    assert (found.state, found.subject["address"]) == ("connected", "10.0.0.1")


def test_the_ping_form_has_no_state_of_a_port() -> None:
    found = one("ComputerName           : fe02\nPingSucceeded          : True\nPingReplyDetails (RTT) : 0 ms")
    assert (found.state, found.fields["ping"]) == ("", "True")
    assert "-Port" in found.why


def test_true_alone_is_no_output_without_its_command() -> None:
    assert read("True") == []
    assert read("PS C:\\> Test-Path C:\\x -InformationLevel Quiet\nTrue") == []


def test_two_targets_do_not_share_an_answer() -> None:
    first, second = read(
        "ComputerName     : fe01\nRemotePort       : 9001\n\nComputerName     : fe02\nRemotePort       : 9001\n"
        "TcpTestSucceeded : True"
    )
    assert (first.subject["host"], first.state) == ("fe01", "")
    assert (second.subject["host"], second.state) == ("fe02", "connected")


def test_prose_between_two_halves_keeps_them_apart() -> None:
    first, second = read(
        "ComputerName     : fe01\nRemoteAddress    : 10.0.0.1\nRemotePort       : 9001\nand on the other one:\n"
        "TcpTestSucceeded : True"
    )
    assert (first.state, second.state, second.subject) == ("", "connected", {})


def test_the_result_line_of_a_prompt_on_the_same_width_is_not_glued() -> None:
    found = one("RemotePort       : 9001\nTcpTestSucceeded : True\nPS C:\\>")
    assert (found.state, found.last) == ("connected", 2)


# --- telnet -------------------------------------------------------------------------------------------------------


def test_an_attempt_without_an_answer_is_unclear() -> None:
    assert one("$ telnet fe02 9001\nTrying 10.0.0.12...").state == ""
    assert one("C:\\>telnet fe02 9001\nConnecting To fe02...").state == ""


def test_a_refused_first_address_does_not_decide() -> None:
    found = one("$ telnet localhost 9001\nTrying ::1...\ntelnet: connect to address ::1: Connection refused")
    assert found.state == ""
    assert "address" in found.why


def test_addresses_that_answer_differently_are_unclear() -> None:
    text = (
        "$ telnet fe02 9001\nTrying 10.0.0.1...\ntelnet: connect to address 10.0.0.1: Connection refused\n"
        "Trying 10.0.0.2...\ntelnet: connect to address 10.0.0.2: Connection timed out"
    )
    assert one(text).state == ""


def test_a_translated_error_of_the_c_library_is_read() -> None:
    text = "$ telnet 10.0.0.1 9001\nTrying 10.0.0.1...\ntelnet: Unable to connect to remote host: Verbindungsaufbau abgelehnt"
    assert one(text).state == "refused"


def test_an_error_that_comes_before_its_attempt_still_counts() -> None:
    found = one("$ telnet fe02 9001\ntelnet: Unable to connect to remote host: Connection refused\nTrying 10.0.0.1...")
    assert (found.state, found.subject) == ("refused", {"host": "fe02", "port": "9001"})


def test_an_unknown_error_is_unclear() -> None:
    text = "Trying 10.0.0.1...\ntelnet: Unable to connect to remote host: Something else"
    assert one(text).state == ""


def test_a_cut_error_is_unclear() -> None:
    assert one("Trying 10.0.0.1...\ntelnet: Unable to connect to remote host: Connection ref").state == ""


def test_ftp_that_connects_is_not_telnet() -> None:
    assert read("Connected to ftp.contoso.com.\n220 ready") == []


def test_a_lost_connection_was_one() -> None:
    assert (
        one("C:\\>telnet fe02 25\n220 fe02 ESMTP\n\n\nConnection to host lost.".replace("220 fe02 ESMTP\n", "")).state
        == "connected"
    )


# --- nc -----------------------------------------------------------------------------------------------------------


def test_udp_that_succeeds_says_nothing() -> None:
    found = one("Connection to 10.0.0.1 53 port [udp/domain] succeeded!")
    assert (found.state, "UDP" in found.why) == ("", True)


def test_a_listener_that_accepts_is_not_an_attempt() -> None:
    assert read("listening on [any] 443 ...\nconnect to [10.0.0.1] from (UNKNOWN) [10.0.0.2] 45378") == []


def test_ncat_says_neither_host_nor_port_so_its_command_does() -> None:
    found = one("$ ncat -v fe02 9001\nNcat: Connection timed out.")
    assert (found.state, found.subject) == ("timeout", {"host": "fe02", "port": "9001"})


def test_an_unknown_service_is_no_unknown_name() -> None:
    assert one('nc: getaddrinfo for host "fe02" port xyz: Servname not supported for ai_socktype').state == ""


def test_options_with_values_do_not_become_hosts() -> None:
    found = one("$ nc -w 5 -zv fe02 9001\nNcat: Connection refused.")
    assert found.subject == {"host": "fe02", "port": "9001"}


# --- netstat ------------------------------------------------------------------------------------------------------


def test_udp_rows_are_ignored() -> None:
    assert read("  UDP    0.0.0.0:500            *:*                                    1111") == []


def test_a_port_that_is_only_bound_does_not_listen() -> None:
    found = read("  Proto  Local Address  Foreign Address  State\n  TCP    0.0.0.0:9001    0.0.0.0:0    BOUND    42")
    assert [output.state for output in found] == [""]


def test_a_state_that_is_cut_is_none_even_with_a_wildcard_peer() -> None:
    found = read("  Proto  Local Address  Foreign Address  State\n  TCP    0.0.0.0:9001    0.0.0.0:0    BOUN    42")
    assert [output.state for output in found] == [""]


def test_a_state_in_an_unknown_language_is_unclear_with_a_peer() -> None:
    text = "  Proto  A  B  C\n  TCP    10.0.0.1:50000    10.0.0.2:443    KAPCSOLÓDVA    42"
    assert [(output.state, output.fields["raw_state"]) for output in read(text)] == [("", "KAPCSOLÓDVA")]


def test_a_row_cut_inside_the_port_has_no_subject() -> None:
    text = "  Proto  Local Address          Foreign Address        State\n  TCP    10.0.0.5:50123         10.0.0.12:90"
    assert [(output.state, output.subject) for output in read(text)] == [("", {})]


def test_names_stand_for_addresses_without_the_option_n() -> None:
    found = one("  TCP    app01:50123         fe02.contoso.com:https   ESTABLISHED")
    assert (found.state, found.subject) == ("connected", {"host": "fe02.contoso.com", "port": "443"})


def test_at_most_ten_thousand_rows_are_read() -> None:
    rows = [f"  TCP    10.0.0.5:{1024 + i}  10.0.0.1:443  ESTABLISHED  {i}" for i in range(12_000)]
    assert len(recognise(rows)) == 10_000


def test_a_firewall_log_is_no_row() -> None:
    assert read("tcp 10.0.0.1:80 10.0.0.2:443 blocked") == []


def test_programs_below_a_row_are_not_part_of_it() -> None:
    found = read("  TCP    0.0.0.0:135   0.0.0.0:0   LISTENING   1832\n  RpcSs\n [svchost.exe]")
    assert [(output.state, output.last) for output in found] == [("listening", 1)]


# --- services -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("Running", "running"),
        ("Stopped", "stopped"),
        ("Paused", "paused"),
        ("Start...", "start-pending"),
        ("StopP...", "stop-pending"),
        ("StartPe…", "start-pending"),
        ("Pause...", "pause-pending"),
        ("Conti...", "continue-pending"),
    ],
)
def test_a_state_that_its_column_cuts_is_still_one(word: str, state: str) -> None:
    text = f"Status   Name               DisplayName\n------   ----               -----------\n{word:8} RTCSRV             Front-End"
    assert (one(text).state, one(text).subject) == (state, {"service": "RTCSRV"})


def test_a_state_that_its_column_cuts_too_short_is_none() -> None:
    text = "Status   Name               DisplayName\n------   ----               -----------\nSt...    RTCSRV             Front-End"
    assert [output.state for output in read(text)] in ([], [""])


def test_adapters_are_no_services() -> None:
    text = "Name     Status LinkSpeed\n----     ------ ---------\nEthernet Up     1 Gbps"
    assert read(text) == []


def test_a_name_and_a_state_alone_count_only_below_the_command() -> None:
    assert read("Name   : web-1\nStatus : Running") == []
    assert one("PS C:\\> Get-Service web-1 | fl Name,Status\n\nName   : web-1\nStatus : Running").state == "running"


def test_a_list_that_ends_before_its_state_has_none() -> None:
    found = one("Name                : RTCSRV\nDisplayName         : Front-End\nCanStop             : False")
    assert (found.state, found.subject) == ("", {"service": "RTCSRV"})


def test_lists_of_two_services_keep_their_states() -> None:
    text = (
        "Name        : RTCSRV\nDisplayName : Front-End\nStatus      : Stopped\nCanStop     : False\n\n"
        "Name        : RTCATS\nDisplayName : Audio Test\nStatus      : Running\nCanStop     : True"
    )
    assert [(o.subject["service"], o.state) for o in read(text)] == [("RTCSRV", "stopped"), ("RTCATS", "running")]


# --- others -------------------------------------------------------------------------------------------------------


def test_a_verify_code_without_a_certificate_is_not_ok() -> None:
    text = "CONNECTED(00000003)\n---\nno peer certificate available\n---\nVerify return code: 0 (ok)"
    assert one(text).state == "tls-error"


def test_windows_counts_an_unreachable_host_as_received() -> None:
    text = (
        "Pinging 10.0.0.12 with 32 bytes of data:\nReply from 10.0.0.5: Destination host unreachable.\n\n"
        "Ping statistics for 10.0.0.12:\n    Packets: Sent = 1, Received = 1, Lost = 0 (0% loss),"
    )
    assert one(text).state == "unreachable"


def test_pings_without_an_answer_are_unclear_before_the_statistics() -> None:
    assert one("Pinging fe02 [10.0.0.12] with 32 bytes of data:\nRequest timed out.").state == ""


def test_a_curl_that_waited_in_vain_is_unclear_without_its_log() -> None:
    assert one("curl: (28) Operation timed out after 5001 milliseconds with 0 bytes received").state == ""


def test_a_password_in_a_url_is_not_kept() -> None:
    found = one(
        "$ curl https://alice:secret@fe02.contoso.com/x?token=abc\ncurl: (7) Failed to connect to fe02.contoso.com port 443"
    )
    assert found.subject["url"] == "https://fe02.contoso.com/x"


def test_only_a_known_sub_state_of_a_unit_counts() -> None:
    text = "● app.service - App\n     Loaded: loaded (/x; enabled)\n     Active: active"
    assert one(text).state == ""


def test_images_that_are_always_full_are_left_out() -> None:
    text = "Filesystem Size Used Avail Use% Mounted on\n/dev/loop1  56M  56M     0 100% /snap/core18/2538"
    assert read(text) == []


def test_a_pod_with_an_unknown_status_is_unclear_and_says_which() -> None:
    found = one("NAME    READY   STATUS        RESTARTS   AGE\nweb-1   0/1     SomethingNew  0          5m")
    assert (found.state, found.fields["status"]) == ("", "SomethingNew")
    assert "SomethingNew" in found.why


def test_a_domain_name_that_dig_found_without_addresses_has_no_data() -> None:
    text = (
        ";; ->>HEADER<<- opcode: QUERY, status: NOERROR, id: 1\n"
        ";; flags: qr rd ra; QUERY: 1, ANSWER: 0, AUTHORITY: 1, ADDITIONAL: 1\n\n;; QUESTION SECTION:\n;fe02.contoso.com. IN A"
    )
    assert (one(text).state, one(text).subject) == ("no-data", {"host": "fe02.contoso.com"})

"""What a code may mean: every table whole, the usual reading first, and nothing read at a diagnosis."""

import errno
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.codes.explain import explain
from diagnose.codes.tables import FOLDER, TABLES, rows_of, sentences


@pytest.mark.parametrize(
    ("value", "kind", "name"),
    [
        ("5", "win32", "ERROR_ACCESS_DENIED"), ("error 5", "win32", "ERROR_ACCESS_DENIED"), ("08001", "sqlstate", "unable_to_establish_connection"),
        ("SQLSTATE[HY000]", "sqlstate", "general_error"), ("42P01", "sqlstate", "undefined_table"), ("XX777", "sqlstate", "class: internal"),
        ("18456", "sqlserver", "login failed"), ("4625", "event", "Microsoft-Windows-Security-Auditing"), ("Event ID: 4740", "event", "Microsoft-Windows-Security-Auditing"),
        ("1000", "event", "Application Error"), ("7034", "event", "Service Control Manager"), ("36887", "event", "Schannel"), ("5719", "event", "NETLOGON"),
        ("1053", "win32", "ERROR_SERVICE_REQUEST_TIMEOUT"), ("1722", "win32", "RPC_S_SERVER_UNAVAILABLE"), ("0x800706BA", "hresult", "RPC_S_SERVER_UNAVAILABLE"),
        ("80070005", "hresult", "ERROR_ACCESS_DENIED"), ("-2147023174", "hresult", "RPC_S_SERVER_UNAVAILABLE"), ("0xC000006A", "ntstatus", "STATUS_WRONG_PASSWORD"),
        ("137", "exit", ""), ("127", "exit", ""), ("138", "exit", ""), ("exit:0xC0000005", "exit", "STATUS_ACCESS_VIOLATION"), ("-9", "signal", "SIGKILL"),
        ("SIGSEGV", "signal", "SIGSEGV"), ("-110", "errno", "ETIMEDOUT"), ("28", "errno", "ENOSPC"), ("macos:61", "errno_macos", "ECONNREFUSED"),
        ("crt:138", "errno_crt", "ETIMEDOUT"), ("404", "http", "Not Found"), ("HTTP/1.1 503", "http", "Service Unavailable"), ("UNAVAILABLE", "grpc", "UNAVAILABLE"),
        ("grpc:14", "grpc", "UNAVAILABLE"), ("ORA-01017", "oracle", "invalid username/password"), ("TNS-12541", "oracle", "no listener"),
        ("1045", "mysql", "ER_ACCESS_DENIED_ERROR"), ("ERROR 2002 (HY000)", "mysql", "CR_CONNECTION_ERROR"), ("mysql:1205", "mysql", "ER_LOCK_WAIT_TIMEOUT"),
        ("curl: (60)", "curl", "CURLE_PEER_FAILED_VERIFICATION"), ("rsync:23", "rsync", "RERR_PARTIAL"), ("203/EXEC", "systemd", "EXEC"),
        ("apt:100", "apt", "apt: error"), ("kerberos:0x25", "kerberos", "KRB_AP_ERR_SKEW"), ("kerberos:24", "kerberos", "KDC_ERR_PREAUTH_FAILED"),
        ("0x18", "kerberos", "KDC_ERR_PREAUTH_FAILED"), ("x509:20", "x509", "X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY"), ("CERT_HAS_EXPIRED", "x509", "X509_V_ERR_CERT_HAS_EXPIRED"),
        ("CERT_E_UNTRUSTEDROOT", "hresult", "CERT_E_UNTRUSTEDROOT"), ("0x7B", "stopcode", "INACCESSIBLE_BOOT_DEVICE"), ("stop:7b", "stopcode", "INACCESSIBLE_BOOT_DEVICE"),
        ("tls:40", "tls", "handshake_failure"), ("ldap:49", "ldap", "invalidCredentials"), ("NXDOMAIN", "dns", "NXDOMAIN"), ("smtp:550", "smtp", "mailbox unavailable or refused"),
    ],
)  # fmt: skip
def test_the_most_usual_reading_comes_first(value, kind, name):
    first = explain(value).readings[0]
    assert (first.kind, first.name) == (kind, name)
    assert first.where


def test_other_readings_follow_and_the_first_says_why():
    kinds = [reading.kind for reading in explain("5").readings]
    assert kinds[0] == "win32"
    assert {"errno", "curl", "signal"} <= set(kinds)
    assert "Win32" in explain("5").readings[0].why
    assert [reading.why for reading in explain("5").readings[1:]] == [""] * (len(kinds) - 1)


def test_a_leading_zero_is_an_sqlstate_and_no_number_of_windows():
    assert {reading.kind for reading in explain("08001").readings} == {"sqlstate"}


def test_the_notations_of_a_windows_code_are_told():
    assert explain("0x800706BA").readings[0].notations == ("1722", "0x6BA", "0x800706BA", "-2147023174")


@pytest.mark.parametrize(
    ("value", "hint"),
    [("ECONREFUSED", "ECONNREFUSED"), ("0x80070BA", "7 digits"), ("65432", "event:4625"), ("KDC_ERR_PREAUTH_FAIL", "KDC_ERR_PREAUTH_FAILED")],
)  # fmt: skip
def test_what_is_unknown_names_what_was_tried_and_what_is_near(value, hint):
    told = explain(value)
    assert told.readings == ()
    assert "Win32 error" in told.tried
    assert hint in told.nearest


@given(st.text(max_size=60))
def test_no_text_makes_it_raise(text):
    explain(text)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.kind)
def test_a_table_is_whole(table):
    rows = rows_of(table.kind)
    assert len({(row.value, row.name) for row in rows}) == len(rows) > 2
    for row in rows:
        assert re.match(r"(?:[A-Z0-9]|(?:lib)?curl|rsync|dpkg|apt|nginx|ssh)", row.meaning), row
        assert row.meaning.endswith((".", ".)")), row
        asked = explain(f"{table.words[0]}:{row.value}").readings
        assert row.meaning in [reading.meaning for reading in asked], row


def test_every_file_of_the_folder_is_a_table():
    assert {path.stem for path in FOLDER.glob("*.tsv")} == {table.kind for table in TABLES} | {"windows"}


def test_what_windows_names_mean_are_sentences():
    assert all(meaning.endswith(".") and meaning[0].isupper() for meaning in sentences().values())
    assert all(explain(name).readings for name in sentences())


@pytest.mark.skipif(sys.platform != "linux", reason="the numbers of Linux")
def test_the_numbers_of_linux_are_those_of_the_system():
    known = {row.name: int(row.value) for row in rows_of("errno") if hasattr(errno, row.name)}
    assert known == {name: getattr(errno, name) for name in known}
    assert len(known) > 80


def test_a_diagnosis_reads_no_table():
    code = "import sys, diagnose.pipeline; sys.exit(any('codetables' in m or 'codeexplain' in m for m in sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

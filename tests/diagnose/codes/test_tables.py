"""The tables say what other lists say: Python's own everywhere, headers and programs where they are installed."""

import errno
import http
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
from pathlib import Path

import pytest

from diagnose.codes.decode import values_named
from diagnose.codes.tables import rows_of

# Python before 3.13 has the names of before RFC 9110; the alert has two spellings.
OLDER_NAMES = {
    "request entity too large",
    "request-uri too long",
    "requested range not satisfiable",
    "unprocessable entity",
}
SPELLINGS = {"user_cancelled"}
# A table, where a package of the system puts its list, and how a line of it reads: name and number.
LISTS = (
    ("errno_crt", "usr/share/mingw-w64/include/errno.h", r"#define\s+(?P<name>E\w+|STRUNCATE)\s+(?P<value>\d+)", set()),
    ("stopcode", "usr/share/mingw-w64/include/bugcodes.h", r"#define\s+(?P<name>\w+)\s+\(*ULONG\)(?P<value>0x\w+)", set()),
    ("x509", "usr/include/openssl/x509_vfy.h", r"define\s+(?P<name>X509_V_(?:OK|ERR)\w*)\s+(?P<value>\d+)", set()),
    ("tls", "usr/include/openssl/tls1.h", r"define\s+TLS1(?:3)?_AD_(?P<name>\w+)\s+(?P<value>\d+)", SPELLINGS),
    ("sqlstate", "usr/share/postgresql/*/errcodes.txt", r"^(?P<value>\w{5})[ \t]+\w[ \t]+ERRCODE_\w+[ \t]+(?P<name>\w+)",
     {"sqlclient_unable_to_establish_sqlconnection", "sqlserver_rejected_establishment_of_sqlconnection"}),
    ("mysql", "usr/include/mariadb/mysqld_error.h", r"#define\s+(?P<name>\w+)\s+(?P<value>1\d{3})\b",
     {"er_key_column_does_not_exist", "er_dup_constraint_name"}),  # MySQL's names differ in these two
    ("mysql", "usr/include/mariadb/errmsg.h", r"#define\s+(?P<name>CR_\w+)\s+(?P<value>2\d{3})\b", {"cr_min_error", "cr_mysql_last_error"}),
)  # fmt: skip


def _names(kind):
    return {row.value.casefold(): row.name.casefold() for row in rows_of(kind)}


def test_the_http_statuses_are_those_of_python():
    ours = _names("http")
    known = {str(status.value): status.phrase.casefold() for status in http.HTTPStatus}
    assert {name for value, name in known.items() if ours.get(value, name) != name} <= OLDER_NAMES


def test_the_tls_alerts_are_those_of_python():
    ours = _names("tls")
    known = {
        str(int(alert)): alert.name.casefold().removeprefix("alert_description_") for alert in ssl.AlertDescription
    }
    assert {name for value, name in known.items() if ours.get(value, name) != name} <= SPELLINGS
    assert len(ours.keys() & known.keys()) > 20


@pytest.mark.skipif(sys.platform != "linux", reason="the numbers of Linux")
def test_the_signals_are_those_of_the_system():
    assert {row.name: int(row.value) for row in rows_of("signal")}.items() <= {
        s.name: s.value for s in signal.Signals
    }.items()


@pytest.mark.skipif(not hasattr(os, "EX_USAGE"), reason="a system with sysexits.h")
def test_the_exit_statuses_are_those_of_sysexits():
    ours = {row.name: int(row.value) for row in rows_of("exit") if row.name.startswith("EX_")}
    assert ours == {name: getattr(os, name) for name in ours}
    assert len(ours) > 10


@pytest.mark.parametrize("kind", ["exit", "stopcode"])
def test_names_of_windows_have_the_number_of_its_headers(kind):
    named = [row for row in rows_of(kind) if row.name.startswith(("ERROR_", "STATUS_"))]
    for row in named:
        value = f"w{row.value}" if row.name.startswith("ERROR_") else f"n{row.value.removeprefix('0x')}"
        assert value in {f"{code}{number}" for code, number in values_named(row.name)}, row
    assert len(named) > 2


@pytest.mark.skipif(sys.platform != "darwin", reason="the numbers of macOS")
def test_the_numbers_of_macos_are_those_of_the_system():
    known = {row.name: int(row.value) for row in rows_of("errno_macos") if hasattr(errno, row.name)}
    assert known == {name: getattr(errno, name) for name in known}


@pytest.mark.parametrize(
    ("kind", "where", "line", "other"), LISTS, ids=lambda part: part if isinstance(part, str) else ""
)
def test_a_number_has_the_name_of_the_list(kind, where, line, other):
    files = sorted(Path("/").glob(where))
    if not files:
        pytest.skip(f"no {where} here")
    ours = _names(kind)
    text = files[-1].read_text(encoding="utf-8", errors="replace")
    found = [(_as_ours(match["value"]), match["name"].casefold()) for match in re.finditer(line, text, re.MULTILINE)]
    assert sum(value in ours for value, _ in found) > 5
    assert [pair for pair in found if ours.get(pair[0], pair[1]) != pair[1] and pair[1] not in other] == []


def _as_ours(value):
    return f"0x{int(value, 16):x}" if value.startswith("0x") else value.casefold()


def test_the_exit_statuses_are_those_of_systemd_analyze():
    if not shutil.which("systemd-analyze"):
        pytest.skip("no systemd here")
    told = subprocess.run(["systemd-analyze", "exit-status"], capture_output=True, text=True, check=False).stdout
    known = {value: name for name, value in re.findall(r"^(\w+)\s+(\d+)\s+systemd$", told, re.MULTILINE)}
    if not known:
        pytest.skip("a systemd that cannot tell them")
    ours = {row.value: row.name for row in rows_of("systemd")}
    assert {value: name for value, name in ours.items() if known.get(value, name) != name} == {}
    assert not set(ours) - set(known) or max(map(int, known)) < max(map(int, ours))

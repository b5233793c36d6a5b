"""One value in any notation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.codes.decode import canonical, decode, pattern
from diagnose.codes.find import find
from diagnose.errors import KbError

RPC = [
    "0x800706BA",
    "800706ba",
    "800706BAh",
    "-2147023174",
    "2147944122",
    "0x6ba",
    "1722",
    "win32:1722",
    "RPC_S_SERVER_UNAVAILABLE",
]


@pytest.mark.parametrize("text", RPC)
def test_every_notation_is_the_same_code(text):
    assert decode(text)[0].name == "RPC_S_SERVER_UNAVAILABLE"
    assert canonical(text) == {"win32:1722"}


@pytest.mark.parametrize(
    "line",
    [
        "Exception from HRESULT: 0x800706BA", "(0x800706ba)", "code -2147023174", "Systemfehler 1722", "error 1722", "Fehlercode: 1722",
        "[WinError 1722] x", "エラー: 1722", "RPC_S_SERVER_UNAVAILABLE", "failed with 0x6BA",
    ],
)  # fmt: skip
def test_the_pattern_finds_it_in_any_language(line):
    assert re.search(pattern("0x800706BA"), line, re.IGNORECASE)


@pytest.mark.parametrize(
    "line",
    ["port 1722", "pid 1722 started", "10:17:22.1722", "id {800706ba-1111-2222-3333-444444444444}", "1722 files"],
)
def test_a_bare_number_is_no_code(line):
    assert not re.search(pattern("win32:1722"), line, re.IGNORECASE)


@given(st.integers(0x80080000, 0x8FFFFFFF))
def test_hexadecimal_and_signed_are_one_value(value):
    assert decode(f"0x{value:08X}")[0].key == decode(str(value - (1 << 32)))[0].key


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("0xC000006D", "STATUS_LOGON_FAILURE"),
        ("ECONNREFUSED", "ECONNREFUSED"),
        ("errno:111", "ECONNREFUSED"),
        ("WSAECONNREFUSED", "WSAECONNREFUSED"),
        ("http:503", "Service Unavailable"),
    ],
)
def test_other_kinds(text, name):
    assert decode(text)[0].name == name


def test_an_unknown_code_names_its_facility():
    assert "facility ITF" in decode("0x8004FFFE")[0].meaning


def test_codes_of_a_text_come_in_order_and_once():
    found = find(
        "error 0x80070005 here\nthen errno 111 and again HRESULT 0x80070005\npointer 0x7ffe1234 GUID 80070005-1111\n"
    )
    assert [f.name for f in found] == ["ERROR_ACCESS_DENIED", "ECONNREFUSED"]


def test_nonsense_is_refused_with_a_hint():
    with pytest.raises(KbError, match="ECONNREFUSED"):
        canonical("ECONREFUSED")


@given(st.text(max_size=200))
def test_no_text_makes_it_raise(text):
    decode(text)
    find(text)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("failed with error 2", "2"),
        ("code: 0x5", "0x5"),
        ("failed: 0x80070002", "win32:2"),
        ("HRESULT -2147024894", "win32:2"),
        ("error 1722", "win32:1722"),
        ("os error 2", "errno:2"),
    ],
)
def test_a_small_number_alone_has_no_key_of_an_article(text, key):
    (found,) = find(text)
    assert found.name
    assert found.key == key


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("HTTP Error 503. The service is unavailable.", ["Service Unavailable"]),
        ("HTTP Error 500.30 - ASP.NET Core app failed to start", ["Internal Server Error"]),
        ("HTTP Error 502.5 - Process Failure", ["Bad Gateway"]),
        ("the server answered with status code 404", ["Not Found"]),
        ("The remote server returned an error: (503) Server Unavailable.", ["Service Unavailable"]),
        ("cannot connect (provider: SQL Network Interfaces, error: 26 - Error Locating Server)", []),
        ("cannot connect (provider: TCP Provider, error: 0 - No such host is known.)", []),
        ("Error: 18456, Severity: 14, State: 8.", []),
        ("Fehler: 9002, Schweregrad: 17, Status: 2.", []),
        ("the SQL Server service did not start: error 1069", ["ERROR_SERVICE_LOGON_FAILED"]),
        ("ERROR 1069 (42000) at line 3: Too many keys", [""]),
        ("ERROR 2002 (HY000): no server", []),
        ("FATAL: sorry (SQLSTATE 53300)", [""]),
        ("connect() failed (111: Connection refused) while connecting", ["ECONNREFUSED"]),
        ("connect() failed (61: Connection refused) while connecting", ["ECONNREFUSED"]),
        ("Error 111 connecting to queue:6379. Connection refused.", ["ECONNREFUSED"]),
        ("mysqld: cannot write file (Errcode: 28)", ["ENOSPC"]),
        ("mount error(13): Permission denied", ["EACCES"]),
        ("the helper ended with exit code 1", []),
        ("the worker was killed, exit status 137", [""]),
        ("said '550 5.7.1 no relay', error 550 5.7.1", []),
        ("TLS fatal alert code is 46", []),
        ("the bugcheck was: 0x0000009f", []),
        ("level=ERROR[0000] container stopped, error: 0", []),
        ("[WinError 5] Access is denied", ["ERROR_ACCESS_DENIED"]),
    ],
)
def test_the_words_around_a_number_tell_what_it_is(text, names):
    assert [found.name for found in find(text)] == names


def test_a_number_that_nothing_tells_is_named_as_both():
    (found,) = find("it failed with error 5")
    assert found.name == "ERROR_ACCESS_DENIED or EIO"
    assert found.key == "5"


def test_the_system_that_wrote_the_text_tells_windows_from_unix():
    assert [f.name for f in find("it failed with error 5", platform="windows")] == ["ERROR_ACCESS_DENIED"]
    assert [f.name for f in find("it failed with error 5", platform="linux")] == ["EIO"]
    assert [f.name for f in find("denied. (os error 5)", platform="windows")] == ["ERROR_ACCESS_DENIED"]


def test_an_sqlstate_is_shown_with_its_meaning():
    (found,) = find("ERROR 1045 (28000): no entry")
    assert (found.text, found.meaning, found.key) == ("28000", "the login was not accepted", "sqlstate:28000")

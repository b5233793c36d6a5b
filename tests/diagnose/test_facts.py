"""What may enter a command, and which of several values does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.diagnosis import Conflict
from diagnose.facts import EXPECTED, TYPES, merge, refused_values, typed, unquoted
from diagnose.model import Param, ParamType, Place

SHARED = Path(__file__).parents[2].parent / "shared"

HOST = {"host": Param(type="host")}
PORT = {"port": Param(type="port", default="9001")}

# Refused whatever the type: empty, dashes of every kind, control, quotes and operators of the shells, other scripts.
NEVER = ["", "-", "-x", "–x", "—x", "―x", "a\nb", "a\x00", "a;b", "$(id)", "`id`", "a'b", 'a"b', "a|b", "a&b", "a>b"]
NEVER += ["a%b", "a!b", "a^b", "pоol", "a\u00a0b", "a\u0085b", "a’b", "\\\\evil\\share", "//evil/share", "x" * 300]


def at(line: int, source: str = "-") -> Place:
    return Place(source=source, line=line)


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("host", "fe-01"),
        ("host", "pool_01.contoso.com."),
        ("host", "_ldap._tcp.dc._msdcs.contoso.com"),
        ("host", "xn--e1afmkfd.example"),
        ("host", "3com.example"),
        ("host", "2001:db8::10"),
        ("host", "10.0.0.1"),
        ("ip", "::1"),
        ("ip", "255.255.255.255"),
        ("port", "1"),
        ("port", "65535"),
        ("path", "C:\\"),
        ("path", "C:\\Program Files (x86)\\Skype for Business Server 2015\\Tracing"),
        ("path", "C:\\PROGRA~1\\x"),
        ("path", "/"),
        ("path", "/var/log/app server/a.log"),
        ("service", "MSSQL$RTCLOCAL"),
        ("service", "RTCSRV"),
        ("service", "nginx.service"),
        ("service", "getty@tty1.service"),
        ("user", "CONTOSO\\bob"),
        ("user", "NT SERVICE\\MSSQL$RTCLOCAL"),
        ("user", "bob@contoso.com"),
        ("user", "svc-sql$"),
        ("name", "Registrar:pool01.contoso.com"),
        ("name", "SQL01\\RTCLOCAL"),
        ("name", "kube-system/coredns"),
        ("name", "Mailbox Database 0123456789"),
    ],
)
def test_a_plain_value_passes_as_it_is(kind: ParamType, value: str) -> None:
    assert typed(kind, value) == value


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        *((kind, value) for kind in TYPES for value in NEVER),
        ("host", "127.1"),
        ("host", "2130706433"),
        ("host", "0x7f000001"),
        ("host", "0x7f.1"),
        ("host", "1.2.3.4.5"),
        ("host", "fe80::1%eth0"),
        ("host", "[::1]"),
        ("host", "a..b"),
        ("host", "a-"),
        ("host", "a" * 64),
        ("ip", "fe-01"),
        ("ip", "010.0.0.1"),
        ("port", "0"),
        ("port", "09001"),
        ("port", "65536"),
        ("port", "٩٠٠١"),
        ("port", "9_001"),
        ("port", " 80 "),
        ("port", "9001\n"),
        ("path", "relative/x"),
        ("path", "C:relative"),
        ("path", "C:\\a\\..\\..\\Windows"),
        ("path", "/a/../etc/shadow"),
        ("path", "/tmp/*"),
        ("path", "\\\\?\\C:\\x"),
        ("user", "bob@a@b"),
        ("user", "a\\b\\c"),
        ("name", "../../x"),
        ("name", "/x"),
    ],
)
def test_what_is_not_plainly_of_its_type_is_refused(kind: ParamType, value: str) -> None:
    assert typed(kind, value) is None


def test_a_folder_loses_the_backslash_that_would_escape_a_quote() -> None:
    assert typed("path", "C:\\Program Files\\") == "C:\\Program Files"


@given(st.sampled_from(sorted(TYPES)), st.text(st.characters(), max_size=80))
def test_any_text_is_refused_or_is_plain_ascii(kind: ParamType, raw: str) -> None:
    value = typed(kind, raw)
    if value is not None:
        assert value.isascii() and value.isprintable()
        assert value[0] not in "-\\" and not set("'\"`$;|&<>!^%*?") & (set(value) - {"$"})
        assert typed(kind, value) == value


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("“pool01”", "pool01"),
        ("„pool01“", "pool01"),
        ("‘pool01’", "pool01"),
        ("«pool01»", "pool01"),
        ("'pool01'", "pool01"),
        ('"pool01"', "pool01"),
        ("“”", ""),
        ("“pool01", "“pool01"),
        ("'", "'"),
        ("pool01", "pool01"),
        ("", ""),
    ],
)
def test_one_pair_of_quotes_comes_off_a_capture(raw: str, plain: str) -> None:
    assert unquoted(raw) == plain


def test_an_empty_capture_is_no_capture() -> None:
    values, conflicts, _ = merge([("port", "", at(1)), ("port", "“”", at(2))], PORT, {})
    assert values == {"port": "9001"}
    assert conflicts == ()


def test_given_beats_captured_beats_default() -> None:
    captured = [("port", "5061", at(1))]
    assert merge(captured, PORT, {"port": "444"}).values == {"port": "444"}
    assert merge(captured, PORT, {}).values == {"port": "5061"}
    assert merge([], PORT, {}).values == {"port": "9001"}
    assert merge([], HOST, {}).values == {}


def test_a_bad_given_value_is_told_and_never_replaced_by_another() -> None:
    given_values = {"port": "9001;x", "elsewhere": "1"}
    assert merge([("port", "5061", at(1))], PORT, given_values).values == {}
    assert refused_values(PORT, given_values) == {"port": EXPECTED["port"]}


def test_the_value_on_most_lines_wins_and_the_others_are_a_conflict() -> None:
    seen = [("port", "444", at(1)), ("port", "5061", at(2)), ("port", "5061", at(3))]
    values, conflicts, _ = merge(seen, PORT, {})
    assert values == {"port": "5061"}
    assert conflicts == (Conflict(parameter="port", values=("5061", "444")),)


def test_the_value_seen_first_wins_a_tie() -> None:
    assert merge([("port", "444", at(1)), ("port", "5061", at(2))], PORT, {}).values == {"port": "444"}


def test_two_signals_on_one_line_count_once() -> None:
    seen = [("port", "444", at(1)), ("port", "444", at(1)), ("port", "5061", at(2)), ("port", "5061", at(3, "b"))]
    assert merge(seen, PORT, {}).values == {"port": "5061"}


def test_a_host_and_its_full_name_are_one() -> None:
    seen = [("host", "POOL01", at(1)), ("host", "pool01.contoso.com", at(2)), ("host", "Pool01.contoso.com.", at(3))]
    values, conflicts, _ = merge(seen, HOST, {})
    assert values["host"].rstrip(".").casefold() == "pool01.contoso.com"
    assert conflicts == ()


def test_a_short_name_counts_for_its_full_name() -> None:
    seen = [("host", "other.contoso.com", at(1)), ("host", "other.contoso.com", at(2))]
    seen += [("host", "pool01", at(3)), ("host", "pool01", at(4)), ("host", "pool01.contoso.com", at(5))]
    values, conflicts, _ = merge(seen, HOST, {})
    assert values == {"host": "pool01.contoso.com"}
    assert conflicts[0].values == ("pool01.contoso.com", "other.contoso.com")


def test_the_spellings_of_one_address_are_one() -> None:
    seen = [("host", "2001:db8::1", at(1)), ("host", "2001:0DB8:0:0:0:0:0:1", at(2))]
    assert merge(seen, HOST, {}).conflicts == ()


def test_the_first_number_of_an_address_is_not_its_short_name() -> None:
    seen = [("host", "10.0.0.1", at(1)), ("host", "a10", at(2)), ("host", "10.0.0.2", at(3))]
    assert merge(seen, HOST, {}).conflicts[0].values == ("10.0.0.1", "a10", "10.0.0.2")


def test_paths_differ_by_case_only_on_posix() -> None:
    params = {"path": Param(type="path")}
    assert merge([("path", "C:\\LOGS", at(1)), ("path", "c:\\logs", at(2))], params, {}).conflicts == ()
    assert merge([("path", "/LOGS", at(1)), ("path", "/logs", at(2))], params, {}).conflicts != ()


def test_captures_of_unknown_names_are_left_out() -> None:
    assert merge([("nobody", "x", at(1))], HOST, {}).values == {}


def test_a_flood_of_values_stays_bounded() -> None:
    flood = [("host", f"h{number}", at(number)) for number in range(1, 5_000)]
    values, conflicts, _ = merge(flood, HOST, {})
    assert values == {"host": "h1"}
    assert len(conflicts[0].values) <= 20


@pytest.mark.shared
def test_every_labelled_value_comes_out_as_labelled() -> None:
    cases = json.loads((SHARED / "data/hostile/own_param_values.json").read_text(encoding="utf-8"))
    assert len(cases) >= 40
    for case in cases:
        raw = "".join(map(chr, case["value_codepoints"]))
        assert typed(case["kind"], raw) == (raw if case["fill"] else None), case["why"]

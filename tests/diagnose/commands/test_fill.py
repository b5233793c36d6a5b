"""Templates are filled so that each shell reads exactly the value that was meant, or not at all."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from diagnose.commands.fill import commands_for, fill, shell_platform, template_faults
from diagnose.diagnosis import Command
from diagnose.facts import typed
from diagnose.model import Param, ParamType, Shell

KINDS: tuple[ParamType, ...] = ("host", "ip", "port", "path", "service", "user", "name")
PARAMS: dict[str, Param] = {kind: Param(type=kind) for kind in KINDS}
SHELLS: tuple[Shell, ...] = ("powershell", "cmd", "bash")
VALUES = {
    "host": "pool01.contoso.com",
    "ip": "2001:db8::1",
    "port": "9001",
    "path": "C:\\Program Files\\x",
    "service": "MSSQL$RTC",
    "user": "CONTOSO\\bob",
    "name": "Default Site",
}


@pytest.mark.parametrize(
    ("shell", "template", "line"),
    [
        ("powershell", "Test-NetConnection -ComputerName ${host} -Port ${port}", "Test-NetConnection -ComputerName pool01.contoso.com -Port 9001"),
        ("powershell", "$h = ${host}", "$h = 'pool01.contoso.com'"),
        ("powershell", "return ${host}", "return 'pool01.contoso.com'"),
        ("powershell", "@(${host},${port})", "@('pool01.contoso.com',9001)"),
        ("powershell", "curl.exe -v http://${host}:${port}/x", "curl.exe -v http://pool01.contoso.com:9001/x"),
        ("powershell", "curl.exe http://${ip}:${port}/", "curl.exe 'http://[2001:db8::1]:9001/'"),
        ("powershell", "ping ${ip}", "ping '2001:db8::1'"),
        ("powershell", "Get-Service -Name:${service}", "Get-Service -Name:'MSSQL$RTC'"),
        ("powershell", "Set-X -ValueSet @{A=1;Name=${service}}", "Set-X -ValueSet @{A=1;Name='MSSQL$RTC'}"),
        ("powershell", "Get-Content ${path}\\a.log", "Get-Content 'C:\\Program Files\\x\\a.log'"),
        ("powershell", "x.exe --host=${host} -v", "x.exe '--host=pool01.contoso.com' -v"),
        ("powershell", "if (Test-Path ${path}) { Get-Item ${path} }", "if (Test-Path 'C:\\Program Files\\x') { Get-Item 'C:\\Program Files\\x' }"),
        ("powershell", "Get-Service | Where-Object { $_.Name -eq ${service} }", "Get-Service | Where-Object { $_.Name -eq 'MSSQL$RTC' }"),
        ("powershell", "Write-Output `${host} ${host}", "Write-Output `${host} pool01.contoso.com"),
        ("cmd", "telnet ${host} ${port}", "telnet pool01.contoso.com 9001"),
        ("cmd", "dir ${path}", 'dir "C:\\Program Files\\x"'),
        ("cmd", "sc query ${service} & ping ${host}", 'sc query "MSSQL$RTC" & ping pool01.contoso.com'),
        ("bash", "nc -vz -w 5 ${host} ${port}", "nc -vz -w 5 pool01.contoso.com 9001"),
        ("bash", "sudo -u ${user} id", "sudo -u 'CONTOSO\\bob' id"),
        ("bash", "curl http://${ip}:${port}/", "curl http://'[2001:db8::1]':9001/"),
        ("bash", ": </dev/tcp/${host}/${port}", ": </dev/tcp/pool01.contoso.com/9001"),
        ("bash", "NAME=${name} env", "NAME='Default Site' env"),
        ("bash", "echo $(hostname) ${port} \\${host}", "echo $(hostname) 9001 \\${host}"),
        ("bash", "  id\n", "id"),
    ],
)  # fmt: skip
def test_values_are_quoted_where_their_shell_needs_it(shell: Shell, template: str, line: str) -> None:
    assert fill(template, PARAMS, VALUES, shell) == (line, ())
    assert template_faults(template, PARAMS, shell) == ()


@pytest.mark.parametrize(
    ("shell", "template", "line", "fault"),
    [
        ("powershell", 'Get-Service "${service}"', 'Get-Service "<service>"', "inside quotes"),
        ("powershell", "Get-Service '${service}'", "Get-Service '<service>'", "inside quotes"),
        ("powershell", "& ${path}", "& <path>", "run as a command"),
        ("powershell", ". ${path}", ". <path>", "run as a command"),
        ("powershell", "iex ${name}", "iex <name>", "run as a command"),
        ("powershell", "icacls --% ${path}", "icacls --% <path>", "--%"),
        ("powershell", "Foo @${name}", "Foo @<name>", "right after @"),
        ("powershell", "Foo > ${path}", "Foo > <path>", "write to"),
        ("cmd", 'type "${path}"', 'type "<path>"', "inside quotes"),
        ("cmd", "echo %${name}%", "echo %<name>%", "right after %"),
        ("cmd", "call ${path}", "call <path>", "run as a command"),
        ("cmd", "dir & ${name}", "dir & <name>", "run as a command"),
        ("bash", 'ping "${host}"', 'ping "<host>"', "inside quotes"),
        ("bash", "echo `ping ${host}`", "echo `ping <host>`", "inside quotes"),
        ("bash", "${name} x", "<name> x", "run as a command"),
        ("bash", "sudo ${name}", "sudo <name>", "run as a command"),
        ("bash", "true && ./${name}", "true && ./<name>", "run as a command"),
        ("bash", "echo $(${name})", "echo $(<name>)", "run as a command"),
        ("bash", "bash -c ${name}", "bash -c <name>", "run as a command"),
        ("bash", "cat < ${path}", "cat < <path>", "read from"),
        ("bash", "echo $${name}", "echo $<name>", "right after $"),
        ("bash", "echo $'a' ${host}", "echo $'a' <host>", "plain quotes"),
        ("bash", "echo 'a ${host}", "echo 'a <host>", "unbalanced '"),
        ("bash", "echo ${nobody}", "echo <nobody>", "does not declare"),
    ],
)  # fmt: skip
def test_a_slot_that_no_quoting_can_hold_stays_open_and_is_a_fault(
    shell: Shell, template: str, line: str, fault: str
) -> None:
    filled, missing = fill(template, PARAMS, VALUES, shell)
    assert filled == line
    assert missing
    assert any(fault in told for told in template_faults(template, PARAMS, shell))


@pytest.mark.parametrize(
    ("template", "fault"),
    [
        ("echo a\necho b", "more than one line"),
        ("Get-Service –Name x", "U+2013"),
        ("echo a\u202eb", "U+202E (\\u202e)"),
        ("echo \x1b[0m", "U+001B"),
        ("echo ${x:-y}", "opens no slot"),
        ("echo ${}", "opens no slot"),
    ],
)
def test_a_template_that_is_no_plain_line_is_a_fault(template: str, fault: str) -> None:
    assert any(fault in told for told in template_faults(template, PARAMS, "bash"))


def test_a_missing_or_bad_value_leaves_its_name_and_is_named_once() -> None:
    line, missing = fill("nc ${host} ${port} ${host}", PARAMS, {"host": "-oProxyCommand=x", "port": "9001"}, "bash")
    assert line == "nc <host> 9001 <host>"
    assert missing == ("host",)


def test_a_value_is_never_read_as_a_template() -> None:
    assert fill("nc ${host} ${port}", PARAMS, {"host": "${port}", "port": "1"}, "bash") == ("nc <host> 1", ("host",))


def test_what_a_second_shell_reads_takes_only_values_that_need_no_quotes() -> None:
    template = "ssh ${host} systemctl status ${service}"
    assert fill(template, PARAMS, VALUES | {"service": "nginx"}, "bash")[1] == ()
    assert fill(template, PARAMS, VALUES, "bash") == ("ssh pool01.contoso.com systemctl status <service>", ("service",))


def test_cmd_takes_no_path_that_reads_as_an_option() -> None:
    assert fill("dir ${path}", PARAMS, {"path": "/s"}, "cmd") == ("dir <path>", ("path",))


def test_bash_is_of_linux_and_macos_and_the_others_of_windows() -> None:
    assert shell_platform("bash") == ("linux", "macos")
    assert shell_platform("powershell") == shell_platform("cmd") == ("windows",)


COMMANDS: dict[Shell, tuple[str, ...]] = {
    "bash": ("nc -vz ${host} ${port}",),
    "cmd": ("telnet ${host} ${port}",),
    "powershell": ("tnc ${host} -Port ${port}", "Resolve-DnsName ${host}"),
}


def test_the_users_platform_comes_first_and_none_is_dropped() -> None:
    def order(commands: tuple[Command, ...]) -> list[tuple[str, str]]:
        return [(one.platform, one.shell) for one in commands]

    windows = [("windows", "powershell"), ("windows", "powershell"), ("windows", "cmd")]
    assert order(commands_for(COMMANDS, PARAMS, VALUES, "windows")) == [*windows, ("linux", "bash"), ("macos", "bash")]
    assert order(commands_for(COMMANDS, PARAMS, VALUES, "macos")) == [("macos", "bash"), *windows, ("linux", "bash")]
    assert len(commands_for(COMMANDS, PARAMS, VALUES)) == 5


def test_a_command_that_is_not_ready_names_what_is_missing() -> None:
    ready = commands_for({"bash": ("nc ${host} ${port}",)}, PARAMS, {"port": "1"}, "linux")[0]
    assert ready == Command(platform="linux", shell="bash", command="nc <host> 1", missing=("host",))


def test_a_template_that_is_no_plain_line_is_not_offered() -> None:
    assert commands_for({"bash": ("id\nreboot", "echo “x”", "id\n")}, PARAMS, {}, "linux")[0].command == "id"
    assert len(commands_for({"bash": ("id\nreboot", "echo “x”")}, PARAMS, {}, "linux")) == 0


_TEMPLATE_PIECES = st.sampled_from(
    [
        *(f"${{{kind}}}" for kind in KINDS),
        *" '\"`\\$(){};|&<>=,@^%!:-/\n",
        "foo",
        "sudo ",
        "--%",
        "${x:-y}",
        "–",
        "\x1b",
    ]
)


@given(st.lists(_TEMPLATE_PIECES, max_size=12).map("".join), st.sampled_from(SHELLS), st.booleans())
def test_any_template_gives_one_printable_line(template: str, shell: Shell, known: bool) -> None:
    line, missing = fill(template, PARAMS, VALUES if known else {}, shell)
    assert line.isascii() and (line.isprintable() or not line)
    assert all(f"<{name}>" in line for name in missing)
    assert set(missing) <= set(KINDS)
    template_faults(template, PARAMS, shell)


@given(
    st.sampled_from(KINDS),
    st.text(st.sampled_from(string.printable + "‘’‚‛–\u00a0é"), max_size=30),
    st.sampled_from(SHELLS),
)
def test_any_value_is_filled_only_if_it_is_of_its_type(kind: ParamType, raw: str, shell: Shell) -> None:
    line, missing = fill(f"stub ${{{kind}}}", PARAMS, {kind: raw}, shell)
    if typed(kind, raw) is None:
        assert (line, missing) == (f"stub <{kind}>", (kind,))
    assert line.isascii() and line.isprintable()

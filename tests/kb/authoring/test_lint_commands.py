"""Words that stand for a value, examples of the wrong type, commands that never become ready."""

import pytest

from diagnose.model import Param
from kb.authoring.linting.commands import examples, stands_for_a_value


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("repadmin /replicate localhost ${dc} PARTITION", "PARTITION"),
        ("certutil -repairstore my THUMBPRINT", "THUMBPRINT"),
        ("appcmd set apppool /apppool.name:POOL", "POOL"),
        ("net use \\\\${server}\\IPC$ /user:NASUSER", "NASUSER"),
        ("netdom resetpwd /server:${dc} /userd:DOMAIN\\admin", "DOMAIN\\admin"),
        ('sqlcmd -E -Q "ALTER LOGIN [LOGIN] ENABLE"', "LOGIN"),
        ("sqlcmd -E -Q \"ALTER LOGIN x WITH PASSWORD = N'NEW'\"", "NEW"),
        ('sqlcmd -E -d DATABASE -Q "SELECT name FROM sys.objects"', "DATABASE"),
    ],
)
def test_a_word_that_stands_for_a_value_is_found(line, word):
    assert stands_for_a_value(line) == word


@pytest.mark.parametrize(
    "line",
    [
        "repadmin /replicate localhost ${dc} ${partition}",
        "Get-Service -Name MSSQLSERVER, IISADMIN, DNS",
        "setspn -Q HOST/${name}",
        "echo %COMPUTERNAME% $env:USERNAME",
        "Get-ItemProperty -Path 'HKLM:\\SYSTEM\\CurrentControlSet\\Services\\SERVER'",
        "reg query HKLM\\SOFTWARE\\POLICY /v PATH",
        'sqlcmd -E -Q "ALTER DATABASE x SET PARTNER RESUME"',
        "sqlcmd -E -Q \"SELECT CASE WHEN @@SERVERNAME IS NULL THEN 'none' END\"",
        "Add-LocalGroupMember -SID S-1-5-32-544 -Member (Read-Host 'The account, as DOMAIN\\name')",
        "curl -X GET http://${host}/",
        "nslookup -type=SRV _ldap._tcp.${domain}",
    ],
)
def test_names_of_the_system_are_left_alone(line):
    assert stands_for_a_value(line) == ""


def test_examples_are_what_the_question_names_and_the_default():
    param = Param(type="service", ask="the service, such as NTDS, Winmgmt or Spooler (sc query)", default="DNS")
    assert examples(param) == ["NTDS", "Winmgmt", "Spooler", "DNS"]
    assert examples(Param(type="user", ask=r"who connects, as EXAMPLE\jdoe")) == [r"EXAMPLE\jdoe"]
    assert examples(Param(type="host", ask="the host that was connected to")) == []


def test_an_example_that_its_own_parameter_refuses_is_told(said):
    (what,) = said(params="{mailbox: {type: name, ask: 'the mailbox, such as System{1}'}}")
    assert what.startswith("params.mailbox: 'System{1}' is no name")
    (what,) = said(params="{door: {type: port, ask: its port, default: none}}")
    assert what.startswith("params.door: 'none' is no port")


def test_a_command_that_no_value_makes_ready_is_told(said):
    read_twice = "{size: {title: Size, commands: {powershell: 'powershell -Command Get-Item ${file}'}, outcomes: {there: {contains: there}}}}"
    (what,) = said(params="{file: {type: path, ask: the file}}", checks=read_twice)
    assert "no value fills ${file}" in what
    assert said(params="{file: {type: host, ask: the host}}", checks=read_twice) == []

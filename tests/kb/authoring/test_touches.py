"""The table of risks: what changes something meets its row, what only reads meets none."""

import pytest

from kb.authoring.linting.touches import TOUCHES, gravest, in_commands, in_text

CHANGES = {
    "high": [
        "Setup.exe /PrepareAD /IAcceptExchangeServerLicenseTerms_DiagnosticDataOFF",
        "Move-ADDirectoryServerOperationMasterRole -Identity DC2 -OperationMasterRole SchemaMaster -Force",
        "Reset-CsPoolRegistrarState -PoolFqdn ${pool} -ResetType QuorumLossRecovery",
        "Import-Certificate -FilePath ${file} -CertStoreLocation Cert:\\LocalMachine\\Root",
        "certutil -addstore -f root ca.cer",
        "repadmin /removelingeringobjects ${a} ${b} ${c}",
        "eseutil /p ${edb}",
    ],
    "medium": [
        "New-NetFirewallRule -Name x -Direction Inbound -Action Allow",
        "netsh advfirewall firewall add rule name=x dir=in action=allow",
        "sudo ufw allow 443/tcp",
        "sudo iptables -A INPUT -p tcp -j ACCEPT",
        "Restart-Service -Name Spooler",
        "sc config Spooler start= disabled",
        "sudo systemctl restart nginx",
        "setspn -D HTTP/web01 svc",
        "icacls C:\\x /grant Users:F",
        "chmod -R 777 /srv",
        "reg add HKLM\\SOFTWARE\\X /v Y /t REG_DWORD /d 1 /f",
        "Set-ItemProperty -Path 'HKLM:\\SOFTWARE\\X' -Name Y -Value 1",
        "netsh winhttp set proxy proxy01:8080",
        "Set-ExecutionPolicy RemoteSigned",
        "route add 10.0.0.0 mask 255.0.0.0 10.1.1.1",
        "Set-DnsClientServerAddress -InterfaceAlias x -ServerAddresses 192.0.2.1",
        'sqlcmd -Q "ALTER LOGIN [x] ENABLE"',
        "secedit /configure /db x.sdb",
        "Add-LocalGroupMember -SID S-1-5-32-555 -Member x",
        "rm -r /var/cache/x",
        "w32tm /config /syncfromflags:domhier /update",
    ],
    "low": ["Start-Service -Name Spooler", "net start w32time", "repadmin /syncall dc1 /Ade"],
}
READS = [
    "Get-NetFirewallRule -Name x", "netsh advfirewall show allprofiles", "sudo iptables -L -n", "sudo ufw status numbered",
    "sc query Spooler", "sc qc Spooler", "systemctl status nginx", "setspn -Q HTTP/web01", "setspn -L svc", "icacls C:\\x",
    "icacls C:\\x /save %TEMP%\\x.txt", "reg query HKLM\\SOFTWARE\\X", "reg export HKLM\\SOFTWARE\\X x.reg /y",
    "netsh winhttp show proxy", "Get-ExecutionPolicy -List", "Set-ExecutionPolicy Bypass -Scope Process", "route print", "ip route",
    "w32tm /query /status", "ntpdate -q pool", "repadmin /removelingeringobjects a b c /advisory_mode", "dsacls DC=contoso",
    'sqlcmd -Q "SELECT name FROM sys.server_principals"', "certutil -store my", "appcmd list apppool", "crictl ps", "kubectl get pods",
    "sysctl fs.inotify.max_user_watches", "tune2fs -l /dev/sda1", "secedit /export /cfg x.inf", "Get-ADGroupMember -Identity x",
]  # fmt: skip


@pytest.mark.parametrize(("risk", "line"), [(risk, line) for risk, lines in CHANGES.items() for line in lines])
def test_what_changes_something_has_the_risk_of_its_row(risk, line):
    found = gravest(in_commands([line]))
    assert found is not None
    assert found[0].risk == risk


@pytest.mark.parametrize("line", READS)
def test_what_only_reads_touches_nothing(line):
    assert list(in_commands([line])) == []


@pytest.mark.parametrize(
    ("text", "risk"),
    [
        ("Open TCP 135 and the dynamic range between them.", "medium"),
        ("Grant the account Local Launch.", "medium"),
        ("Restart the server.", "medium"),
        ("Delete the old record.", "medium"),
        ("Seize the role.", "high"),
        ("Put the root into Trusted Root.", "high"),
    ],
)
def test_a_step_by_hand_is_told_by_its_words(text, risk):
    found = gravest(in_text(text))
    assert found is not None
    assert found[0].risk == risk


@pytest.mark.parametrize(
    "text",
    [
        "Is TCP 135 open?",
        "Do not restart the server.",
        "Never delete the key.",
        "See which service listens on the port.",
    ],
)
def test_questions_and_prohibitions_tell_nobody_to_do_it(text):
    assert list(in_text(text)) == []


def test_the_page_for_authors_has_every_row(root):
    page = " ".join((root / "docs" / "authoring.md").read_text(encoding="utf-8").split())
    assert [touch.name for touch in TOUCHES if f"| {touch.name} | {touch.risk} |" not in page] == []

"""The case that the product was born from, end to end, with texts of our own making."""

import gzip
import random

import pytest

ERROR = """\
Invoke-CsPoolFailOver : Could not find a compatible interface with the server.
At line:1 char:1
+ Invoke-CsPoolFailOver -PoolFqdn pool01.fabrikam.example
+ ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    + CategoryInfo          : InvalidResult: (:) [Invoke-CsPoolFailOver], Mana
    + FullyQualifiedErrorId : ProcessRecord,Microsoft.Rtc.Management.Hadr.Invo

Invoke-CsPoolFailOver : Unable to connect to the servers in pool
“” due to a Distributed Component Object Model (DCOM) error.
"""
TRACE = (
    "15225 TL_INFO(TF_COMPONENT) [5]1530.11A8::05/21/2026-21:07:46.988.00003bc3 (PowerShell,"
    "ConfDirManagementClientFactory.Create:confdirmanagementclientfactory.cs(112))(0000000002026B62)"
    "Creating ConfDirManagement client for address [net.tcp://{}].\n"
)
ADDRESSED = TRACE.format("fe02.fabrikam.example:9005/Conf")
FAILED = """\
WARNING: TCP connect to (10.20.1.12 : 9005) failed

ComputerName           : fe02.fabrikam.example
RemoteAddress          : 10.20.1.12
RemotePort             : 9005
InterfaceAlias         : Ethernet0
SourceAddress          : 10.10.1.11
PingSucceeded          : False
PingReplyDetails (RTT) : 0 ms
TcpTestSucceeded       : False
"""
OPEN = """\
ComputerName     : fe02.fabrikam.example
RemoteAddress    : 10.20.1.12
RemotePort       : 9005
InterfaceAlias   : Ethernet0
SourceAddress    : 10.10.1.11
TcpTestSucceeded : True
"""
TELNET = """\
C:\\>telnet fe02.fabrikam.example 9005
Connecting To fe02.fabrikam.example...Could not open connection to the host, on port 9005: Connect failed
"""
NETSTAT = """\
Active Connections

  Proto  Local Address          Foreign Address        State           PID
  TCP    10.10.1.11:49822       10.20.1.12:9005        SYN_SENT        4712
"""
ARTICLE = "pool-failover-dcom-error"
BLOCKED = f"{ARTICLE}/port-9001-blocked"


def of(diagnosis, cause=BLOCKED):
    return next((c.probability for c in diagnosis.causes if c.id == cause), 0.0)


def wrapped(text, width):
    return "\n".join(line[i : i + width] for line in text.split("\n") for i in range(0, max(1, len(line)), width))


VARIANTS = {
    "as it stands": ERROR,
    "first message alone": ERROR.splitlines()[0],
    "second message alone": " ".join(ERROR.splitlines()[-2:]),
    **{f"wrapped at {width}": wrapped(ERROR, width) for width in (25, 40, 60, 80, 100)},
    "utf-16": ERROR.encode("utf-16"),
    "utf-8 with mark and CR LF": ERROR.replace("\n", "\r\n").encode("utf-8-sig"),
    "between prose": f"Hello,\n\nwhen we fail over we get this:\n\n{ERROR}\nAny idea? Nothing else changed.\n",
    "german frame": ERROR.replace("At line:1 char:1", "In Zeile:1 Zeichen:1").replace(
        "CategoryInfo          ", "CategoryInfo          "
    ),
    "quoted by mail": "\n".join("> " + line for line in ERROR.splitlines()),
    "escape codes": "\x1b[31;1m" + ERROR + "\x1b[0m",
}


@pytest.mark.parametrize("text", VARIANTS.values(), ids=VARIANTS.keys())
def test_the_error_leads_to_the_article_however_it_was_pasted(diagnosed, text):
    diagnosis = diagnosed(text)
    assert diagnosis.verdict in ("likely", "possible")
    assert diagnosis.articles[0].id == ARTICLE
    assert of(diagnosis) > 0.05


def test_the_error_alone_does_not_blame_the_port_first(diagnosed):
    diagnosis = diagnosed(ERROR)
    assert of(diagnosis) == pytest.approx(0.13, abs=0.03)
    assert diagnosis.causes[0].id == f"{ARTICLE}/front-end-stopped"


def test_the_trace_line_brings_the_port_first_and_fills_the_commands(diagnosed):
    diagnosis = diagnosed(ERROR + ADDRESSED)
    lead = diagnosis.causes[0]
    assert lead.id == BLOCKED
    assert lead.probability == pytest.approx(0.58, abs=0.05)
    lines = [c.command for check in lead.checks if check.id == "tcp9001" for c in check.commands]
    assert "Test-NetConnection -ComputerName fe02.fabrikam.example -Port 9005" in lines
    assert all(not c.missing for check in lead.checks if check.id == "tcp9001" for c in check.commands)
    assert diagnosis.next_check.check == "tcp9001"


def test_an_empty_address_leaves_a_visible_slot_and_the_default_port(diagnosed):
    lead = diagnosed(ERROR + TRACE.format("")).causes[0]
    check = next(check for check in lead.checks if check.id == "tcp9001")
    assert check.missing == ("target_fe",)
    assert check.asks["target_fe"]
    assert any("<target_fe>" in c.command and "9001" in c.command for c in check.commands)


@pytest.mark.parametrize("width", [30, 50, 80, 120])
def test_a_wrapped_trace_line_still_gives_host_and_port(diagnosed, width):
    diagnosis = diagnosed(ERROR + "\n" + wrapped(ADDRESSED, width))
    assert diagnosis.parameters["port"] == "9005"
    assert diagnosis.parameters["target_fe"] == "fe02.fabrikam.example"


@pytest.mark.parametrize("output", [FAILED, TELNET, NETSTAT], ids=["test-netconnection", "telnet", "netstat"])
@pytest.mark.parametrize("together", [True, False], ids=["one paste", "two inputs"])
def test_a_closed_port_raises_the_cause(diagnosed, output, together):
    before = of(diagnosed(ERROR + ADDRESSED))
    texts = [f"{ERROR}{ADDRESSED}\n{output}"] if together else [ERROR + ADDRESSED, output]
    after = diagnosed(*texts)
    assert of(after) > before + 0.1
    assert after.causes[0].id == BLOCKED


def test_an_open_port_demotes_the_cause(diagnosed):
    diagnosis = diagnosed(ERROR + ADDRESSED, OPEN)
    assert of(diagnosis) < 0.05
    assert diagnosis.causes[0].id == f"{ARTICLE}/front-end-stopped"


def test_an_output_about_another_port_tells_only_that_the_name_resolves(diagnosed):
    found = diagnosed(ERROR + ADDRESSED, OPEN.replace("9005", "443"))
    told = {check.id: check.outcome for cause in found.causes for check in cause.checks if cause.article == ARTICLE}
    assert {name: outcome for name, outcome in told.items() if outcome} == {"peer_name": "resolved"}
    assert of(found) >= of(diagnosed(ERROR + ADDRESSED)) - 0.02


def test_the_trace_line_alone_is_found_among_thousands_gzipped(diagnosed):
    chance = random.Random(7)
    lines = [
        f"2026-05-21 21:{n // 60 % 60:02}:{n % 60:02} worker {chance.randrange(99)} finished batch {n}"
        for n in range(9000)
    ]
    lines.insert(6543, ADDRESSED.strip())
    diagnosis = diagnosed(gzip.compress("\n".join(lines).encode()))
    assert diagnosis.articles[0].id == ARTICLE
    assert diagnosis.verdict == "possible"
    assert diagnosis.causes[0].evidence[0].line == 6544


def test_a_dcom_event_10016_does_not_lead_there(diagnosed):
    event = """\
Log Name:      System
Source:        Microsoft-Windows-DistributedCOM
Event ID:      10016
Level:         Warning
Description:
The application-specific permission settings do not grant Local Activation permission for the COM Server application with CLSID
{D63B10C5-BB46-4990-A94F-E40B9D520160} and APPID {9CA88EE3-ACB7-47C8-AFC4-AB702511C276} to the user NT AUTHORITY\\SYSTEM.
"""
    diagnosis = diagnosed(event)
    assert diagnosis.articles[0].id == "dcom-errors"
    assert of(diagnosis) == 0.0


def test_the_answer_is_the_same_every_time(diagnosed):
    import msgspec

    assert msgspec.json.encode(diagnosed(ERROR + ADDRESSED)) == msgspec.json.encode(diagnosed(ERROR + ADDRESSED))


def test_probabilities_sum_to_one(diagnosed):
    for text in (ERROR, ADDRESSED, "nothing of interest", ERROR + FAILED):
        diagnosis = diagnosed(text)
        assert sum(a.probability for a in diagnosis.articles) + diagnosis.unknown == pytest.approx(1.0, abs=1e-4)


@pytest.mark.shared
def test_the_original_post_leads_to_the_article(diagnosed, shared):
    diagnosis = diagnosed((shared / "seed" / "lync-pool-failover.txt").read_bytes())
    assert diagnosis.articles[0].id == ARTICLE
    assert diagnosis.causes[0].id == BLOCKED

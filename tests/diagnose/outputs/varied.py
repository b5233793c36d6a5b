"""Two hundred pastes that nobody wrote: outputs with hosts, ports, prompts, languages, wrapping and blanks varied.

The same ones every time. What is true of each is known from its template, not from the recognisers.
"""

from __future__ import annotations

import random
from typing import NamedTuple

from output_sample import PASTES, wrapped

HOSTS = ("fe02.contoso.com", "fe02", "sql-01.corp.example", "db", "mail.example.org", "web_3.intra.example", "xn--bcher-kva.example")  # fmt: skip
ADDRESSES = ("10.0.0.12", "192.168.191.1", "172.16.254.3", "203.0.113.77")
PORTS = ("9001", "135", "5432", "443", "50123", "8443")
SERVICES = ("RTCSRV", "Spooler", "W32Time", "MSSQL$RTCLOCAL")
PROMPTS = {
    "ps": ("PS C:\\> ", "PS C:\\Users\\admin> ", "PS D:\\Temp dir> ", "[fe01]: PS C:\\> "),
    "cmd": ("C:\\>", "C:\\Windows\\system32>", "D:\\tools>"),
    "sh": ("$ ", "user@app:~$ ", "[root@app ~]# ", "# "),
}
WIDTHS = (0, 0, 60, 80, 100, 120)


class Varied(NamedTuple):
    """A paste and what is true of it: the tool, the state, what it is about."""

    parser: str
    state: str
    about: dict[str, str]
    text: str


def _detailed(warning: str, succeeded: str) -> str:
    return (
        "Test-NetConnection -ComputerName {h} -Port {p}\n"
        + (f"{warning}TCP connect to ({{a}} : {{p}}) failed\n" if warning else "")
        + "\n\nComputerName     : {h}\nRemoteAddress    : {a}\nRemotePort       : {p}\nInterfaceAlias   : Ethernet\n"
        f"SourceAddress    : 10.0.0.5\nTcpTestSucceeded : {succeeded}\n"
    )


def _sc(number: int, word: str) -> str:
    return (
        "sc query {s}\n\nSERVICE_NAME: {s}\n        TYPE               : 10  WIN32_OWN_PROCESS\n"
        f"        STATE              : {number}  {word}\n                                (STOPPABLE, ACCEPTS_SHUTDOWN)\n"
        "        WIN32_EXIT_CODE    : 0  (0x0)\n        SERVICE_EXIT_CODE  : 0  (0x0)\n        CHECKPOINT         : 0x0\n        WAIT_HINT          : 0x0\n"
    )


def _service(word: str) -> str:
    return f"Get-Service -Name {{s}}\n\nStatus   Name               DisplayName\n------   ----               -----------\n{word:<8} {{s:<18}} Some service\n"


_CONNECTIONS = (
    "netstat -ano\n\n{title}\n\n  {head}\n  TCP    10.0.0.5:50999         {{a}}:{{p}}      {state}     4711\n"
)
_NETSTAT = {
    "en": ("Active Connections", "Proto  Local Address          Foreign Address        State           PID", "ESTABLISHED", "SYN_SENT"),
    "de": ("Aktive Verbindungen", "Proto  Lokale Adresse         Remoteadresse          Status          PID", "HERGESTELLT", "SYN_GESENDET"),
    "fr": ("Connexions actives", "Proto  Adresse locale         Adresse distante       État            PID", "ESTABLISHED", "SYN_SENT"),
}  # fmt: skip

# parser, state, shell, template
TEMPLATES: tuple[tuple[str, str, str, str], ...] = (
    *(("test-netconnection", "failed", "ps", _detailed(w, "False")) for w in ("WARNING: ", "WARNUNG: ", "AVERTISSEMENT : ", "ADVERTENCIA: ", "AVISO: ")),
    ("test-netconnection", "connected", "ps", _detailed("", "True")),
    ("test-netconnection", "connected", "ps", "Test-NetConnection {h} -Port {p} -InformationLevel Quiet\nTrue\n"),
    ("test-netconnection", "failed", "ps", "Test-NetConnection {h} -Port {p} -InformationLevel Quiet\nWARNUNG: TCP connect to ({a} : {p}) failed\nFalse\n"),
    ("telnet", "failed", "cmd", "telnet {h} {p}\nConnecting To {h}...Could not open connection to the host, on port {p}: Connect failed\n"),
    ("telnet", "failed", "cmd", "telnet {h} {p}\nVerbindung zu {h} wird hergestellt...Es konnte keine Verbindung mit dem Host hergestellt werden, auf Port {p}: Verbinden fehlgeschlagen\n"),
    ("telnet", "failed", "cmd", "telnet {h} {p}\nConectándose a {h}...No se puede abrir la conexión al host, en puerto {p}: Error en la conexión\n"),
    ("telnet", "refused", "sh", "telnet {h} {p}\nTrying {a}...\ntelnet: Unable to connect to remote host: Connection refused\n"),
    ("telnet", "timeout", "sh", "telnet {h} {p}\nTrying {a}...\ntelnet: Unable to connect to remote host: Connection timed out\n"),
    ("telnet", "unreachable", "sh", "telnet {h} {p}\nTrying {a}...\ntelnet: Unable to connect to remote host: No route to host\n"),
    ("telnet", "connected", "sh", "telnet {h} {p}\nTrying {a}...\nConnected to {h}.\nEscape character is '^]'.\n"),
    ("nc", "connected", "sh", "nc -vz -w 5 {h} {p}\nConnection to {h} ({a}) {p} port [tcp/*] succeeded!\n"),
    ("nc", "refused", "sh", "nc -vz -w 5 {h} {p}\nnc: connect to {h} ({a}) port {p} (tcp) failed: Connection refused\n"),
    ("nc", "timeout", "sh", "nc -vz -w 5 {h} {p}\nnc: connect to {h} ({a}) port {p} (tcp) timed out: Operation now in progress\n"),
    ("nc", "refused", "sh", "nc -zv {h} {p}\nNcat: Version 7.92 ( https://nmap.org/ncat )\nNcat: Connection refused.\n"),
    ("nc", "connected", "sh", "nc -zv {h} {p}\nNcat: Version 7.92 ( https://nmap.org/ncat )\nNcat: Connected to {a}:{p}.\nNcat: 0 bytes sent, 0 bytes received in 0.02 seconds.\n"),
    ("curl", "refused", "sh", "curl -v http://{h}:{p}/\n*   Trying {a}:{p}...\n* connect to {a} port {p} failed: Connection refused\n* Failed to connect to {h} port {p} after 1 ms: Connection refused\n* Closing connection 0\ncurl: (7) Failed to connect to {h} port {p} after 1 ms: Connection refused\n"),
    *(("netstat", "connected", "cmd", _CONNECTIONS.format(title=t, head=h, state=up)) for t, h, up, _ in _NETSTAT.values()),
    *(("netstat", "timeout", "cmd", _CONNECTIONS.format(title=t, head=h, state=half)) for t, h, _, half in _NETSTAT.values()),
    *(("sc-query", state, "cmd", _sc(number, word)) for state, number, word in (("running", 4, "RUNNING"), ("stopped", 1, "STOPPED"), ("start-pending", 2, "START_PENDING"))),
    *(("get-service", word.lower(), "ps", _service(word)) for word in ("Running", "Stopped")),
    ("nslookup", "resolved", "cmd", "nslookup {h}\nServer:  dc01.contoso.com\nAddress:  10.0.0.1\n\nName:    {h}\nAddress:  {a}\n\n"),
    ("nslookup", "name-error", "cmd", "nslookup {h}\nServer:  dc01.contoso.com\nAddress:  10.0.0.1\n\n*** dc01.contoso.com can't find {h}: Non-existent domain\n"),
)  # fmt: skip


def _about(template: str, names: dict[str, str]) -> dict[str, str]:
    """What the output says it is about, by the slots that its template has."""
    keys = {"h": "host", "a": "address", "p": "port", "s": "service"}
    return {key: names[slot] for slot, key in keys.items() if "{" + slot in template}


def varied(count: int, seed: int = 4) -> list[Varied]:
    """`count` pastes, every template about as often as another."""
    choose = random.Random(seed)
    result = []
    for number in range(count):
        parser, state, shell, template = TEMPLATES[number % len(TEMPLATES)]
        names = {"h": choose.choice(HOSTS), "a": choose.choice(ADDRESSES), "p": choose.choice(PORTS), "s": choose.choice(SERVICES)}  # fmt: skip
        prompt = choose.choice(PROMPTS[shell])
        text = prompt + template.format(**names) + "\n" * choose.randrange(3) + choose.choice((prompt, ""))
        width = choose.choice(WIDTHS)
        text = wrapped(text, width) if width else text
        text = PASTES[choose.choice(sorted(PASTES))](text)
        result.append(Varied(parser, state, _about(template, names), text))
    return result

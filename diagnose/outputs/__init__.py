"""Pasted outputs of commands, recognised: which lines, what about, how it came out.

Takes the lines of a paste and gives `Output`s in order of appearance. Each tool is a file and a row of the table below;
its file is imported when one of its keywords is in the paste. Knows nothing of articles, checks and odds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module

from diagnose.outputs.base import STATES, Output, Recogniser

__all__ = ["OUTPUTS", "STATES", "Output", "Recogniser", "claimed_lines", "recognise"]

# Tool -> its file, and the words of which one is in every output of it: lower case, without blanks, for a console wraps
# anywhere. `a&b` wants both. In order of precedence where two claim a line.
_TOOLS: dict[str, tuple[str, tuple[str, ...]]] = {
    "test-netconnection": (
        "testnetconnection",
        ("tcptestsucceeded", "tcpconnectto", "nameresolutionof", "pingsucceeded", "test-netconnection&e", "tnc&e"),
    ),
    "telnet": (
        "telnet",
        (
            *("connectingto", "couldnotopenconnection", "trying&telnet", "trying&connectedto", "telnet&:"),
            *("verbindungmitdemhost", "ouvriruneconnexion", "abrirlaconexi", "serverlookupfailure"),
            *("无法打开到主机的连接", "無法開啟到主機的連線", "ホストへ接続できませんでした", "connectiontohostlost"),
        ),
    ),
    "nc": ("nc", ("nc:", "ncat:", "]succeeded", "]&open", "]&):", ")open", "forwardhostlookupfailed")),
    "get-cswindowsservice": ("getcswindowsservice", ("activitylevel", "rolename", "get-cswindowsservice")),
    "get-service": (
        "getservice",
        (
            *("statusname", "get-service&status", "name:&status:", "namestatus", "findanyservice"),
            *("noservicefoundforgiven", "-service]", "status&starttype", "status&displayname", "gsv"),
        ),
    ),
    "get-nettcpconnection": (
        "getnettcpconnection",
        ("localport&state", "remoteport&state", "msft_nettcpconnection", "[get-nettcpconnection]"),
    ),
    "netstat": ("netstat", ("tcp&:", "tcp4&.", "tcp6&.")),
    "ss": (
        "ss",
        (
            *("recv-q&send-q", "estab&:", "listen&:", "syn-sent&:", "syn-recv&:", "time-wait&:", "close-wait&:"),
            *("fin-wait&:", "last-ack&:"),
        ),
    ),
    "systemctl": ("systemctl", ("active:&(", "loaded:&(", "unit&notfound", "unit&notbefound", "is-active")),
    "sc-query": (
        "scquery",
        ("service_name", "[sc]", "state:&sc", "start_type", "nom_service", "nombre_servicio", "dienstname"),
    ),
    "curl": ("curl", ("curl:(", "*trying", "*connectedto", "curl&http/")),
    "openssl-s-client": ("opensslclient", ("verifyreturncode", "connect:errno", "connected(0", "s_client")),
    "dig": ("dig", ("->>header<<-", "<<>>dig", "noserverscouldbereached")),
    "nslookup": (
        "nslookup",
        (
            *("nslookup&:", "server:&address", "serveur:&address", "servidor:&address", "can'tfind", "***"),
            *("dnsrequesttimedout", "noserverscouldbereached", "サーバー:", "服务器:"),
        ),
    ),
    "resolve-dnsname": ("resolvednsname", ("nametypettl", "resolve-dnsname&:", "microsoft.dnsclient")),
    "ping": ("ping", ("ttl=", "%loss)", "packetloss", "%&(&,&=", "ping:", "pingrequest", "pinging")),
    "w32tm": ("w32tm", ("leapindicator", "sprungindikator", "w32tm", "0x80070426", "didnotresync", "tracking&o:")),
    "klist": (
        "klist",
        ("cachedtickets", "tickets:(", "ticketsmisencache", "ticketcache:", "credentialscache", "klist:"),
    ),
    "df": (
        "df",
        ("filesystem", "dateisystem", "sys.defichiers", "s.ficheros", "文件系统", "ファイルシス", "sist.arq."),
    ),
    "get-psdrive": ("getpsdrive", ("used(gb)&free(gb)",)),
    "docker": ("docker", ("containerid", '"state":{', "up&ago", "exited(")),
    "kubectl": (
        "kubectl",
        ("nameready", "/&running", "/&backoff", "namespace:&status:", "noresourcesfound", "/&pending"),
    ),
    "get-winevent": ("getwinevent", ("timecreated", "noeventswerefound", "nomatchingeventsfound")),
}


def _late(module: str) -> Recogniser:
    def run(lines: Sequence[str]) -> Iterable[Output]:
        recogniser: Recogniser = import_module(f"diagnose.outputs.{module}").recognise
        return recogniser(lines)

    return run


OUTPUTS: dict[str, Recogniser] = {tool: _late(module) for tool, (module, _) in _TOOLS.items()}


def recognise(lines: Sequence[str]) -> list[Output]:
    """All outputs in `lines`, in order of appearance; where two tools claim a line, the first of the table has it."""
    tools = _present(lines)
    if not tools:
        return []
    from diagnose.outputs.paste import Paste

    page = Paste(lines)
    claimed = bytearray(len(lines) + 1)
    found: list[Output] = []
    for tool in tools:
        for made in OUTPUTS[tool](page):
            if not any(claimed[made.first : made.last + 1]):
                claimed[made.first : made.last + 1] = b"\x01" * (made.last - made.first + 1)
                found.append(made)
    return sorted(found, key=lambda made: made.first)


def _present(lines: Sequence[str]) -> list[str]:
    """The tools of which a keyword is in the paste."""
    text = "".join("".join(lines).split()).lower()
    return [tool for tool, (_, words) in _TOOLS.items() if any(_has(text, word) for word in words)]


def _has(text: str, word: str) -> bool:
    return all(part in text for part in word.split("&"))


def claimed_lines(outputs: Iterable[Output]) -> set[int]:
    """The 1-based numbers of the lines that outputs stand on."""
    return {number for made in outputs for number in range(made.first, made.last + 1)}

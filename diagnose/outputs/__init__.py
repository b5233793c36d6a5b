"""Pasted outputs of commands, recognised: which lines, what about, how it came out.

Takes the lines of a paste and gives `Output`s in order of appearance. Each tool is a file and a row of the table below;
its file is imported when one of its keywords is in the paste. Knows nothing of articles, checks and odds.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from importlib import import_module

from diagnose.outputs.base import STATES, Output, Recogniser
from diagnose.text.fold import fold, fold_text

__all__ = ["OUTPUTS", "STATES", "Output", "Recogniser", "claimed_lines", "recognise"]

# Tool -> its file, and the words of which one is in every output of it: lower case and without blanks, for a console
# wraps anywhere; `a&b` wants both. In order of precedence where two claim a line.
_TOOLS: dict[str, tuple[str, str]] = {
    "test-netconnection": (
        "reach.testnetconnection",
        "tcptestsucceeded tcpconnectto nameresolutionof pingsucceeded informationlevel remoteport&computername",
    ),
    "telnet": (
        "reach.telnet",
        "telnet: connectingto couldnotopenconnection trying&connectedto trying&telnet serverlookupfailure "
        "connectiontohostlost verbindungmitdemhost ouvriruneconnexion abrirlaconexi 无法打开到主机的连接 "
        "無法開啟到主機的連線 ホストへ接続できませんでした",
    ),
    "nc": (
        "reach.nc",
        "nc:connect nc:getaddrinfo nc:can't nc:bad ncat: ]succeeded (unknown)[ )open (?): ):connection ):noroute "
        "):network ):operation forwardhostlookupfailed",
    ),
    "get-cswindowsservice": ("services.getcswindowsservice", "activitylevel rolename get-cswindowsservice"),
    "get-service": (
        "services.getservice",
        "statusname namestatus status&displayname&---- status&starttype&---- canstop: status:running status:stopped "
        "status:paused status:start status:stop status:continue get-service&).status get-service&expandproperty "
        "findanyservice noservicefoundforgiven -service]",
    ),
    "get-nettcpconnection": (
        "sockets.getnettcpconnection",
        "localport&state remoteport&state msft_nettcpconnection [get-nettcpconnection]",
    ),
    "netstat": (
        "sockets.netstat",
        "tcp0 tcp1 tcp2 tcp3 tcp4 tcp5 tcp6 tcp7 tcp8 tcp9 tcp[ tcp* tcp&listening tcp&established tcp&syn_sent "
        "foreignaddress remoteadresse adressedistante dirección",
    ),
    "ss": ("sockets.ss", "recv-q&send-q estab0 listen0 syn-sent0 syn-recv0 time-wait0 close-wait fin-wait last-ack"),
    "systemctl": (
        "services.systemctl",
        "active:active active:inactive active:failed active:activating active:deactivating active:reloading "
        "loaded:loaded loaded:not-found loaded:masked couldnotbefound&unit notfound&unit is-active",
    ),
    "sc-query": (
        "services.scquery",
        "service_name: [sc] scquery start_type: nom_service nombre_servicio nome_ dienstname:",
    ),
    "curl": ("reach.curl", "curl:( *trying *connectedto curl&http/"),
    "openssl-s-client": (
        "reach.opensslsclient",
        "verifyreturncode connect:errno connected(0 s_client connectionestablished",
    ),
    "dig": ("names.dig", "->>header<<- <<>>dig noserverscouldbereached dig&+short dig&+noall"),
    "nslookup": (
        "names.nslookup",
        "server:&address: serveur:&address: servidor:&address: サーバー:&address: 服务器:&address: can'tfind nslookup&: "
        "dnsrequesttimedout noserverscouldbereached :non-existentdomain :noresponsefromserver :queryrefused ***&timed-out",
    ),
    "resolve-dnsname": ("names.resolvednsname", "nametypettl resolve-dnsname: microsoft.dnsclient"),
    "ping": ("reach.ping", "ttl= packetloss (100% (0% %loss) ping: pingrequest pinging bytesofdata"),
    "w32tm": (
        "machine.w32tm",
        "leapindicator sprungindikator 0x80070426 didnotresync tracking&o:+ tracking&o:- tracking&samples. tracking&0x800705b4",
    ),
    "klist": (
        "machine.klist",
        "cachedtickets zwischengespeichertetickets ticketzwischenspeicher: ticketsmisencache ticketcache: credentialscache klist:",
    ),
    "df": (
        "machine.df",
        "filesystem&use% filesystem&capacity filesystem&mounted dateisystem&% sys.defichiers s.ficheros 文件系统&% "
        "ファイルシス&% sist.arq. filesystem&uso% файл&% 檔案系統&% 文件系統&% systemplik bestandssysteem",
    ),
    "get-psdrive": ("machine.getpsdrive", "used(gb)&free(gb)"),
    "free": (
        "machine.free",
        "buff/cacheavailable bufferscacheavailable puffer/cacheverf puffercacheverf tamp/cachedisponible tamponscachedisponible "
        "compartidobúf compartidobuf",
    ),
    "traceroute": ("reach.traceroute", "traceroute&hopsmax"),
    "docker": (
        "containers.docker",
        'containerid exited( "state":{ namesstatus {"status": nosuchcontainer: nosuchobject:',
    ),
    "kubectl": (
        "containers.kubectl",
        "nameready readystatus 0running 1running 2running 3running 4running 5running backoff errimagepull "
        "namespace:&status: noresourcesfound fromserver(notfound):pods",
    ),
    "get-winevent": ("machine.getwinevent", "timecreatedid timecreated: noeventswerefound nomatchingeventsfound"),
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
    from diagnose.outputs.parsing.paste import Paste

    page = Paste(lines)
    claimed = bytearray(len(lines) + 1)
    found: list[Output] = []
    for tool in tools:
        for made in OUTPUTS[tool](page):
            if not any(claimed[made.first : made.last + 1]):
                claimed[made.first : made.last + 1] = b"\x01" * (made.last - made.first + 1)
                found.append(made)
    return sorted(found, key=lambda made: made.first)


_KEYWORDS = {tool: tuple(word.split("&") for word in words.split()) for tool, (_, words) in _TOOLS.items()}


def _present(lines: Sequence[str]) -> list[str]:
    """The tools of which a keyword is in the paste."""
    joined = "".join(lines)
    if "\x1b" in joined:
        joined = fold(joined.encode("utf-8", "replace")).decode("utf-8", "replace")
    text = "".join(fold_text(joined).split()).lower()
    return [tool for tool, words in _KEYWORDS.items() if _holds(text, words)]


def _holds(text: str, words: Sequence[Sequence[str]]) -> bool:
    """Whether all parts of one of `words` are in `text`. Loops: asked for every tool and text, any() and all() take twice as
    long."""
    for word in words:
        for part in word:
            if part not in text:
                break
        else:
            return True
    return False


def claimed_lines(outputs: Iterable[Output]) -> set[int]:
    """The 1-based numbers of the lines that outputs stand on."""
    return {number for made in outputs for number in range(made.first, made.last + 1)}

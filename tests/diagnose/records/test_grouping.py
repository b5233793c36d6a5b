"""A line leads to the whole message it stands in, and to nothing beside it."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from diagnose.records.grouping import LONGEST, record_at, records
from diagnose.records.levels import level_of

BEFORE = "2026-11-21 09:14:30,000 INFO before it"
AFTER = "2026-11-21 09:14:32,000 INFO after it"

JAVA = """\
2026-11-21 09:14:31,204 ERROR [main] c.e.Pool: no connection
com.example.PoolException: no connection to db01
\tat com.example.Pool.take(Pool.java:31)
\tat com.example.Main.main(Main.java:7)
Caused by: java.net.ConnectException: Connection refused (Connection refused)
\tat java.base/java.net.Socket.connect(Socket.java:591)
\t... 12 more"""
JAVA_BARE = """\
Exception in thread "main" java.lang.IllegalStateException: not ready
\tat com.example.Main.main(Main.java:7)
Caused by: java.io.IOException: gone
\tat com.example.Disk.read(Disk.java:3)
\t... 1 more"""
PYTHON = """\
Traceback (most recent call last):
  File "/srv/app.py", line 3, in connect
    sock.connect(place)
ConnectionRefusedError: [Errno 111] Connection refused

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app.py", line 9, in <module>
    main()
  File "/srv/app.py", line 5, in main
    raise StartError("no database") from None
app.StartError: no database"""
PYTHON_LOGGED = """\
ERROR:app:cannot start
Traceback (most recent call last):
  File "/srv/app.py", line 9, in <module>
    main()
ValueError: no database"""
DOTNET = """\
System.InvalidOperationException: The pool is not ready ---> System.Net.Sockets.SocketException: No connection
   at System.Net.Sockets.Socket.DoConnect(EndPoint end, SocketAddress address)
   at Contoso.Pool.Take(String name) in C:\\src\\Pool.cs:line 31
   --- End of inner exception stack trace ---
   at Contoso.Program.Main(String[] args) in C:\\src\\Program.cs:line 7"""
GO = """\
panic: runtime error: invalid memory address or nil pointer dereference
[signal SIGSEGV: segmentation violation code=0x1 addr=0x0 pc=0x48a1b2]

goroutine 1 [running]:
main.(*Pool).Take(0x0, {0xc000012345, 0x4})
\t/src/pool.go:31 +0x1d
main.main()
\t/src/main.go:7 +0x25

goroutine 18 [chan receive]:
net/http.(*Server).Serve(0xc0000a6000)
\t/usr/lib/go/src/net/http/server.go:3056 +0x3a1
created by main.main
\t/src/main.go:5 +0x11
exit status 2"""
NODE = """\
Error: connect ECONNREFUSED 127.0.0.1:5432
    at TCPConnectWrap.afterConnect [as oncomplete] (node:net:1494:16)
    at async main (/srv/app.js:3:5) {
  errno: -111,
  code: 'ECONNREFUSED'"""
RUST = """\
thread 'main' panicked at src/main.rs:3:5:
called `Option::unwrap()` on a `None` value
stack backtrace:
   0: rust_begin_unwind
   1: app::main
note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace"""
POWERSHELL = """\
Invoke-CsPoolFailOver : Unable to connect to some of the servers in pool "pool01.contoso.com" due to a Distributed
Component Object Model (DCOM) error.
At C:\\scripts\\failover.ps1:448 char:5
+     Invoke-CsPoolFailOver -PoolFqdn $pool
+     ~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~~
    + CategoryInfo          : InvalidOperation: (:) [Invoke-CsPoolFailOver], Exception
    + FullyQualifiedErrorId : WriteError,Microsoft.Rtc.Management.FailOverCmdlet"""
POWERSHELL_7 = """\
Get-Item: C:\\scripts\\a.ps1:11
Line |
  11 |  Get-Item nowhere
     |  ~~~~~~~~~~~~~~~~
     | Cannot find path 'C:\\nowhere' because it does not exist."""
OCS = """\
TL_INFO(TF_PROTOCOL) [0]0860.0CDC::11/21/2026-09:14:31.622.000d0b31 (SIPStack,Trace:p.cpp(1))$$begin_record
Trace-Correlation-Id: 2601
Date: 11/21/2026 09:14:31

Result-Code: 0xc3e93c2f SIPPROXY_E_ROUTING_UNKNOWN_DOMAIN
SIP/2.0 404 Not Found
$$end_record"""
OCS_WRAPPED = """\
15225 TL_ERROR(TF_COMPONENT) [5]2154.11A8::11/21/2026-09:14:31.988.00003bc3 (A,B:c.cpp(1))( 02 ) failed with
a compatible interface was not found"""
EVENT = """\
Log Name:      System
Source:        Microsoft-Windows-DistributedCOM
Date:          11/21/2026 9:14:31 AM
Event ID:      10028
Task Category: None
Level:         Error
Keywords:      Classic
User:          CONTOSO\\svc
Computer:      fe01.contoso.com
Description:
DCOM was unable to communicate with the computer fe02.contoso.com using any of the configured protocols.

Event Xml:
<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System>
    <EventID Qualifiers="0">10028</EventID>

  </System>
</Event>"""
EVENT_SPACED = """\
Protokollname: System

Quelle: Microsoft-Windows-DistributedCOM
Ebene: Fehler

Beschreibung:

Der Computer fe02.contoso.com antwortet nicht.

Prozess-ID: 31"""
XML = """\
<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event">
  <System>
<Level>2</Level>
  </System>
</Event>"""
EXCHANGE = """\
[11/21/2026 09:14:31.0204] [2] [ERROR] The following error was generated when "$error.Clear();
          if ($x)
{
   Start-Service
}
" was run: "System.Exception: no."."""
CRI = """\
2026-11-21T09:14:31.204567891Z stderr F Traceback (most recent call last):
2026-11-21T09:14:31.204567892Z stderr F   File "/srv/app.py", line 9, in <module>
2026-11-21T09:14:31.204567893Z stderr F     main()
2026-11-21T09:14:31.204567894Z stderr F ValueError: no database"""
CRI_PARTIAL = """\
2026-11-21T09:14:31.204Z stdout P the first half and
2026-11-21T09:14:31.204Z stdout P  the second half,
2026-11-21T09:14:31.204Z stdout F  and the end"""
KLOG = """\
E1121 09:14:31.204567       1 reflector.go:178] failed to list *v1.Pod
\tdetails: no route"""
COMPOSE = """\
web-1  | Traceback (most recent call last):
web-1  |   File "/srv/app.py", line 9, in <module>
web-1  | ValueError: no database"""
ZAP = """\
2026-11-21T09:14:31.204Z\tERROR\tcontroller\tno such pod\t{"name": "a"}
example.com/pool.(*Pool).Take
\t/src/pool.go:31
example.com/pool.Run
\t/src/run.go:7"""
PRETTY = """\
2026-11-21T09:14:31.204567891Z {
2026-11-21T09:14:31.204567892Z   "level": "error",
2026-11-21T09:14:31.204567893Z   "message": "no"
2026-11-21T09:14:31.204567894Z }"""
WRAPPED = """\
Nov 21 09:14:31 host app[31]: error: cannot open the door that leads to the sto
rage room"""
SYSLOG = "Nov 21 09:14:31 host app[31]: error: cannot open the door"
INDENTED = """\
2026-11-21 09:14:31 server refused
    because it is closed
\tuntil Monday"""

WHOLE = {
    "java": (JAVA, "java", "error"),
    "java without a logger": (JAVA_BARE, "java", "error"),
    "python, chained": (PYTHON, "python", "error"),
    "python under a logged line": (PYTHON_LOGGED, "python", "error"),
    "dotnet": (DOTNET, "dotnet", "error"),
    "go": (GO, "go", "fatal"),
    "node": (NODE, "node", "error"),
    "rust": (RUST, "rust", "error"),
    "powershell 5.1": (POWERSHELL, "powershell", "error"),
    "powershell 7": (POWERSHELL_7, "powershell", "error"),
    "ocs record": (OCS, "ocs-logger", "info"),
    "ocs line, wrapped": (OCS_WRAPPED, "ocs-logger", "error"),
    "event copy": (EVENT, "windows-event", "error"),
    "event with blank lines": (EVENT_SPACED, "windows-event", "error"),
    "event xml": (XML, "windows-event", "error"),
    "exchange setup": (EXCHANGE, "exchange-setup", "error"),
    "python in cri": (CRI, "python", "error"),
    "cri parts": (CRI_PARTIAL, "cri", ""),
    "klog": (KLOG, "klog", "error"),
    "compose": (COMPOSE, "python", "error"),
    "go under a logged line": (ZAP, "go", "error"),
    "json over lines": (PRETTY, "cri", ""),
    "syslog, wrapped": (WRAPPED, "syslog", "error"),
    "syslog": (SYSLOG, "syslog", "error"),
    "indented": (INDENTED, "", ""),
}
SEPARATORS = {"logged": ([BEFORE], [AFTER]), "blank": (["before it", ""], ["", "after it"]), "alone": ([], [])}


@pytest.mark.parametrize("around", SEPARATORS)
@pytest.mark.parametrize("name", WHOLE)
def test_any_line_of_a_message_leads_to_all_of_it(name, around):
    text, kind, level = WHOLE[name]
    before, after = SEPARATORS[around]
    message = text.split("\n")
    lines = [*before, *message, *after]
    for at in range(len(message)):
        record = record_at(lines, len(before) + at)
        assert (record.first, record.last) == (len(before), len(before) + len(message) - 1), lines[len(before) + at]
        assert (record.kind, record.level) == (kind, level)


@pytest.mark.parametrize("name", WHOLE)
def test_two_equal_messages_in_a_row_stay_two(name):
    message = WHOLE[name][0].split("\n")
    for gap in ([], [""]) if name not in ("cri parts",) else ([],):
        lines = [*message, *gap, *message]
        found = record_at(lines, len(lines) - 1)
        assert (found.first, found.last) == (len(message) + len(gap), len(lines) - 1)


def test_the_head_of_a_python_trace_is_its_exception():
    assert record_at(PYTHON.split("\n"), 2).head == "app.StartError: no database"
    assert record_at(PYTHON_LOGGED.split("\n"), 2).head == "ERROR:app:cannot start"
    assert record_at(CRI.split("\n"), 0).head == "ValueError: no database"


def test_parts_that_a_runtime_cut_are_one_line_again():
    assert record_at(CRI_PARTIAL.split("\n"), 1).head == "the first half and the second half, and the end"


def test_lines_of_several_containers_do_not_mix():
    lines = ["db-1   | FATAL: no space", "web-1  |   at home", "web-1  |   and away"]
    assert record_at(lines, 1).first == 1


def test_plain_lines_are_messages_of_their_own():
    lines = ["one thing", "another thing", "2026-11-21 09:14:31 third", "fourth"]
    assert [(r.first, r.last) for r in records(lines)] == [(0, 0), (1, 1), (2, 2), (3, 3)]


def test_a_record_is_cut_where_it_gets_too_long():
    lines = ["2026-11-21 09:14:31 head", *["  more"] * 5000]
    middle = record_at(lines, 2500)
    assert 2500 - LONGEST <= middle.first <= 2500 <= middle.last <= 2500 + LONGEST
    assert all(r.last - r.first <= 2 * LONGEST for r in records(lines))


def test_a_record_that_never_ends_takes_no_more_than_the_bound():
    lines = [OCS.split("\n")[0], *["Key: value"] * 1000]
    assert record_at(lines, 0).last <= LONGEST
    assert record_at(["<Event xmlns='x'>", *["text"] * 1000], 0).last <= LONGEST


def test_records_cover_every_line_once_and_in_order():
    lines = "\n\n".join(text for text, _, _ in WHOLE.values()).split("\n")
    seen = [line for r in records(lines) for line in range(r.first, r.last + 1)]
    assert seen == list(range(len(lines)))


@given(
    st.lists(st.sampled_from("\n".join(text for text, _, _ in WHOLE.values()).split("\n") + [""]), max_size=40),
    st.data(),
)
@settings(max_examples=300)
def test_shuffled_lines_are_still_covered_and_agree(lines, data):
    found = list(records(lines))
    assert [line for r in found for line in range(r.first, r.last + 1)] == list(range(len(lines)))
    if lines:
        at = data.draw(st.integers(0, len(lines) - 1))
        assert record_at(lines, at) == next(r for r in found if r.first <= at <= r.last)


@given(st.lists(st.text(max_size=60), min_size=1, max_size=8))
@settings(max_examples=300)
def test_any_lines_make_records(lines):
    assert sum(r.last - r.first + 1 for r in records(lines)) == len(lines)
    assert record_at(lines, 0).first == 0


@pytest.mark.parametrize(
    "line",
    ["9" * 65536, "\0" * 65536, "at " * 20000, "at a(" + ")" * 60000, " " * 65536, "a." * 30000, "[" * 65536, "<1" * 30000,
     "a | " * 16000, "at x(" + " in " * 16000, "Level:" * 10000, "level=" * 10000, "\udc80" * 65536, "Caused by: " * 6000],
)  # fmt: skip
def test_hostile_lines_are_read_in_bounded_time(line):
    assert record_at([line] * 30, 15).head == line[:4096]
    level_of(line)


def test_an_index_outside_is_refused():
    with pytest.raises(IndexError):
        record_at(["a"], 1)


# --- levels ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "level"),
    [
        ("2026-11-21 09:14:31,204 ERROR [main] x", "error"),
        ("2026-11-21 09:14:31,204 - WARN  [x] y", "warning"),
        ("[Sun Dec 04 04:47:44 2005] [error] mod_jk child in error state", "error"),
        ("[Sun Dec 04 04:47:44.1 2005] [core:notice] x", "info"),
        ("2026/11/21 09:14:31 [crit] 7#7: x", "fatal"),
        ("W1121 09:14:31.204567 1 a.go:1] x", "warning"),
        ("F1121 09:14:31.204567 1 a.go:1] x", "fatal"),
        ("11-21 09:14:31.204  1702  2395 E Tag: x", "error"),
        ("TL_WARN(TF_DIAG) [0]1.2::11/21/2026-09:14:31.1.1 (a) x", "warning"),
        ("TL_NOISE(TF_DIAG) [0]1.2::11/21/2026-09:14:31.1.1 (a) x", "debug"),
        ('ts=2026-11-21T09:14:31Z level=error msg="x"', "error"),
        ('{"level":"warn","msg":"x"}', "warning"),
        ('{"level":50,"msg":"x"}', "error"),
        ('{"t":{"$date":"x"},"s":"E", "c":"NETWORK"}', "error"),
        ("1:M 21 Nov 2026 09:14:31.204 # x", "warning"),
        ("<11>Nov 21 09:14:31 host app: x", "error"),
        ("<15>Nov 21 09:14:31 host app: x", "debug"),
        ("Nov 21 09:14:31 host app[1]: warning: x", "warning"),
        ("2026-11-21 09:14:31.204 UTC [1] FATAL:  x", "fatal"),
        ("2026-11-21 09:14:31.204 UTC [1] LOG:  x", "info"),
        ("2026-11-21 09:14:31, Error                 CBS    x", "error"),
        ("Level:         Warning", "warning"),
        ("Event Type: Error", "error"),
        ("Ebene:         Fehler", "error"),
        ("Niveau :       Avertissement", "warning"),
        ("<Event><System><Level>3</Level></System></Event>", "warning"),
        ("11/21/2026 9:14:31 AM          1000 Error            Faulting x", "error"),
        ("2026-11-21T09:14:31.204Z        error   collectors/pods.go:206  x", "error"),
        ("Terror of the ERRORS is not a level", ""),
        ("x=error-free and /var/log/error.log", ""),
        ("nothing said", ""),
    ],
)
def test_a_level_is_read_where_its_kind_of_source_keeps_it(line, level):
    assert level_of(line) == level


# --- sources ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("Nov 21 09:14:31 host app[31]: x", "syslog"),
        ("<34>1 2026-11-21T09:14:31.204Z host su - - x", "syslog"),
        ("2026-11-21T10:14:31.204567+01:00 host app[31]: x", "syslog"),
        ("I1121 09:14:31.204567       1 main.go:12] x", "klog"),
        ('10.0.0.1 - - [21/Nov/2026:09:14:31 +0000] "GET / HTTP/1.1" 200 1', "apache"),
        ("2026/11/21 09:14:31 [error] 7#7: *1 x", "nginx"),
        ("2026-11-21 09:14:31 10.0.0.1 GET /x - 443 - 10.0.0.2 curl - 200 0 0 1", "iis"),
        ('{"level":"info","msg":"x"}', "json"),
        ("2026-11-21T09:14:31.204Z stdout F x", "cri"),
        ("11/21/2026 9:14:31 AM          1000 Error            Faulting x", "windows-event"),
        ("Dies ist kein Log", ""),
    ],
)
def test_a_line_tells_the_kind_of_its_record(line, kind):
    assert {record.kind for record in records([line] * 6)} == {kind}


def most_common_kind(lines):
    """The kind that at least half of the lines belong to; empty where there is none."""
    counts = Counter()
    for record in records(lines[:1000]):
        if record.head and not record.head.isspace():
            counts[record.kind] += record.last - record.first + 1
    kind, most = counts.most_common(1)[0]
    return kind if 2 * most >= counts.total() else ""


@pytest.mark.shared
def test_real_logs_are_of_their_kind(shared):
    kinds = {"Linux": "syslog", "Mac": "syslog", "OpenSSH": "syslog", "Apache": "apache", "Hadoop": "", "Windows": ""}
    for name, kind in kinds.items():
        text = (shared / "data" / "loghub" / f"{name}_2k.log").read_text("utf-8", "replace")
        assert most_common_kind(text.splitlines()) == kind, name
    for path in (shared / "data" / "exchange-setup").glob("*.log"):
        lines = path.read_text("utf-8", "replace").splitlines()
        assert most_common_kind(lines) == "exchange-setup"
        assert all(lines[r.first].startswith("[") for r in records(lines) if r.head.strip()), path.name

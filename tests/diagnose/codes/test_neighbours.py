"""What stands beside a number tells that it is no code: generated counter-examples, kinds times forms, and what must stay."""

from random import Random

import pytest

from diagnose.codes.decode import decode
from diagnose.codes.find import find, says
from diagnose.codes.neighbours import other_than_code

SEED = 13
CASES = 1000
# Numbers that are errors of Windows which articles speak of, and others that it has.
NUMBERS = (
    112,
    1722,
    1753,
    1789,
    1326,
    1311,
    1355,
    1396,
    1908,
    1256,
    8524,
    8453,
    10060,
    10061,
    64,
    53,
    67,
    1069,
    1232,
    1203,
)
LARGE = ("800706ba", "80070005", "8007054b", "c000006d", "c000018d", "80090322", "80070035", "c07c28ce")
FUNCTIONS = (
    "ret_from_fork",
    "v9fs_mount",
    "hrtimer_interrupt",
    "syscall_exit_to_user_mode",
    "rtnl_error",
    "do_fail",
    "MyDll!Return",
)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
UNITS = (
    "rows",
    "ms",
    "bytes",
    "files",
    "records",
    "requests",
    "times",
    "MB",
    "seconds",
    "%",
    "of 2000",
    "packets",
    "warnings",
)

# Forms as programs write them; {n} is a number as above, {x} the same in hexadecimal, {h} a large one without 0x.
FORMS: dict[str, tuple[str, ...]] = {
    "stack offset": (
        "[   75.838618][ T8444]  {f}+0x{x}/0xa90", "{f}+0x300/0x{x}", "(ceph::__ceph_assert_fail()+0x{x}) [0x7f34deadbeef]",
        "\t/src/loki/runtime_error.go:53 +0x{x}", "mach_kernel : _zone_refill_error + 0x{x}", "{f}() at {f}+0x{x}/frame 0xfffffe0016abb960",
        "error in {f}+0x{x}", "failed: {f} + {n}",
    ),
    "address": (
        "failed at [<{h}>] (kthread) from [<80101000>] (ret_from_fork)", "error reading address: 0x{x}", "fault, pc=0x{x} lr=0x7f",
        "error(s) (dcr 0x{x}) detected and corrected", "code segment = base 0x{x}, limit 0xfffff", "critical error (unit=0x{x} bit=0x0a)",
        "interrupt error, addr 0x{x}", "fail: mask=0x{x}", "failed, vendor 0x{x} device 0x10",
    ),
    "date": (
        "ERROR {y}/04/16 12:00:01 no route", "ERROR {y}-04-16T12:00:01 x", "error: {d}.04.{y} no route", "[ERROR] {d}/{m}/{y}:10:00:00 +0000",
        "Error\t{d}/2/{y} 7:31:20 AM\tDistributedCOM", "ERROR {d} {m} {y} 10:00:00", "error {d}-{m}-{y} x", "ERROR: {d}:31:20 stopped",
        "Fehler: {d}.10.{y} 10:00",
    ),
    "process": (
        "{y}/04/16 02:33:24 [error] {n}#{n}: *1 upstream sent no header", "{y}-04-16 02:33:24.123 ERROR {n} --- [nio-8080-exec-1] o.a.c.C : x",
        "Apr 16 02:33:24 mx postfix/error[{n}]: to=<a@b.example>", "ERROR [{n}] main: stopped", "[error] [{n}] worker is gone",
        "02:33:24 ERROR {n} [main-thread] c.e.App : stopped", "02:33:24 ERROR {n} server.py:33 stopped", "[ERROR] [{n}:140] stopped",
        "{y}/04/16 02:33:24 [crit] [error] {n}#0: stopped", "FATAL [{n}] out of shared memory", "exit[{n}]: done",
    ),
    "piece of an id": (
        "failed to attach pvc-{h}-6a5e-4a3c-9d5b-0123456789ab", "error: volume {h}-1111-2222-3333-444444444444 is gone",
        "failed {{{h}-1111-2222-3333-444444444444}}", "error in commit {h}", "failed: image app@{h}", "error token={h}", "failed for session {h}",
        "error {n}-4a3c-9d5b-0123", "failed pod web-{h}-x7x2p", "error: trace {h} sampled",
    ),
    "version": ("error code 10.{n}.4.1", "failed {n}.0.1 is too old", "error: {n}.5.2", "code {n}.10.0-beta"),
    "http status": (
        "failed with response code: {s}", "https response error StatusCode: {s}, RequestID: 6590", "level=error status={s} caller=x",
        '"GET / HTTP/1.1" status: {s} len: 12', "HTTP error {s} from upstream", "the server responded with status {s}", "error, http_code={s}",
        "reply-code={s}, reply-text=NO", "http status code was {s}", 'error response: {s}', "responded with code {s}",
    ),
    "exit status": (
        "exitCode: {e}", "exit code {e}", "exit status {e}", "process exited with code {e}", '"ExitCode": "{e}"', "exit_code={e}",
        "Main process exited, code=exited, status={e}/FAILURE", "code=killed, status={e}/KILL", "exitStatus={e}", "returned exit code {e}",
        "command failed with exit status {e}", "rc={e}",
    ),
    "stop code": (
        "*** STOP: 0x000000{b} (0x0000000000000000, 0x0000000000000002)", "Bug check 0x{b}: x", "BugcheckCode {n}", "stop code 0x{b}",
        "The bugcheck was: 0x000000{b} (0x0000000000000003)", "Stop error code 0x000000{b}", "Stop error: 0x{b}", "bug check code: 0x000000{b}",
        "failed, BCCode: {b}", "STOP 0x{b} (0x{x}, 0x2)",
    ),
    "list number": ("Err:{d} https://deb.example/debian trixie InRelease", "Err:{d} http://archive.example noble Release", "Err:{n} file:/srv x"),
    "place in a file": (
        "Main.java(com.example.Error:{n})", "at Foo.parseError:{n}", "error ({n},5): unexpected", "error line {n}: unexpected", "error: {n}:5: syntax",
    ),
    "port": ("connect failed: 10.1.2.3:{n}", "error: port {n} is in use", "failed to listen on [::1]:{n}", "error on server:{n} reached"),
    "count": (
        "import: error {n} {u} skipped", "failed {n} {u}", "Failed: {n}, Passed: 3", "ok=5 changed=2 unreachable=0 failed={n}", "returned {n} {u}",
        "Rebuild Status : {n}% complete", "error {n} {u}", "Result: {n} {u}", "Failed: {n}, Skipped: 2", "result: {n}/2000", "errors: {n}",
        "exit after {n} {u}", "status {n} {u}",
    ),
    "number of another table": (
        "ERROR {q} (28000): no entry", "Error: {q}, Severity: 14, State: 8.", "mysql_real_connect failed: {q} no server", "Error Number:{q},State:1,Class:13",
        "ORA-0{q}: not so; error code {q}", "TLS alert code {e}", "verify error:num={e}:no issuer", "Verify return code: {e} (no issuer)",
        "Error Domain=NSURLErrorDomain Code=-{q}", "said: 550 5.7.1, error 550 5.7.1", "SIP/2.0 error {s}", "grpc error code {e}",
        "MariaDB error {q} at start", "MySQL error code: {q}", "error -{q}",
    ),
    "bytes of a program": ("[   61.122497] Code: {d} c7 48 89 74 24 08 48 89 04", "Code: {d} 00 00 00 75 05 48 83", "Code: {d} 90 <0f> 0b 48"),
    "page fault": (
        "app[{n}]: segfault at 0 ip 00007f sp 00007ffc error {d} in libc.so.6", "#PF: error_code(0x{x}) - no page", "[signal SIGSEGV: code=0x{x} addr=0x40]",
    ),
    "flag of a program": ("running task 0 {n} 1210 0x0000{x4}", "DNS error on 'clock.example,0x{d}'", "error: kworker/0:0/0x0000{x4}", "lock failed/{d}/0x{x}"),
}  # fmt: skip


def _counter_examples():
    random = Random(SEED)
    forms = [(kind, form) for kind, forms in FORMS.items() for form in forms]
    for number in range(CASES):
        kind, form = forms[number % len(forms)]
        chosen = random.choice(NUMBERS)
        values = {
            "n": chosen, "x": f"{chosen:x}", "x4": f"{chosen:04x}", "h": random.choice(LARGE), "f": random.choice(FUNCTIONS),
            "y": random.randint(1999, 2031), "d": random.randint(10, 28), "m": random.choice(MONTHS), "u": random.choice(UNITS),
            "s": random.choice((200, 201, 204, 301, 302, 400, 401, 403, 404, 429, 500, 502, 503)),
            "e": random.choice((1, 2, 5, 20, 53, 64, 112, 137, 143)), "b": random.choice(("7b", "9f", "3b", "d1", "50", "1e", "0a")),
            "q": random.choice((1045, 1069, 1722, 1789, 1205, 2002, 2013, 1326)),
        }  # fmt: skip
        yield kind, form.format(**values), chosen, str(values["h"])


COUNTER_EXAMPLES = list(_counter_examples())
WINDOWS = {str(n): f"win32:{n}" for n in NUMBERS}


def _wrong(line):
    """Codes of Windows and Unix that are read out of a line."""
    return [seen.name for seen in find(line) if not seen.key.startswith(("http:", "exit:", "sqlstate:"))]


@pytest.mark.parametrize("kind", FORMS)
def test_what_stands_beside_it_tells_that_a_number_is_no_code(kind):
    lines = [line for of, line, _, _ in COUNTER_EXAMPLES if of == kind]
    assert [(line, wrong) for line in lines if (wrong := _wrong(line))] == []


def test_no_counter_example_is_evidence_for_an_article():
    assert len(COUNTER_EXAMPLES) == CASES
    declared = [
        (line, code) for _, line, chosen, large in COUNTER_EXAMPLES for code in (f"win32:{chosen}", f"0x{large}")
    ]
    assert [(line, code) for line, code in declared if decode(code) and says(line, code)] == []


POSITIVE = (
    "[ERROR] {n} The server cannot be reached",
    "error {n}", "error: {n}", "Error {n} (0x{x})", "System error {n} has occurred.", "failed, result {n} (0x{x}):", "Win32 error {n}",
    "[WinError {n}] x", "failed with error code {n}", "Systemfehler {n}", "failed with 0x{x}.", "last error is 0x{x}", "Error: 0x{x} or 0x2afc",
    "the service ended with error {n}, see the log", "status {n}", "<Data Name=\"ErrorCode\">{n}</Data>", "connect failed with error {n}; gave up",
    "HRESULT: 0x8007{x4}", "error 0x8007{x4}/0x5", "failed (8007{x4})", "(os error {n})", "error {n}. 823 consecutive failures", "code={n}",
    "2026/04/16 02:33:24 [error] 31#31: it failed (error {n})", "2026-04-16 ERROR 2368 --- [main] RPC error {n}: no server",
    "the replication generated an error ({n}):", "error returned: hr = 0x8007{x4}",
)  # fmt: skip


@pytest.mark.parametrize("form", POSITIVE)
def test_a_code_beside_words_of_failure_stays_one(form):
    for number in (1722, 1753, 1789, 1326, 8453, 10061):
        line = form.format(n=number, x=f"{number:x}", x4=f"{number:04x}")
        assert f"win32:{number}" in [seen.key for seen in find(line)], line
        assert says(line, f"win32:{number}"), line


@pytest.mark.parametrize(
    ("line", "text", "kind"),
    [
        ("v9fs_mount+0x718/0xa90", "0x718", "offset"),
        ("ERROR 2022/04/16", "2022", "date"),
        ("[error] 8496#8496: x", "8496", "process"),
        ("pvc-c07c28ce-1111-2222", "c07c28ce", "id"),
        ("Err:5 https://deb.example", "5", "list number"),
        ("*** STOP: 0x0000007B (0x1)", "0x0000007B", "stop code"),
        ("error 1722 (0x6ba)", "0x6ba", ""),
    ],
)
def test_the_table_names_the_kind(line, text, kind):
    start = line.index(text)
    assert other_than_code(line, start, start + len(text)) == kind


def test_the_code_of_an_article_is_no_piece_of_another_number():
    """In the field, `v9fs_mount+0x718/0xa90` was taken for 0x80070718 of a full disk."""
    assert not says("[  12.3]  v9fs_mount+0x718/0xa90", "0x80070718")
    assert says("it failed with 0x718", "0x80070718")

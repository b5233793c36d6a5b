"""What the library's checks read of outputs in the forms in which people paste them (tests/diagnose/outputs/pasted/): the
outcome that the form says, or one of the check's own that says more, and never another."""

from pathlib import Path

import pytest

from diagnose.checks.answers import outputs_in
from diagnose.checks.outcomes import CheckReader
from diagnose.outputs import recognise
from diagnose.scan.passages import Passage
from kb.library.library import Library
from kb.library.testing import problem_of

FORMS = Path(__file__).parents[2] / "diagnose" / "outputs" / "pasted"
CHECKS = {
    **dict.fromkeys(("nslookup", "dig", "resolve-dnsname"), "dns-name"),
    **dict.fromkeys(("test-netconnection", "nc", "telnet", "curl"), "tcp-port"),
    **dict.fromkeys(("ss", "netstat", "get-nettcpconnection"), "listening-port"),
    **dict.fromkeys(("sc-query", "get-service"), "windows-service"),
    "ping": "ping",
    "free": "memory-pressure",
    "openssl-s-client": "tls-certificate",
    "systemctl": "service",
    "docker": "container-state",
    "kubectl": "pod-state",
    "df": "disk-space",
}
# A state, and what a check with words of its own makes of it.
SAYS = {
    "listening": {"any", "loopback", "one-address"},
    "not-found": {"none"},
    "tls-error": {"no-tls"},
    "start-pending": {"starting"},
    "failed": {"config-error", "stopped"},
    "restarting": {"stopped"},
    "nearly-full": {"low"},
}
# A fault of a certificate says nothing of the port, or that it was reached.
OF_PORT = SAYS | {state: {"connected", ""} for state in ("expired", "untrusted", "name-mismatch")}
OF_INODES = {"ok": {"left", "not-counted"}, "full": {"none-left"}}
# What the checks do not ask: another state of a connection, how a service starts.
NOT_ASKED = {"listening-port": {"connected", "timeout"}, "windows-service": {"disabled"}}


def texts():
    for path in sorted(FORMS.glob("*.txt")):
        for block in path.read_text(encoding="utf-8").split("@@ ")[1:]:
            title, *lines = block.rstrip("\n").split("\n")
            yield path.stem, title, [line for line in lines if not line.startswith("-> ")]


def read(problem, name, lines, subject):
    """The outcome of the check `name` about what `subject` names."""
    named = {**subject, "host": subject.get("host") or subject.get("address", ""), "pod": subject.get("name", "")}
    values = {key: named[key] for key in problem.params if named.get(key)}
    passage = Passage(source="-", first=1, lines=tuple(lines), quotes=tuple(lines))
    answer = CheckReader(problem, values, outputs_in([passage]), [passage]).answers().get(name)
    return answer.outcome if answer else ""


@pytest.mark.parametrize("tool", CHECKS)
def test_a_check_reads_each_form_for_what_it_says_of_its_target(tool):
    wrong, right = [], 0
    entries = {name: problem_of(Library.shipped().check(name)) for name in {CHECKS[tool], "inodes"}}
    for stem, title, lines in texts():
        shown = {tuple(o.subject.items()): o for o in recognise(lines) if o.state} if stem == tool else {}
        for output in shown.values():
            inodes = output.fields.get("kind") == "inodes"
            name = "inodes" if inodes else CHECKS[tool]
            says = {"inodes": OF_INODES, "tcp-port": OF_PORT}.get(name, SAYS)
            seen = read(entries[name], name, lines, output.subject)
            if output.state in NOT_ASKED.get(name, ()):
                assert not seen
            elif seen not in {output.state, *says.get(output.state, ())}:
                wrong.append((title, output.subject, output.state, seen))
            else:
                right += 1
    assert wrong == []
    assert right >= 8

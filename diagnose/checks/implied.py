"""What an output tells beside the question that its tool was asked: a connection tells that a name resolves, and
Test-NetConnection whether a ping came back.

Takes a recognised output, gives the further ones that stand on the same lines.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from diagnose.facts import typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from diagnose.outputs.base import Output

NAME = "name"  # the parser of an output that says whether a name resolves
PING = "ping"
# Tools that are given a host by name and connect to what it resolves to.
_BY_NAME = frozenset({"test-netconnection", "telnet", "nc", "curl", "openssl-s-client", "ping"})
_REACHED = frozenset({"connected", "refused", "reset", "reachable"})


def implied(output: Output) -> Iterator[Output]:
    if output.parser == "test-netconnection" and (ping := output.fields.get("ping")):
        yield _more(output, PING, "reachable" if ping == "True" else "no-response")
    name = output.subject.get("host", "")
    if output.parser in _BY_NAME and name and not typed("ip", name):
        if output.state == "name-error":
            yield _more(output, NAME, "name-error")
        elif output.state in _REACHED or "address" in output.subject:
            yield _more(output, NAME, "resolved")


def _more(output: Output, parser: str, state: str) -> Output:
    subject = {key: value for key, value in output.subject.items() if key in ("host", "address")}
    return replace(output, parser=parser, state=state, why="", subject=subject, plain="", implied=True)

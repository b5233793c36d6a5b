"""What a recognised output is: which lines, what about, and how it came out.

Takes nothing and knows no tool. A recogniser takes the lines of a paste and gives `Output`s; it never raises, its time
grows linearly with the text, and it gives an empty state rather than a guess.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache

from msgspec import Struct

from diagnose.facts import typed

# Names that a state can have. Checks use the same names for their outcomes (shared vocabulary of probes and outputs).
STATES = frozenset(
    {
        # network: `failed` is refused or timed out, not told
        *("connected", "refused", "timeout", "failed", "unreachable", "name-error", "listening", "reset"),
        # answers that are not one of these
        *("no-response", "tls-error", "expired", "untrusted", "name-mismatch", "ok"),
        # names and addresses
        *("resolved", "no-data", "reachable"),
        # services, units, containers, pods
        *("running", "stopped", "start-pending", "stop-pending", "paused", "pause-pending", "continue-pending"),
        *("not-found", "disabled", "exited", "restarting", "unhealthy", "created", "pending", "not-ready"),
        *("crash-loop", "image-pull-error", "oom-killed", "evicted", "completed"),
        # time, tickets, room, events
        *("synchronised", "unsynchronised", "present", "none", "full", "nearly-full", "seen"),
    }
)


class Output(Struct, frozen=True, kw_only=True):
    """A stretch of a paste that a tool printed.

    `first` and `last` are 1-based line numbers within the given lines, both included, and `text` is those lines.
    `subject` says what the output is about ("host", "address", "port", "service", "name", "url", ...), every value of
    its type, and is empty where the paste does not tell. `state` is one of `STATES`, or empty when unclear: then `why`
    says why. `fields` holds what else could be read. `plain` is the same as the command prints it without options, in
    English: what patterns written for that command read, whatever was pasted. `implied` is an answer to another question
    than the tool was asked: it stands on the same lines, and only its state counts.
    """

    parser: str
    first: int
    last: int
    text: str
    subject: dict[str, str] = {}
    state: str = ""
    why: str = ""
    fields: dict[str, str] = {}
    plain: str = ""
    implied: bool = False


Recogniser = Callable[[Sequence[str]], Iterable[Output]]

MOST = 10_000  # outputs of one tool in one paste; more is a dump, not a check


@lru_cache(maxsize=4096)
def host(raw: str) -> str:
    """`raw` as a host name or address, without brackets, zone and final dot; empty if it is neither."""
    name = raw.strip("[]'\"").rstrip(".")
    name = name.split("%", 1)[0] if ":" in name else name
    return typed("host", name) or ""


@lru_cache(maxsize=4096)
def address(raw: str) -> str:
    """`raw` as an IP address without brackets and zone; empty if it is none."""
    return typed("ip", raw.strip("[]'\"").split("%", 1)[0]) or ""


@lru_cache(maxsize=4096)
def port(raw: str) -> str:
    """`raw` as a port number from 1 to 65535; empty if it is none."""
    return typed("port", raw) or ""


def about(name: str = "", number: str = "", at: str = "") -> dict[str, str]:
    """The subject of a connection: `host` as it was named, `address` where an address is known, `port`."""
    named = host(name)
    found = {"host": named, "address": address(at) or address(named), "port": port(number)}
    return {key: value for key, value in found.items() if value}


def output(
    parser: str,
    lines: Sequence[str],
    span: tuple[int, int],
    *,
    subject: dict[str, str],
    state: str = "",
    why: str = "",
    fields: dict[str, str] | None = None,
    plain: str = "",
) -> Output:
    """An `Output` of the lines from index `span[0]` to index `span[1]`, both included and counted from 0."""
    first, last = span
    text = "\n".join(lines[first : last + 1])
    return Output(
        parser=parser,
        first=first + 1,
        last=last + 1,
        text=text,
        subject=subject,
        state=state,
        why="" if state else why or "the output does not tell",
        fields=fields or {},
        plain=plain,
    )

"""What a check measures: the parameters that name its target, and whether an output is of that target.

Takes checks with their parameters and values, and what an output says that it is about; compares, and tells a target
that somebody named from one that only a default filled in. Knows nothing of odds: what the answer is worth is the
business of its reader.

A port or a service has a default because the product registered it. A default host, path or name is only a place to
begin: the case may be about another one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from diagnose.facts import typed
from diagnose.templates import slots_in

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from diagnose.checks.answers import Located
    from diagnose.model import Check, Param, ParamType, Strength
    from diagnose.outputs.base import Output

Sameness = Literal["same", "other", "unknown"]

# Types of parameters that name the thing measured, and the key under which an output names it.
TARGETS: dict[ParamType, str] = {"host": "host", "ip": "host", "path": "path", "name": "name"}
# Kinds that an output names as the check does: these can be compared, and taken from it.
COMPARED = ("host", "path")
NAMED = frozenset({"docker", "kubectl"})  # outputs whose name is that of the thing measured
SHORTEST_ID = 4  # characters of a container's id that people type
NAMESPACE = "namespace"  # of a pod: not what is measured, but where


def targets_of(check: Check, params: Mapping[str, Param]) -> dict[str, str]:
    """The parameter (value) that names the target of `check` by kind (key): host, path or name; none where several do."""
    found: dict[str, set[str]] = {}
    for name in slots(check):
        kind = TARGETS.get(params[name].type) if name in params else None
        if kind and name != NAMESPACE:
            found.setdefault(kind, set()).add(name)
    return {kind: next(iter(names)) for kind, names in found.items() if len(names) == 1}


def assumed_of(check: Check, params: Mapping[str, Param], assumed: Collection[str]) -> tuple[str, ...]:
    """The parameters among `assumed` (those with a mere default) that name what `check` measures."""
    return tuple(name for name in slots(check) if name in assumed and params[name].type in TARGETS)


def same_host(wanted: str, subject: Mapping[str, str]) -> Sameness:
    """Whether an output is about the host `wanted`. A name and an address cannot be compared."""
    host, address = subject.get("host", "").casefold(), subject.get("address", "").casefold()
    wanted = wanted.casefold().rstrip(".")
    if not wanted or not (host or address):
        return "unknown"
    if typed("ip", wanted):
        return "unknown" if not address else "same" if wanted == address else "other"
    if not host or typed("ip", host):
        return "unknown"
    short = "." not in host or "." not in wanted
    return "same" if host == wanted or (short and host.split(".")[0] == wanted.split(".")[0]) else "other"


def same_path(wanted: str, seen: str) -> Sameness:
    """Whether what was measured at the folder `seen` is true of `wanted`: a folder above or below is taken for the same
    filesystem, but the root is above everything."""
    left, right = _steps(wanted), _steps(seen)
    shared = min(len(left), len(right))
    return "same" if left == right or (shared and left[:shared] == right[:shared]) else "other"


def _same_name(wanted: str, output: Output) -> bool:
    """Whether a container or pod is the one asked about, by its name or by the beginning of its id."""
    known = output.fields.get("id", "")
    return wanted == output.subject["name"] or (len(wanted) >= SHORTEST_ID and bool(known) and _begins(known, wanted))


def _begins(left: str, right: str) -> bool:
    """Whether one id is the beginning of the other."""
    return left.startswith(right) or right.startswith(left)


def nearest_mount(wanted: str, mounts: Sequence[str]) -> str:
    """The mount point of `mounts` that holds `wanted`; empty where none does."""
    steps = _steps(wanted)
    holding = [mount for mount in mounts if _steps(mount) == steps[: len(_steps(mount))]]
    return max(holding, key=lambda mount: len(_steps(mount)), default="")


def known_of(params: Mapping[str, Param], values: Mapping[str, str], assumed: Collection[str]) -> dict[str, str]:
    """The values without targets that are mere defaults: these contradict nothing."""
    return {name: value for name, value in values.items() if name not in assumed or params[name].type not in TARGETS}


def is_other(targets: Mapping[str, str], located: Located, mounts: Mapping[str, Sequence[str]]) -> bool:
    """Whether an output is about another target than the one asked about; `targets` are the known ones by kind, `mounts`
    those of all outputs that may answer. An alias stands in the text beside the name that it leads to."""
    output, host, path = located.output, targets.get("host", "").casefold(), targets.get("path", "")
    if host and same_host(host, output.subject) == "other":
        return re.search(rf"(?<![\w.-]){re.escape(host)}(?![\w-])", output.text.casefold()) is None
    name = targets.get("name", "")
    if name and output.parser in NAMED and "name" in output.subject and not _same_name(name, output):
        return True
    if not path or "path" not in output.subject:
        return False
    asked = output.fields.get("asked", "")
    if asked:
        return same_path(path, asked) == "other"
    return output.subject["path"] != nearest_mount(path, mounts[located.source])


def mounts_of(outputs: Iterable[Located]) -> dict[str, list[str]]:
    """The paths that the outputs of a source are about: of several, each is a row of a listing."""
    found: dict[str, set[str]] = {}
    for located in outputs:
        if path := located.output.subject.get("path"):
            found.setdefault(located.source, set()).add(path)
    return {source: sorted(paths) for source, paths in found.items()}


def named_by(kind: str, located: Located, mounts: Mapping[str, Sequence[str]]) -> str:
    """The target that an output names: of several rows, none."""
    subject = located.output.subject
    if kind == "host":
        return subject.get("host", "")
    rows = mounts.get(located.source, ())
    return located.output.fields.get("asked", "") or (subject.get("path", "") if len(rows) == 1 else "")


def limit_of(
    check: Check, params: Mapping[str, Param], assumed: Collection[str], output: Output | None = None
) -> Strength | None:
    """What an answer counts at most: weak where the target is a mere default. A filesystem that is not well speaks for
    itself, wherever it is mounted; one that is well says nothing of the others."""
    if not assumed_of(check, params, assumed):
        return None
    found = output is not None and "path" in output.subject and output.state not in ("", "ok")
    return None if found else "weak"


def _steps(path: str) -> list[str]:
    """The names in a path; those of Windows folded, with their drive."""
    windows = re.match(r"[A-Za-z]:", path) is not None
    return [step.casefold() if windows else step for step in re.split(r"[\\/]" if windows else "/", path) if step]


def slots(check: Check) -> Iterator[str]:
    """The parameters that the probe and the commands of a check take, each once."""
    templates = [argument for arguments in check.probe.values() for argument in arguments]
    templates += [line for lines in check.commands.values() for line in lines]
    yield from dict.fromkeys(name for template in templates for name in slots_in(template))

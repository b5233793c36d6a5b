"""Checks and signals of an article that use the library, written out: values bound, parts overridden.

Takes plain values as YAML gives them; gives the same with `use` and `with` gone, and what was wrong with a use at its
place in the article. What comes out is read as if the author had written it all. Knows nothing of files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.facts import EXPECTED
from kb.documents.fault import Mistake
from kb.library.entry import Use
from kb.library.filled import UnusableError, checked, worded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diagnose.model import ParamType
    from kb.library.library import Library


class Expanded(Struct, frozen=True):
    """The front matter without uses, the uses, what was wrong, and the names of the parts that it was wrong with."""

    front: dict[str, Any]
    uses: tuple[Use, ...]
    mistakes: tuple[Mistake, ...]
    broken: frozenset[str]


def expanded(front: dict[str, Any], library: Callable[[], Library], on: str = "") -> Expanded:
    """`front` with every check and signal written out. `library` is called when something uses it; `on` is where the checks
    run that say no place themselves, whatever the library says of them."""
    uses: list[Use] = []
    mistakes: list[Mistake] = []
    broken: set[str] = set()
    result = dict(front)
    types = _types(front.get("params"))
    for field, kind in (("signals", "signal"), ("checks", "check")):
        parts = front.get(field)
        if not isinstance(parts, dict):
            continue
        result[field] = made = {}
        for name, part in parts.items():
            placed = {"on": on, **part} if on and kind == "check" and isinstance(part, dict) else part
            try:
                made[name] = _part(placed, kind, name, library, types, uses)
            except UnusableError as error:
                mistakes.append(Mistake((field, name, *error.at), error.what, error.way_out))
                broken.add(name)
                made.pop(name, None)
    return Expanded(result, tuple(uses), tuple(mistakes), frozenset(broken))


def _part(
    part: Any, kind: str, name: str, library: Callable[[], Library], types: Mapping[str, ParamType], uses: list[Use]
) -> Any:
    if not isinstance(part, dict):
        return part
    if "use" not in part:
        if "with" in part:
            raise UnusableError("'with' gives values to nothing", f"add use: and the {kind} that wants them", ("with",))
        return _members(part, kind, name, library, types, uses)
    used = part["use"]
    if not isinstance(used, str):
        raise UnusableError("'use' is no name", f"name one {kind} of the library")
    entry = library().check(used) if kind == "check" else library().signal(used)
    shipped = library().file("check" if kind == "check" else "signal", used).shipped
    uses.append(Use(kind, name, used, entry.path, shipped))
    return checked(part, entry, types) if kind == "check" else worded(part, entry, types)  # type: ignore[arg-type]


def _members(part: Any, kind: str, name: str, *given: Any) -> Any:
    """Signals written in place inside another one may use the library too."""
    if kind == "check":
        return part
    result = dict(part)
    for field in ("any", "all", "set", "sequence", "not"):
        members = part.get(field)
        if isinstance(members, dict | list):
            listed = members if isinstance(members, list) else [members]
            suffix = ".not" if field == "not" else "."
            result[field] = [_member(m, f"{name}{suffix}{i + 1}", *given) for i, m in enumerate(listed)]
    return result


def _member(member: Any, name: str, *given: Any) -> Any:
    """A signal in place, or the `signal` of a veto."""
    if isinstance(member, dict) and isinstance(member.get("signal"), dict):
        return {**member, "signal": _part(member["signal"], "signal", name, *given)}
    return _part(member, "signal", name, *given)


def _types(params: Any) -> dict[str, ParamType]:
    """The parameters of an article that say their type; the parser tells of the others."""
    given = params.items() if isinstance(params, dict) else ()
    return {name: param["type"] for name, param in given if isinstance(param, dict) and param.get("type") in EXPECTED}


# --- checks ---


# --- signals ---

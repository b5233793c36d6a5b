"""Checks and signals of an article that use the library, written out: values bound, parts overridden.

Takes plain values as YAML gives them; gives the same with `use` and `with` gone, and what was wrong with a use at its
place in the article. What comes out is read as if the author had written it all. Knows nothing of files.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.commands.shells import RULES
from diagnose.errors import did_you_mean
from diagnose.facts import EXPECTED, typed
from diagnose.templates import SLOT
from kb.documents.fault import Mistake
from kb.library.entry import Use

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from diagnose.model import ParamType
    from kb.documents.yaml_subset import Path
    from kb.library.entry import CheckEntry, SignalEntry, Value, Wording
    from kb.library.library import Library

_GROUP = re.compile(r"\(\?P<(\w+)>")
_PATTERNS = ("contains", "regex", "code", "event")
# Parameter types that hold what a value of a type wants; every type holds its own.
_HOLDS: dict[str, tuple[str, ...]] = {
    "host": ("ip",),
    "service": ("name",),
    "user": ("name",),
    "name": ("host", "ip", "port", "service", "user"),
}


class UnusableError(Exception):
    """Why a part of the library cannot be used; `at` is the path below the use, such as ("with", "host")."""

    def __init__(self, what: str, way_out: str = "", at: Path = ("use",)) -> None:
        super().__init__(what)
        self.what = what
        self.way_out = way_out
        self.at = at


class Expanded(Struct, frozen=True):
    """The front matter without uses, the uses, what was wrong, and the names of the parts that it was wrong with."""

    front: dict[str, Any]
    uses: tuple[Use, ...]
    mistakes: tuple[Mistake, ...]
    broken: frozenset[str]


def expanded(front: dict[str, Any], library: Callable[[], Library]) -> Expanded:
    """`front` with every check and signal written out. `library` is called when something uses it."""
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
            try:
                made[name] = _part(part, kind, name, library, types, uses)
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


def checked(part: Mapping[str, Any], entry: CheckEntry, types: Mapping[str, ParamType]) -> dict[str, Any]:
    """The check `entry` with the values of `part` in it and what `part` says itself instead of its own."""
    bound = _bound(part.get("with", {}), entry.values, types, entry.name)
    body = {field: _filled(field, value, bound, entry.values) for field, value in entry.body.items()}
    own = {field: value for field, value in part.items() if field not in ("use", "with")}
    for field in ("commands", "cost", "outcomes"):
        if isinstance(own.get(field), dict) and isinstance(body.get(field), dict):
            own[field] = _merged(body[field], own[field], first=field == "outcomes")
    return {**body, **own}


def _merged(given: dict[str, Any], own: dict[str, Any], first: bool) -> dict[str, Any]:
    """What is there is replaced where it stands, null takes it out; what is new comes `first` or last."""
    kept = {name: own.get(name, part) for name, part in given.items()}
    new = {name: part for name, part in own.items() if name not in given}
    return {name: part for name, part in ({**new, **kept} if first else {**kept, **new}).items() if part is not None}


def _bound(given: Any, values: Mapping[str, Value], types: Mapping[str, ParamType], name: str) -> dict[str, str]:
    """Each value of an entry as a slot of the article or a plain text."""
    if not isinstance(given, dict):
        raise UnusableError("'with' is not a mapping", "write with: {value: ...}", ("with",))
    for key in given:
        if key not in values:
            hint = did_you_mean(key, values) or f"its values are {', '.join(values) or 'none'}"
            raise UnusableError(f"'{name}' has no value '{key[:60]}'", hint, ("with", key))
    bound = {key: value.default for key, value in values.items() if value.default is not None}
    bound |= {key: _fitting(key, given[key], values[key].type, types) for key in given}
    missing = [key for key in values if key not in bound]
    if missing:
        raise UnusableError(f"'{name}' wants a value '{missing[0]}'", f"add it to with: {missing[0]}: ...", ("with",))
    return {key: _defaulted(value, bound, key in given) for key, value in bound.items()}


def _defaulted(value: str, bound: Mapping[str, str], given: bool) -> str:
    """A default that is another value of the entry."""
    slot = None if given else SLOT.fullmatch(value)
    return bound[slot[1]] if slot else value


def _fitting(key: str, given: Any, wanted: ParamType, types: Mapping[str, ParamType]) -> str:
    at: Path = ("with", key)
    if isinstance(given, bool) or not isinstance(given, str):
        raise UnusableError(f"the value '{key}' is no text", "give a parameter or a plain value", at)
    slot = SLOT.fullmatch(given)
    if slot:
        if slot[1] not in types:
            hint = did_you_mean(slot[1], types) or "declare it under params"
            raise UnusableError(f"unknown parameter '{slot[1]}'", hint, at)
        if types[slot[1]] not in (wanted, *_HOLDS.get(wanted, ())):
            what = f"the parameter '{slot[1]}' is a {types[slot[1]]}, '{key}' wants a {wanted}"
            raise UnusableError(what, f"declare it with type: {wanted}", at)
    elif typed(wanted, given) is None:
        raise UnusableError(
            f"'{given[:60]}' is not {EXPECTED[wanted]}", "give a parameter, ${name}, or such a value", at
        )
    return str(given)


def _filled(field: str, value: Any, bound: Mapping[str, str], values: Mapping[str, Value]) -> Any:
    if field in ("title", "on"):
        return _text(value, bound)
    if field == "probe":
        return {kind: [_text(line, bound) for line in _listed(lines)] for kind, lines in value.items()}
    if field == "commands":
        return {shell: [_line(line, shell, bound) for line in _listed(lines)] for shell, lines in value.items()}
    return value


def _listed(lines: Any) -> list[Any]:
    return lines if isinstance(lines, list) else [lines]


def _text(text: Any, bound: Mapping[str, str]) -> Any:
    if not isinstance(text, str):
        return text
    return SLOT.sub(lambda slot: bound.get(slot[1], slot[0]), text)


def _line(line: Any, shell: Any, bound: Mapping[str, str]) -> Any:
    """A command with slots of the article for those of the entry; a plain value as its shell quotes it."""

    def put(slot: re.Match[str]) -> str:
        value = bound[slot[1]]
        if SLOT.fullmatch(value):
            return value
        quoted = RULES[shell].quoted(value) if shell in RULES else value
        glued = not (line[: slot.start()][-1:] or " ").isspace() or not (line[slot.end() :][:1] or " ").isspace()
        if quoted is None or (glued and quoted != value):
            raise UnusableError(
                f"'{value[:60]}' cannot stand in '{line[:60]}'", "give it by a parameter", ("with", slot[1])
            )
        return quoted

    return SLOT.sub(put, line) if isinstance(line, str) else line


# --- signals ---


def worded(part: Mapping[str, Any], entry: SignalEntry, types: Mapping[str, ParamType]) -> dict[str, Any]:
    """A signal of all wordings of `entry`, whose captures fill the parameters that `with` names, and of the patterns that
    `part` has itself."""
    names = _captured(part.get("with", {}), entry, types)
    parts: list[dict[str, Any]] = [
        {kind: texts}
        for kind, of in (("contains", "text"), ("regex", "regex"), ("code", "code"))
        if (texts := [_renamed(of, wording, names) for wording in entry.wordings if getattr(wording, of)])
    ]
    parts += [{kind: part[kind]} for kind in _PATTERNS if kind in part]
    rest = {name: value for name, value in part.items() if name not in ("use", "with", *_PATTERNS)}
    return {"title": entry.title, **(parts[0] if len(parts) == 1 else {"any": parts}), **rest}


def _renamed(kind: str, wording: Wording, names: Mapping[str, str]) -> str:
    text: str = getattr(wording, kind)
    if kind != "regex":
        return text
    return _GROUP.sub(lambda group: f"(?P<{names[group[1]]}>" if group[1] in names else "(?:", text)


def _captured(given: Any, entry: SignalEntry, types: Mapping[str, ParamType]) -> dict[str, str]:
    """The parameter that each capture fills."""
    if not isinstance(given, dict):
        raise UnusableError("'with' is not a mapping", "write with: {capture: ${parameter}}", ("with",))
    names: dict[str, str] = {}
    for key, value in given.items():
        if key not in entry.captures:
            hint = did_you_mean(key, entry.captures) or f"it captures {', '.join(entry.captures) or 'nothing'}"
            raise UnusableError(f"'{entry.name}' captures no '{key[:60]}'", hint, ("with", key))
        slot = SLOT.fullmatch(value) if isinstance(value, str) else None
        if slot is None:
            raise UnusableError(f"a capture fills a parameter, not '{value}'", "write it as ${name}", ("with", key))
        _fitting(key, value, entry.captures[key], types)
        names[key] = slot[1]
    return names

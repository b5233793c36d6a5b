"""An entry of the library with the values of its use in it: the commands of a check filled, the wordings of a signal."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from diagnose.commands.shells import RULES
from diagnose.errors import did_you_mean
from diagnose.facts import EXPECTED, typed
from diagnose.templates import SLOT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from diagnose.model import ParamType
    from kb.documents.yaml_subset import Path
    from kb.library.entry import CheckEntry, SignalEntry, Value, Wording

_GROUP = re.compile(r"\(\?P<(\w+)>")
# Parameter types that hold what a value of a type wants; every type holds its own.
HOLDS: dict[str, tuple[str, ...]] = {
    "host": ("ip",),
    "service": ("name",),
    "user": ("name",),
    "name": ("host", "ip", "port", "service", "user"),
}
_PATTERNS = ("contains", "regex", "code", "event")


class UnusableError(Exception):
    """Why a part of the library cannot be used; `at` is the path below the use, such as ("with", "host")."""

    def __init__(self, what: str, way_out: str = "", at: Path = ("use",)) -> None:
        super().__init__(what)
        self.what = what
        self.way_out = way_out
        self.at = at


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
        if types[slot[1]] not in (wanted, *HOLDS.get(wanted, ())):
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

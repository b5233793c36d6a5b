"""Values of YAML to the records of the core: given the shape that a record wants, and where a value does not fit, which.

Takes plain values and msgspec types; gives records, or the one place that was refused, what it should have been and the
closest of what is allowed. Knows nothing of articles, files and lines.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, get_args, get_origin

import msgspec
from msgspec.structs import fields as struct_fields

from diagnose.errors import did_you_mean
from kb.documents.yaml_subset import Number

if TYPE_CHECKING:
    from kb.documents.yaml_subset import Path


class Misfit(Exception):
    """A value that a type refuses: its path within what was given, what is wrong, and the way out."""

    def __init__(self, path: Path, what: str, way_out: str = "") -> None:
        super().__init__(path, what, way_out)
        self.path = path
        self.what = what
        self.way_out = way_out


def convert(value: Any, kind: Any) -> Any:
    """`value` as `kind`; Misfit for the first part of it that is not."""
    try:
        return msgspec.convert(_shaped(value, kind), kind, strict=False)
    except msgspec.ValidationError as error:
        path, what = _where(str(error))
    unknown = re.search(r"unknown field `(.+?)`", what)
    if unknown:
        hint = did_you_mean(unknown[1], _names(kind))
        raise Misfit((*path, unknown[1], "key"), f"unknown field '{unknown[1]}'", hint)
    found = _stray(value, kind) if "Invalid enum value" in what else None
    if found:
        raise Misfit(found.path, f"'{found.value}' is not one of {', '.join(found.allowed)}", found.hint)
    raise Misfit(path, what[:1].lower() + what[1:])


@cache
def types_of(kind: type[Any]) -> dict[str, Any]:
    """The types of a record's fields, by name."""
    return {field.name: field.type for field in struct_fields(kind)}


@cache
def _spelled(kind: Any) -> str:
    return str(kind)


def _shaped(value: Any, kind: Any) -> Any:
    """Single values where a list is declared become lists, numbers where a text is declared stay as written."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct) and isinstance(value, dict):
        types = types_of(kind)
        return {key: _shaped(part, types.get(key)) for key, part in value.items()}
    text = _spelled(kind)
    if isinstance(value, dict) and text.startswith("dict["):
        inner = kind.__args__[1]
        return {key: _shaped(part, inner) for key, part in value.items()}
    if text.startswith("tuple[") and value is not None:
        inner = kind.__args__[0]
        items = value if isinstance(value, list) else [value]
        return [_shaped(item, inner) for item in items]
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, bool) and kind is str:
        return str(value).lower()
    return value


def _where(message: str) -> tuple[Path, str]:
    """Path and text of a msgspec message such as "Expected `str`, got `int` - at `$.causes[0].id`"."""
    what, _, at = message.partition(" - at `$")
    path: list[str | int] = []
    for name, index, key in re.findall(r"\.([\w-]+)|\[(\d+)\]|\[(\.\.\.)\]", at):
        if name or index:
            path.append(name or int(index))
        elif key:
            break
    return tuple(path), what


def _names(kind: Any) -> set[str]:
    """Field names of a part and of the parts inside it."""
    names: set[str] = set()
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        for field in struct_fields(kind):
            names.add(field.name)
            for inner in (field.type, *getattr(field.type, "__args__", ())):
                names |= _names(inner) if isinstance(inner, type) and inner is not kind else set()
    return names


class _Stray(msgspec.Struct, frozen=True):
    """A word where only some are allowed."""

    path: Path
    value: str
    allowed: tuple[str, ...]
    number: bool

    @property
    def hint(self) -> str:
        also = "or a number greater than 1" if self.number else ""
        return "; ".join(part for part in (also, did_you_mean(self.value, self.allowed)) if part)


def _stray(value: Any, kind: Any, path: Path = ()) -> _Stray | None:
    """The first word in `value` that its Literal does not hold: in a field, a list, or as the key of a mapping."""
    inner = get_args(kind)
    if get_origin(kind) is Literal:
        fits = value in inner or not isinstance(value, str)
        return None if fits else _Stray(path, value[:60], tuple(word for word in inner if word), number=False)
    parts: list[tuple[Path, Any, Any]]
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        parts = [((name,), part, types_of(kind).get(name)) for name, part in value.items()] if _maps(value) else []
    elif get_origin(kind) is dict:
        pairs = value.items() if _maps(value) else ()
        parts = [
            *(((key, "key"), key, inner[0]) for key, _ in pairs),
            *(((key,), part, inner[1]) for key, part in pairs),
        ]
    elif get_origin(kind) is tuple:
        parts = [((i,), part, inner[0]) for i, part in enumerate(value if isinstance(value, list) else [value])]
    else:
        words = next((option for option in inner if get_origin(option) is Literal), None)
        found = _stray(value, words, path) if words is not None and not isinstance(value, Number) else None
        return msgspec.structs.replace(found, number=float in inner) if found else None
    return next((found for at, part, of in parts if (found := _stray(part, of, (*path, *at)))), None)


def _maps(value: Any) -> bool:
    return isinstance(value, dict)

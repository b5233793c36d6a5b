"""One field of the article format explained: what it is for, what it takes, where it stands."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from diagnose.errors import KbError, did_you_mean
from kb.articles.article import Header
from kb.articles.json_schema import schema

if TYPE_CHECKING:
    from collections.abc import Iterator


class Field(Struct, frozen=True):
    """A field by its path in the front matter (`checks.cost.seconds`)."""

    path: str
    told: str
    takes: str
    required: bool = False
    default: Any = None
    inner: tuple[str, ...] = ()


def explained(name: str) -> list[Field]:
    """The field at this path, else every field of this name; KbError where there is none."""
    every = {field.path: field for field in fields()}
    found = [every[name]] if name in every else [f for path, f in every.items() if path.rpartition(".")[2] == name]
    if not found:
        hint = did_you_mean(name, [*every, *(path.rpartition(".")[2] for path in every)])
        raise KbError(
            name, "an article has no such field", hint or f"it has {', '.join(p for p in every if '.' not in p)}"
        )
    return found


def fields() -> Iterator[Field]:
    """Every field, those of a record after the field that holds it."""
    whole = schema()
    told = dict(line.split("\t", 1) for line in _lines())
    yield from _fields(whole, "Problem", "", whole["$defs"], told, frozenset())


def _fields(
    record: dict[str, Any], name: str, before: str, records: dict[str, Any], told: dict[str, str], above: frozenset[str]
) -> Iterator[Field]:
    for field, shape in record["properties"].items():
        inner = _record(shape)
        deeper = inner if inner not in above | {name} else ""
        owner = "Header" if name == "Problem" and field in Header.__struct_fields__ else name
        yield Field(
            before + field,
            told[f"{owner}.{field}"],
            _takes(shape),
            field in record.get("required", ()),
            shape.get("default"),
            tuple(records[inner]["properties"]) if inner else (),
        )
        if deeper:
            yield from _fields(records[deeper], deeper, f"{before}{field}.", records, told, above | {name})


def _record(shape: Any) -> str:
    """The record that the values of this shape are; empty for plain values."""
    if isinstance(shape, list):
        return next((found for part in shape if (found := _record(part))), "")
    if not isinstance(shape, dict):
        return ""
    if "$ref" in shape:
        return str(shape["$ref"]).rpartition("/")[2]
    parts = [shape.get(key) for key in ("items", "additionalProperties", "anyOf")]
    return next((found for part in parts if (found := _record(part))), "")


def _takes(shape: dict[str, Any]) -> str:
    """What may be written there, in words."""
    if "enum" in shape:
        return "one of: " + ", ".join(str(value) for value in shape["enum"] if value not in ("", None))
    if "$ref" in shape:
        return "a mapping"
    if "anyOf" in shape:
        return " or ".join(dict.fromkeys(_takes(part) for part in shape["anyOf"]))
    kind = shape.get("type", "")
    if kind == "array":
        return f"a list of {_plural(_takes(shape.get('items', {})))}"
    if kind == "object":
        more = shape.get("additionalProperties")
        return f"by name: {_takes(more)}" if isinstance(more, dict) else "a mapping"
    first = kind[0] if isinstance(kind, list) else kind
    return {
        "string": "text",
        "number": "a number",
        "integer": "a number",
        "boolean": "true or false",
        "null": "nothing",
    }.get(first, "any value")


def _plural(what: str) -> str:
    return {"a mapping": "mappings", "text": "texts", "a number": "numbers"}.get(what, what)


def _lines() -> Iterator[str]:
    text = (Path(__file__).parent.parent / "data" / "fields.tsv").read_text(encoding="utf-8")
    return (line for line in text.splitlines() if line and not line.startswith("#"))

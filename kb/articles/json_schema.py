"""The JSON Schema (2020-12) of the front matter and of library files, for editors: made from the records that read them."""

from __future__ import annotations

from typing import Any

import msgspec

from diagnose.model import Problem
from diagnose.outputs import OUTPUTS
from kb.articles.article import Header
from kb.library.entry import CheckEntry, SignalEntry
from kb.library.files import Kind, shipped

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema() -> dict[str, Any]:
    """The schema as a value. Where a list is declared, a single item is accepted too, as the parser does."""
    _, definitions = msgspec.json.schema_components([Problem, Header], ref_template="#/$defs/{name}")
    definitions = {name: _loosened(part) for name, part in definitions.items()}
    front = definitions.pop("Problem")
    front["properties"] |= definitions.pop("Header")["properties"]
    front["required"] = ["id", "title"]
    signal = definitions["Signal"]["properties"]
    named = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Signal"}]}
    for name in ("any", "all", "set", "sequence"):
        signal[name] = {"anyOf": [{"type": "string"}, {"type": "array", "items": named}]}
    veto = {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/Veto"}]}
    signal["not"] = {"anyOf": [veto, {"type": "array", "items": veto}]}
    definitions["Veto"]["properties"]["signal"] = named
    definitions["Check"]["properties"]["parser"] = {"enum": ["", *OUTPUTS]}
    for kind in ("Check", "Signal"):
        _may_use(definitions[kind], kind.lower())
    front["properties"]["id"] = {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,119}$"}
    return {"$schema": DIALECT, "title": "kb article", **front, "$defs": definitions}


def library_schema(kind: Kind) -> dict[str, Any]:
    """That of a file of a library."""
    record = CheckEntry if kind == "check" else SignalEntry
    _, definitions = msgspec.json.schema_components([record], ref_template="#/$defs/{name}")
    definitions = {name: _loosened(part) for name, part in definitions.items()}
    entry = definitions.pop(record.__name__)
    properties = {name: part for name, part in entry["properties"].items() if name not in ("name", "path", "body")}
    front: dict[str, Any] = {"type": "object", "additionalProperties": False}
    if kind == "check":
        articles = schema()["$defs"]
        front |= articles.pop("Check")
        definitions |= articles
    return {
        "$schema": DIALECT,
        "title": f"{kind} of a kb library",
        **front,
        "properties": front.get("properties", {}) | properties,
        "$defs": definitions,
    }


def _may_use(part: dict[str, Any], kind: str) -> None:
    """`use` and `with`; what is used has a title, and its commands and outcomes are taken out with null."""
    names = [file.name for file in shipped() if file.kind == kind]
    part["properties"]["use"] = {"type": "string", "examples": names}
    part["properties"]["with"] = {"type": "object", "additionalProperties": {"type": ["string", "number"]}}
    required = part.pop("required", [])
    if required:
        part["anyOf"] = [{"required": required}, {"required": ["use"]}]
    for name in ("commands", "outcomes"):
        if name in part["properties"]:
            inner = part["properties"][name]
            inner["additionalProperties"] = {"anyOf": [inner["additionalProperties"], {"type": "null"}]}


def _loosened(part: Any) -> Any:
    if isinstance(part, list):
        return [_loosened(item) for item in part]
    if not isinstance(part, dict):
        return part
    made = {key: _loosened(value) for key, value in part.items()}
    if made.get("type") == "array" and "items" in made:
        item = made["items"]
        if item.get("type") in ("string", ["string", "number"]) or item.get("$ref", "").endswith("EventRef"):
            return {"anyOf": [item, {"type": "number"}, made]}
    if made.get("type") == "string" and "enum" not in made:
        return {**made, "type": ["string", "number"]}
    return made

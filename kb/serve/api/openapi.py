"""The OpenAPI document, its schemas made of the same records that are decoded and encoded. Pure."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec

from diagnose.explain import Why
from kb import __version__
from kb.serve.api.requests import AnswerRequest, DiagnoseRequest, Health, Listing, WhyRequest
from kb.serve.problems import JSON_PROBLEM, Problem
from kb.service.diagnosing import Answer
from kb.service.reading import ArticleRead, CodeRead, Found

_TYPES = (
    DiagnoseRequest,
    AnswerRequest,
    WhyRequest,
    Answer,
    Why,
    Found,
    Listing,
    ArticleRead,
    CodeRead,
    Health,
    Problem,
)
_REFUSALS = {
    "400": "the body is no JSON",
    "401": "the token is missing or wrong",
    "404": "there is no such article",
    "408": "the body came too slowly",
    "413": "larger than 4 MiB of JSON, or than --max-upload",
    "415": "another type of body",
    "422": "JSON of another shape, a value of another type, a case handle that cannot be used",
    "503": "too many questions at once",
}
_PLATFORM: dict[str, Any] = {"type": "string", "enum": ["windows", "linux", "macos"]}
_WISHES: list[tuple[str, dict[str, Any], str]] = [
    ("platform", _PLATFORM, "commands for this system first"),
    ("top", {"type": "integer", "minimum": 1, "maximum": 100}, "at most so many causes"),
]


@cache
def document(root_path: str = "") -> dict[str, Any]:
    """The whole document; `root_path` is the path below which a proxy serves it."""
    _, schemas = msgspec.json.schema_components(_TYPES, ref_template="#/components/schemas/{name}")
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "kb",
            "version": __version__,
            "summary": "Ranked root causes of pasted errors and logs, and the checks that tell them apart.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": root_path or "/"}],
        "security": [{"token": []}],
        "paths": _paths(),
        "components": {"schemas": schemas, "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}}},
    }


def _paths() -> dict[str, Any]:
    query = ("q", {"type": "string", "minLength": 1, "maxLength": 4096}, "words, as in kb search")
    limit = ("limit", {"type": "integer", "minimum": 1, "maximum": 100}, "at most so many hits")
    text = {"type": "string"}
    diagnose = _call(
        "Diagnose a text, or a log as the body", Answer, body=DiagnoseRequest, refused="400 408 413 415 422"
    )
    diagnose["requestBody"]["content"]["application/octet-stream"] = {"schema": {"type": "string", "format": "binary"}}
    diagnose["parameters"] = _query(("name", text, "what the streamed log is called"), *_WISHES)
    diagnose["responses"]["200"]["content"]["text/event-stream"] = {
        "schema": {"type": "string", "description": "events progress {bytes, of}, then answer or problem"}
    }
    return {
        "/api/v1/diagnose": {"post": diagnose},
        "/api/v1/answer": {
            "post": _call("Go on with a case", Answer, body=AnswerRequest, refused="400 408 413 415 422")
        },
        "/api/v1/why": {
            "post": _call(
                "Why an article did or did not match", Why, body=WhyRequest, refused="400 404 408 413 415 422"
            )
        },
        "/api/v1/search": {"get": _call("Search the articles", Found, _query(query, limit, needed="q"), refused="422")},
        "/api/v1/articles": {
            "get": _call(
                "List the articles",
                Listing,
                _query(("domain", text, "of a domain"), ("product", text, "of a product"), ("tag", text, "with a tag")),
            )
        },
        "/api/v1/articles/{id}": {
            "get": _call(
                "Read an article; other names of the query are values for its commands",
                ArticleRead,
                [*_path("id"), *_query(_WISHES[0])],
                refused="404 422",
            )
        },
        "/api/v1/codes/{value}": {"get": _call("Decode an error code", CodeRead, _path("value"), refused="404 422")},
        "/api/v1/health": {"get": _call("Whether it answers", Health)},
    }


def _call(
    summary: str,
    gives: type,
    parameters: list[dict[str, Any]] | None = None,
    *,
    body: type | None = None,
    refused: str = "",
) -> dict[str, Any]:
    call: dict[str, Any] = {"summary": summary, "responses": {"200": _content("the answer", "application/json", gives)}}
    for status in ("401", *refused.split(), "503"):
        call["responses"][status] = _content(_REFUSALS[status], JSON_PROBLEM, Problem)
    if parameters:
        call["parameters"] = parameters
    if body:
        call["requestBody"] = {"required": True, **_content("", "application/json", body)}
        del call["requestBody"]["description"]
    return call


def _content(description: str, kind: str, of: type) -> dict[str, Any]:
    return {"description": description, "content": {kind: {"schema": {"$ref": f"#/components/schemas/{of.__name__}"}}}}


def _query(*rows: tuple[str, dict[str, Any], str], needed: str = "") -> list[dict[str, Any]]:
    return [
        {"name": name, "in": "query", "required": name == needed, "schema": schema, "description": said}
        for name, schema, said in rows
    ]


def _path(name: str) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}]

"""A case redacted once more, as with another Redactor than when it was saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from msgspec import convert, to_builtins

from kb.redaction import mapped

if TYPE_CHECKING:
    from diagnose.redact.redactor import Redactor
    from kb.cases.case import Case

# What in a case came from inputs: fields by name.
_FROM_INPUTS = frozenset({"quote", "context", "excerpts", "parameters", "values", "source", "path", "name", "did"})


def redacted_case(case: Case, redactor: Redactor) -> Case:
    """A case with what came from its inputs redacted once more, as with another Redactor than when it was saved."""

    def inner(value: Any) -> Any:
        if isinstance(value, dict):
            return {
                key: mapped(item, redactor.redact) if key in _FROM_INPUTS else inner(item)
                for key, item in value.items()
            }
        return [inner(item) for item in value] if isinstance(value, list | tuple) else value

    return convert(inner(to_builtins(case)), type(case))

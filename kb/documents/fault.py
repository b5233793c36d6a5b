"""What is wrong in a file of YAML: a fault with its place and the way out, a mistake with its path in the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from msgspec import Struct

if TYPE_CHECKING:
    from kb.documents.yaml_subset import Path


class Fault(Struct, frozen=True, kw_only=True):
    """What is wrong at a place of an article. An error keeps the article out, a warning does not."""

    path: str
    line: int
    column: int
    what: str
    way_out: str = ""
    severity: Literal["error", "warning"] = "error"

    def __str__(self) -> str:
        tail = f"; {self.way_out}" if self.way_out else ""
        return f"{self.path}:{self.line}:{self.column}: {self.what}{tail}"


class Mistake(Struct, frozen=True):
    """A reference that leads nowhere, or does not say what it is."""

    at: Path
    what: str
    way_out: str
    severity: Literal["error", "warning"] = "error"

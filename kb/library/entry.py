"""What a library file holds: a check with the values that it wants, or a table of the wordings of one failure."""

from __future__ import annotations

from typing import Any

from msgspec import Struct

from diagnose.model import ParamType


class Value(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `with` gives. A `default` may be a value or another value of the check, `${host}`."""

    type: ParamType
    ask: str = ""
    default: str | None = None


class Wording(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, rename={"runtime": "in"}):
    """One way to say it: one of `text`, `regex` and `code`; by which runtime or tool, in which language (en: not said).

    `sample` is a whole line as people paste it (of a text: the text itself will do), `source` where the wording stands.
    """

    text: str = ""
    regex: str = ""
    code: str = ""
    runtime: str = ""
    lang: str = ""
    source: str = ""
    sample: str = ""

    @property
    def example(self) -> str:
        return self.sample or self.text


class CheckEntry(Struct, frozen=True, kw_only=True):
    """`body` has the fields of a check as an article writes them; `made` says of each recorded output whether it was made
    for real (yes: how) or not (no: what it was rebuilt from)."""

    name: str
    path: str
    about: str = ""
    values: dict[str, Value] = {}
    body: dict[str, Any] = {}
    made: dict[str, str] = {}
    sources: tuple[str, ...] = ()


class SignalEntry(Struct, frozen=True, kw_only=True):
    """`captures` are the groups that its patterns may fill, `others` lines that it must not match."""

    name: str
    path: str
    title: str = ""
    about: str = ""
    captures: dict[str, ParamType] = {}
    wordings: tuple[Wording, ...] = ()
    others: tuple[str, ...] = ()
    use: tuple[str, ...] = ()


Entry = CheckEntry | SignalEntry


class Use(Struct, frozen=True):
    """A part of an article (`kind` and its name there) that comes from the library: which entry, of which file."""

    kind: str
    part: str
    name: str
    path: str
    shipped: bool

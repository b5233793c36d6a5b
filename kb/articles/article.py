"""An article: a problem for the core, a body for people, and what is wrong with its file."""

from __future__ import annotations

from msgspec import Struct

from diagnose.model import Problem
from kb.library.entry import Use


class Origin(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Where an imported article comes from."""

    format: str = ""
    id: str = ""
    license: str = ""
    retrieved: str = ""
    url: str = ""


class Header(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """Fields of the front matter that only people read. Dates are ISO (2026-11-24). `checks_on` is the `on` of all checks
    that say none themselves."""

    category: str = ""
    language: str = ""
    author: str = ""
    owner: str = ""
    created: str = ""
    modified: str = ""
    reviewed: str = ""
    review_by: str = ""
    checks_on: str = ""
    origin: Origin = Origin()


class Article(Struct, frozen=True, kw_only=True):
    """A parsed article. `declared` is False for plain Markdown without front matter of ours; `stated` says that the status
    stands in the file, `uses` which of its parts come from the library."""

    problem: Problem
    header: Header = Header()
    body: str = ""
    path: str = ""
    domain: str = ""
    declared: bool = True
    stated: bool = False
    uses: tuple[Use, ...] = ()

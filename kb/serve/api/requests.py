"""What the API takes and what only it gives; the other answers are the records of kb.service."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from kb.service.diagnosing import Reply, Wishes
from kb.service.reading import Listed

Text = Annotated[str, Meta(min_length=1, description="a pasted error, a log, the output of a command")]


class DiagnoseRequest(Wishes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A text to diagnose."""

    text: Text


class AnswerRequest(Wishes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What came back: the `handle` of the answer before, and the output of a check as `text`, outcomes by `ARTICLE/CHECK`,
    checks to `skip`, values. `after_fix`: it was seen after the fix."""

    handle: str
    text: str = ""
    outcomes: dict[str, str] = field(default_factory=dict)
    skip: tuple[str, ...] = ()
    after_fix: bool = False

    def reply(self) -> Reply:
        return Reply(outcomes=self.outcomes, skip=self.skip, values=self.values, after_fix=self.after_fix)


class WhyRequest(Wishes, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An article, and the text that it did or did not match."""

    article: str
    text: Text


class Listing(Struct, frozen=True, kw_only=True):
    """The articles, by domain."""

    articles: tuple[Listed, ...]


class Health(Struct, frozen=True, kw_only=True):
    status: str
    kb: str
    articles: int
